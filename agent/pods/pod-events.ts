import type { Pod } from '../../api/core/pod.ts'
import { containerFieldPath } from '../../api/pod-containers.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'

type EventType = 'Normal' | 'Warning'
/** One event about a pod or one of its containers. */
export interface PodEvent {
  readonly pod: Pod
  readonly container?: string
  readonly type: EventType
  readonly reason: string
  readonly message: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** Events about pods, with the field path that names the container. Never waits. */
export class PodEvents {
  readonly #recorder: Pick<EventRecorder, 'event'>

  constructor(recorder: Pick<EventRecorder, 'event'>) {
    this.#recorder = recorder
  }

  record({ pod, container, type, reason, message, annotations }: PodEvent): void {
    const fieldPath = container === undefined ? undefined : containerFieldPath(pod.spec, container)
    const more = { ...(fieldPath ? { fieldPath } : {}), ...(annotations && Object.keys(annotations).length > 0 ? { annotations } : {}) }
    this.#recorder.event({ ...pod, apiVersion: 'v1', kind: 'Pod' }, { type, reason, message, ...more })
  }

  /** A recorder for one container. */
  of(pod: Pod, container: string): (type: EventType, reason: string, message: string) => void {
    return (type, reason, message) => this.record({ pod, container, type, reason, message })
  }
}
