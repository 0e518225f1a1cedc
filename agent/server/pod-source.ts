import type { ObservedPod } from '../runtime/runtime.ts'

interface ServedState {
  readonly waiting?: { readonly reason?: string | undefined } | undefined
  readonly terminated?: { readonly containerID?: string | undefined } | undefined
}
interface ServedContainerStatus {
  readonly name?: string | undefined
  readonly containerID?: string | undefined
  readonly state?: ServedState | undefined
  readonly lastState?: ServedState | undefined
}
interface Named {
  readonly name?: string | undefined
}
/** What the server reads of a Pod. */
export interface ServedPod {
  readonly metadata?:
    { readonly name?: string | undefined; readonly namespace?: string | undefined; readonly uid?: string | undefined } | undefined
  readonly spec?:
    | {
        readonly containers?: readonly Named[] | undefined
        readonly initContainers?: readonly Named[] | undefined
        readonly ephemeralContainers?: readonly Named[] | undefined
      }
    | undefined
  readonly status?:
    | {
        readonly startTime?: string | undefined
        readonly containerStatuses?: readonly ServedContainerStatus[] | undefined
        readonly initContainerStatuses?: readonly ServedContainerStatus[] | undefined
        readonly ephemeralContainerStatuses?: readonly ServedContainerStatus[] | undefined
      }
    | undefined
}

export interface FoundPod {
  readonly pod: ServedPod
  readonly observed: ObservedPod
}
/** The pods of this node: what they should be, and what the runtime last said of them. */
export interface PodSource {
  find(namespace: string, name: string): FoundPod | undefined
  list(): readonly ServedPod[]
  /** What the runtime was last seen to have, wanted or not. */
  observed(): readonly ObservedPod[]
  /** When the runtime was last asked about everything, in milliseconds since 1970. */
  listedAt(): number
  /** Bytes on disk of the pod's volumes, by their names in the pod. */
  volumeUsage(pod: ServedPod): Promise<ReadonlyMap<string, number>>
}

export const containerNames = ({ spec }: ServedPod): string[] =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])].flatMap(({ name }) => name ?? [])

export const statusOf = ({ status }: ServedPod, container: string): ServedContainerStatus | undefined =>
  [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find(
    ({ name }) => name === container,
  )
