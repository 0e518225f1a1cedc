import type { Pod } from '../../api/core/pod.ts'
import { containersOf } from '../../api/pod-containers.ts'
import { canonicalQuantity, compareQuantities, formatQuantity } from '../../api/quantity.ts'
import { memoryOf, type ContainerUsage, type PodUsage } from './pod-usage.ts'
import { amountOf, signals, type Observations, type StarvedResource, type Threshold } from './thresholds.ts'

export interface EvictionReport {
  readonly message: string
  /** Of the event, for programs that read it. */
  readonly annotations: Readonly<Record<string, string>>
}

export interface Shortage {
  readonly resource: StarvedResource
  /** All that are pursued. */
  readonly thresholds: readonly Threshold[]
  readonly observations: Observations
}

/** Upstream's evictionMessage: why this pod, with what its containers used beyond their requests. */
export function evictionReport(pod: Pod, usage: PodUsage | undefined, shortage: Shortage): EvictionReport {
  const { resource } = shortage
  const beginning = `The node was low on resource: ${resource}. ${thresholdMet(shortage)}`
  if (!usage) return { message: beginning, annotations: {} }
  const wholePod = podLevel(pod, usage, resource)
  const offending = usage.containers.flatMap(used => offender(pod, used, resource))
  return {
    message: [beginning, wholePod.message, ...offending.map(({ message }) => message)].join(''),
    annotations: {
      ...wholePod.annotations,
      offending_containers: offending.map(({ name }) => name).join(','),
      offending_containers_usage: offending.map(({ used }) => used).join(','),
      starved_resource: resource,
    },
  }
}

/** Bytes and shares of them are written in binary units, counts in decimal ones. */
const written = (amount: number, resource: StarvedResource): string =>
  formatQuantity({
    nanos: BigInt(Math.trunc(amount)) * 10n ** 9n,
    format: resource === 'memory' || resource === 'ephemeral-storage' ? 'BinarySI' : 'DecimalSI',
  })

function thresholdMet({ resource, thresholds, observations }: Shortage): string {
  const threshold = thresholds.find(({ signal }) => signals[signal].resource === resource && observations[signal])
  const observed = threshold && observations[threshold.signal]
  if (!observed) return ''
  const { value } = threshold
  const quantity = 'quantity' in value ? formatQuantity(value.quantity) : written(amountOf(value, observed.capacity), 'memory')
  return `Threshold quantity: ${quantity}, available: ${written(observed.available, resource)}. `
}

function podLevel({ metadata, spec }: Pod, usage: PodUsage, resource: StarvedResource): EvictionReport {
  const request = resource === 'memory' ? spec.resources?.requests?.memory : undefined
  if (request === undefined) return { message: '', annotations: {} }
  const used = written(memoryOf(usage), resource)
  return {
    message: `Pod ${metadata.name} was using ${used}, request is ${canonicalQuantity(request)}, has larger consumption of memory. `,
    annotations: { offending_pod: metadata.name, offending_pod_usage: used },
  }
}

const usedOf = (used: ContainerUsage, resource: StarvedResource): number | undefined =>
  resource === 'memory' ? used.workingSetBytes : resource === 'ephemeral-storage' ? used.rootfsBytes : undefined

function offender({ spec }: Pod, usage: ContainerUsage, resource: StarvedResource) {
  const known = containersOf(spec).find(({ container, kind }) => container.name === usage.name && kind !== 'ephemeral')
  const amount = usedOf(usage, resource)
  if (!known || amount === undefined) return []
  const used = written(amount, resource)
  const request = canonicalQuantity(known.container.resources?.requests?.[resource] ?? '0')
  if (compareQuantities(used, request) <= 0) return []
  const message = `Container ${usage.name} was using ${used}, request is ${request}, has larger consumption of ${resource}. `
  return [{ name: usage.name, used, message }]
}
