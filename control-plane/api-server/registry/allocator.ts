import type { KubernetesObject } from '../../../api/kind.ts'

/** Values handed out for one write; they are only taken for good when the write is stored. */
export interface Allocation {
  readonly object: KubernetesObject
  /** Writes what was taken down where it has objects of its own. Called before the write, not for a dry run. Throws when another was faster. */
  reserve(): Promise<void>
  /** Gives back what this write took when it does not happen. */
  release(): Promise<void>
}

/** Hands out values that no two objects may share. What is taken follows from what is stored, so a crash loses nothing. */
export interface Allocator {
  /** Throws Invalid when a requested value is taken or out of range, in upstream's words, which are others for a dry run. */
  allocate(next: KubernetesObject, current: KubernetesObject | undefined, options: { readonly dryRun: boolean }): Allocation
  /** The object became another one, or none: what only the previous one had is nobody's when this resolves. */
  freed(previous: KubernetesObject, current: KubernetesObject | undefined): Promise<void>
}
