import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { containersOf } from '../../api/pod-containers.ts'
import type { Mount, PreparedVolume } from '../runtime/runtime.ts'
import { identityOf } from '../volumes/volume-manager.ts'
import type { ContainerToStart } from './pod-actions.ts'

/**
 * The file in which a container may leave a last message. It has to outlive the container's /dev, so it is mounted: first
 * attempts share one volume of the pod, made together with the others; every later attempt has its own.
 */
const volumeOf = (pod: Pod, { container, kind, attempt }: Attempt) =>
  sharesLog({ kind, attempt }) ? firstLogs(pod) : `${pod.metadata.uid}_termination-log.${container.name}.${attempt}`

/** With a dot, which no volume of the user's can have in its name. */
const firstLogs = (pod: Pod) => `${pod.metadata.uid}_termination-log.first`

type Attempt = Pick<ContainerToStart, 'container' | 'kind' | 'attempt'>
const sharesLog = ({ kind, attempt }: Pick<Attempt, 'kind' | 'attempt'>) => attempt === 0 && kind !== 'ephemeral'
const emptyFile = (path: string) => ({ path, content: Buffer.alloc(0), mode: 0o666 })

/** The volume of all first attempts. */
export const firstTerminationLogs = (pod: Pod): PreparedVolume => ({
  name: firstLogs(pod),
  pod: identityOf(pod),
  content: {
    files: containersOf(pod.spec)
      .filter(({ kind }) => kind !== 'ephemeral')
      .map(({ container }) => emptyFile(container.name)),
    atomic: false,
  },
})

/** The volume of a container that is started again, or that was added later; undefined when it shares the pod's. */
export const ownTerminationLog = (pod: Pod, start: Attempt): PreparedVolume | undefined =>
  sharesLog(start)
    ? undefined
    : { name: volumeOf(pod, start), pod: identityOf(pod), content: { files: [emptyFile(start.container.name)], atomic: false } }

export const terminationLogPath = (container: Container): string => container.terminationMessagePath || '/dev/termination-log'

export const terminationLogMount = (pod: Pod, start: Attempt): Mount => ({
  target: terminationLogPath(start.container),
  readOnly: false,
  volume: volumeOf(pod, start),
  subPath: start.container.name,
  noLinks: true,
})
