import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { notFound } from '../../../api/errors.ts'
import type { Kind } from '../../../api/kind.ts'
import type { ObjectMeta } from '../../../api/meta.ts'
import { NodeMetrics } from '../../../api/metrics/node-metrics.ts'
import { PodMetrics } from '../../../api/metrics/pod-metrics.ts'
import type { Usage } from '../../../api/metrics/usage.ts'
import { canonicalQuantity, formatQuantity } from '../../../api/quantity.ts'
import { timestamp } from '../../../api/time.ts'
import { goDuration } from '../../../common/go-duration.ts'
import type { Computed, Lookup } from '../interfaces.ts'
import type { Collector } from './collector.ts'
import type { Used } from './points.ts'
import { podKey } from './read-summary.ts'

interface Options {
  readonly lookup: Lookup
  readonly nodes: Kind<Node>
  readonly pods: Kind<Pod>
  readonly collector: Pick<Collector, 'usages'>
}

/** metrics.k8s.io as metrics-server serves it: labels are the object's own, unmeasured objects are left out of lists. */
export function resourceMetrics({ lookup, nodes, pods, collector }: Options): readonly Computed[] {
  const inOrder = <O extends Node | Pod>(objects: O[]) =>
    objects.sort((a, b) =>
      podKey(a.metadata.namespace ?? '', a.metadata.name) < podKey(b.metadata.namespace ?? '', b.metadata.name) ? -1 : 1,
    )
  return [
    {
      kind: NodeMetrics,
      async list() {
        const usages = await collector.usages()
        return inOrder(lookup.list(nodes)).flatMap(node => nodeMetrics(node, usages.node(node.metadata.name)))
      },
      async get({ name }) {
        const node = lookup.get(nodes, { namespace: '', name })
        if (!node) throw notFound(nodes, name)
        const [metrics] = nodeMetrics(node, (await collector.usages()).node(name))
        if (!metrics) throw notFound({ group: NodeMetrics.group, plural: 'nodemetrics' }, name)
        return metrics
      },
    },
    {
      kind: PodMetrics,
      async list(namespace) {
        const usages = await collector.usages()
        return inOrder(lookup.list(pods, namespace)).flatMap(pod => podMetrics(pod, usages.pod(keyOf(pod))))
      },
      async get({ namespace, name }) {
        const pod = lookup.get(pods, { namespace, name })
        if (!pod) throw notFound(pods, podKey(namespace, name))
        const [metrics] = podMetrics(pod, (await collector.usages()).pod(keyOf(pod)))
        if (!metrics) throw notFound({ group: PodMetrics.group, plural: 'podmetrics' }, podKey(namespace, name))
        return metrics
      },
    },
  ]
}

const keyOf = ({ metadata }: Pod): string => podKey(metadata.namespace ?? '', metadata.name)

const usageOf = ({ nanocores, memoryBytes }: Used): Usage => ({
  cpu: canonicalQuantity(`${nanocores}n`),
  memory: formatQuantity({ nanos: BigInt(memoryBytes) * 1_000_000_000n, format: 'BinarySI' }),
})
const momentOf = ({ time, windowMs }: Used) => ({ timestamp: timestamp(new Date(time)), window: goDuration(windowMs) })

/** metrics-server makes these objects anew for each answer, and says so; what is not stored has no uid and no version. */
function metadataOf({ metadata: { name, namespace, labels } }: Node | Pod): ObjectMeta {
  return {
    name,
    ...(namespace ? { namespace } : {}),
    creationTimestamp: timestamp(new Date()),
    ...(labels ? { labels } : {}),
  } as ObjectMeta
}

function nodeMetrics(node: Node, used: Used | undefined): NodeMetrics[] {
  if (!used) return []
  const type = { kind: 'NodeMetrics', apiVersion: 'metrics.k8s.io/v1beta1' }
  return [{ ...type, metadata: metadataOf(node), ...momentOf(used), usage: usageOf(used) }]
}

function podMetrics(pod: Pod, used: ReadonlyMap<string, Used> | undefined): PodMetrics[] {
  const [first] = used?.values() ?? []
  if (!used || !first) return []
  // The oldest look speaks for the pod, so that nobody takes it for newer than it is.
  const moment = [...used.values()].reduce((oldest, one) => (one.time < oldest.time ? one : oldest), first)
  const containers = [...used].map(([name, one]) => ({ name, usage: usageOf(one) }))
  const type = { kind: 'PodMetrics', apiVersion: 'metrics.k8s.io/v1beta1' }
  return [{ ...type, metadata: metadataOf(pod), ...momentOf(moment), containers }]
}
