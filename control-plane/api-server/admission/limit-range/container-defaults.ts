import type { Container } from '../../../../api/core/container.ts'
import type { LimitRange } from '../../../../api/core/limit-range.ts'
import type { Pod } from '../../../../api/core/pod.ts'
import type { Quantities } from '../../../../api/pod-resources.ts'

/** Says on a pod what it got from a limit range. */
export const limitRangerAnnotation = 'kubernetes.io/limit-ranger'

/** The pod with what the limit range gives to containers that say nothing themselves; upstream's mergePodResourceRequirements. */
export function withContainerDefaults(pod: Pod, { spec: { limits } }: LimitRange): Pod {
  const ofContainers = limits.filter(({ type }) => type === 'Container')
  const requests: Quantities = Object.assign({}, ...ofContainers.map(({ defaultRequest }) => defaultRequest)) as Quantities
  const caps: Quantities = Object.assign({}, ...ofContainers.map(item => item.default)) as Quantities
  const notes: string[] = []
  const filled = (container: Container, what: string): Container => {
    const { resources } = container
    const missing = (defaults: Quantities, own: Quantities | undefined) => Object.keys(defaults).filter(name => own?.[name] === undefined)
    const requestsSet = missing(requests, resources?.requests)
    const limitsSet = missing(caps, resources?.limits)
    const say = (names: string[], side: string) =>
      names.length > 0 ? [`${[...names].sort().join(', ')} ${side} for ${what} ${container.name}`] : []
    notes.push(...say(requestsSet, 'request'), ...say(limitsSet, 'limit'))
    if (requestsSet.length + limitsSet.length === 0) return container
    const merged = (defaults: Quantities, own: Quantities | undefined) => ({ ...defaults, ...own })
    return {
      ...container,
      resources: {
        ...resources,
        ...(limitsSet.length > 0 ? { limits: merged(caps, resources?.limits) } : {}),
        ...(requestsSet.length > 0 ? { requests: merged(requests, resources?.requests) } : {}),
      },
    }
  }
  const containers = pod.spec.containers.map(container => filled(container, 'container'))
  const initContainers = pod.spec.initContainers?.map(container => filled(container, 'init container'))
  if (notes.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [limitRangerAnnotation]: `LimitRanger plugin set: ${notes.join('; ')}` }
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers, ...(initContainers ? { initContainers } : {}) },
  }
}
