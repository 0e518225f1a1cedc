import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { containersOf } from '../../api/pod-containers.ts'
import type { Mount, PreparedVolume } from '../runtime/runtime.ts'
import { identityOf } from '../volumes/volume-manager.ts'

/**
 * The file in which a container may leave a last message. It has to outlive the container's /dev, so it is mounted: first
 * attempts share one volume of the pod, made together with the others; every later attempt has its own.
 */
const volumeOf = (pod: Pod, container: string, attempt: number) =>
  attempt === 0 ? `${pod.metadata.uid}_termination-log` : `${pod.metadata.uid}_termination-log.${container}.${attempt}`

const emptyFile = (path: string) => ({ path, content: Buffer.alloc(0), mode: 0o666 })

/** The volume of all first attempts. */
export const firstTerminationLogs = (pod: Pod): PreparedVolume => ({
  name: volumeOf(pod, '', 0),
  pod: identityOf(pod),
  content: { files: containersOf(pod.spec).map(({ container }) => emptyFile(container.name)), atomic: false },
})

/** The volume of a container that is started again, or that was added later. */
export const terminationLog = (pod: Pod, container: string, attempt: number): PreparedVolume => ({
  name: volumeOf(pod, container, attempt),
  pod: identityOf(pod),
  content: { files: [emptyFile(container)], atomic: false },
})

export const terminationLogPath = (container: Container): string => container.terminationMessagePath || '/dev/termination-log'

export const terminationLogMount = (pod: Pod, container: Container, attempt: number): Mount => ({
  target: terminationLogPath(container),
  readOnly: false,
  volume: volumeOf(pod, container.name, attempt),
  subPath: container.name,
})

/** The volume that goes with an attempt when it is removed; the shared one goes with the pod. */
export const ownTerminationLog = (pod: Pod, container: string, attempt: number): string | undefined =>
  attempt === 0 ? undefined : volumeOf(pod, container, attempt)
