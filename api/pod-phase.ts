/** Phases that a pod never leaves. */
export const isTerminalPhase = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed'

/** Whether the pod has run to its end and holds nothing any more. */
export const isPodFinished = ({ status }: { readonly status: { readonly phase?: string | undefined } }): boolean =>
  isTerminalPhase(status.phase)
