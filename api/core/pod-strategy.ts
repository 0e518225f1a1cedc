import { isTerminalPhase } from '../pod-phase.ts'
import type { Pod } from './pod.ts'
import type { PodCondition } from './pod-status.ts'
import { podQosClass } from './pod-qos.ts'
import { withMatchLabelKeys } from './affinity-match-label-keys.ts'

/** Pods that run somewhere get their own grace period; others have nobody to wait for. */
export function podGracePeriod(pod: Pod): number {
  if (!pod.spec.nodeName || isTerminalPhase(pod.status.phase)) return 0
  return Math.max(pod.spec.terminationGracePeriodSeconds ?? 30, pod.spec.terminationGracePeriodSeconds === 0 ? 0 : 1)
}

const gatedCondition = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
} as const

/** A new pod waits to be scheduled; gated ones say so from the start. */
export function preparePodForCreate(pod: Pod): Pod {
  const spec = withMatchLabelKeys(pod.spec, pod.metadata.labels ?? {})
  const gated = (spec.schedulingGates ?? []).length > 0
  const { creationTimestamp } = pod.metadata
  // A time that was never set is written as null.
  const waiting = { ...gatedCondition, lastProbeTime: null, lastTransitionTime: creationTimestamp } as unknown as PodCondition
  return {
    ...pod,
    spec,
    status: { phase: 'Pending', ...(gated ? { conditions: [waiting] } : {}), qosClass: podQosClass(spec) },
  }
}

/** Status has a path of its own. */
export const preparePodForUpdate = (next: Pod, current: Pod): Pod => ({ ...next, status: current.status })

type ResizedContainers = Pod['spec']['containers']

/** Containers with the resources and resize policy of those of the same place and name in `next`. */
const resized = (current: ResizedContainers, next: ResizedContainers): ResizedContainers =>
  current.length !== next.length
    ? next
    : current.map((container, index) => {
        const wanted = next[index]
        if (!wanted || wanted.name !== container.name) return wanted ?? container
        const { resizePolicy: _, ...rest } = container
        return { ...rest, resources: wanted.resources, ...(wanted.resizePolicy ? { resizePolicy: wanted.resizePolicy } : {}) }
      })

/** These paths change nothing else, labels included; the version that the change is based on comes along. */
const sameMetadata = ({ metadata }: Pod, current: Pod): Pod['metadata'] => ({
  ...current.metadata,
  resourceVersion: metadata.resourceVersion,
  ...(metadata.managedFields ? { managedFields: metadata.managedFields } : {}),
})

/** What the subresources let through of an updated pod; everything else stays as it was. */
export const preparePodSubresource: Readonly<Record<string, (next: Pod, current: Pod) => Pod>> = {
  ephemeralcontainers: (next, current) => {
    const { ephemeralContainers: _, ...spec } = current.spec
    const wanted = next.spec.ephemeralContainers
    return { ...current, metadata: sameMetadata(next, current), spec: { ...spec, ...(wanted ? { ephemeralContainers: wanted } : {}) } }
  },
  /** The class of service is decided at creation; who writes a status need not repeat it. */
  status: (next, current) => {
    const qosClass = next.status.qosClass ?? current.status.qosClass
    return qosClass && !next.status.qosClass ? { ...next, status: { ...next.status, qosClass } } : next
  },
  resize: (next, current) => ({
    ...current,
    metadata: sameMetadata(next, current),
    spec: {
      ...current.spec,
      containers: resized(current.spec.containers, next.spec.containers),
      ...(current.spec.initContainers ? { initContainers: resized(current.spec.initContainers, next.spec.initContainers ?? []) } : {}),
      ...(next.spec.resources ? { resources: next.spec.resources } : {}),
    },
  }),
}
