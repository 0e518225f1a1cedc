import type Docker from 'dockerode'
import type { Logger } from '../../../common/log.ts'
import type { ImageUsers } from './image-users.ts'
import type { VolumeStore } from './node-volumes.ts'

export interface DockerRuntimeOptions {
  /** An engine from `connectDocker`. */
  readonly docker: Docker
  readonly cluster: string
  readonly nodeName: string
  /** The container that is the node: pods with `hostNetwork` join its network namespace. */
  readonly nodeContainer?: string
  /** The Docker network of this node's pods. */
  readonly podNetwork: string
  /** The node's address in that network; absent: pods keep the routes Docker gave them. */
  readonly podGateway?: string
  readonly podCidr?: string
  /** An image with busybox at /bin/sh, with `ip`, `nc`, `mv` and `rm`. */
  readonly pauseImage: string
  /** Stands before every host path; for tests. */
  readonly hostPathRoot?: string
  /** What a container without a seccomp profile gets; default Unconfined, as kubelet's `seccompDefault` is false. */
  readonly seccompDefault?: 'RuntimeDefault' | 'Unconfined'
  /** Absent: the pods' volumes on disk are Docker's. */
  readonly volumeStore?: VolumeStore
  readonly log: Logger
}

/** What every verb of the Docker runtime works with. */
export interface DockerContext extends DockerRuntimeOptions {
  /** Docker's own directory, below which local volumes lie. */
  rootDirectory(): Promise<string>
  /** When the node's own container was started; empty when the node is none. */
  nodeStartedAt(): Promise<string>
  /** By sandbox: the volume with the files in /etc of a pod on the node's network; undefined for other pods. */
  readonly nodePodFiles: Map<string, string | undefined>
  /** By image: what its /etc/passwd and /etc/group say. */
  readonly imageUsers: Map<string, Promise<ImageUsers>>
  /** Whether this engine can start containers with a negative oom_score_adj. */
  lowersOomScore(): Promise<boolean>
  /** Whether containers can be put into the cgroup of their sandbox. */
  nestsCgroups(): Promise<boolean>
}

/** The engine cannot undo what it is asked twice at once: `once` makes concurrent and later callers share one answer. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  const answers: Promise<T>[] = []
  return () => {
    const answer = answers[0]
    if (answer) return answer
    const asked = ask()
    answers.push(asked)
    asked.catch(() => answers.splice(0))
    return asked
  }
}
