import type { KubernetesObject } from '../../../api/kind.ts'

/** Values handed out for one write; they are only taken for good when the write is stored. */
export interface Allocation {
  readonly object: KubernetesObject
  /** Gives back what this write took when it does not happen. */
  release(): void
}

/** Hands out values that no two objects may share. What is taken follows from what is stored, so a crash loses nothing. */
export interface Allocator {
  /** Throws Invalid when a requested value is taken or out of range. */
  allocate(next: KubernetesObject, current: KubernetesObject | undefined): Allocation
}
