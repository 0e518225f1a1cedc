import type { KubernetesObject } from '../kind.ts'

/** What those who bind, make and place volumes tell each other on claims and volumes; upstream's names. */
export const storageAnnotations = {
  /** On a claim: its binding was completed once. */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** On both: the other one was chosen by the controller, not by a user. */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  /** On a volume: who made it. */
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  /** On a claim: who is to make its volume. */
  provisioner: 'volume.kubernetes.io/storage-provisioner',
  /** The same by its old name, which some provisioners still read. */
  betaProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  /** On a claim: the node of the first pod that uses it. */
  selectedNode: 'volume.kubernetes.io/selected-node',
} as const

export const annotationOf = ({ metadata }: KubernetesObject, name: keyof typeof storageAnnotations): string | undefined =>
  metadata.annotations?.[storageAnnotations[name]]

/** The object with annotations added; without one where its value is undefined. */
export function annotated<O extends KubernetesObject>(
  object: O,
  values: Partial<Record<keyof typeof storageAnnotations, string | undefined>>,
): O {
  const annotations = new Map(Object.entries(object.metadata.annotations ?? {}))
  for (const [name, value] of Object.entries(values)) {
    const key = storageAnnotations[name as keyof typeof storageAnnotations]
    if (value === undefined) annotations.delete(key)
    else annotations.set(key, value)
  }
  const { annotations: _, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, ...(annotations.size > 0 ? { annotations: Object.fromEntries(annotations) } : {}) } }
}
