import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import type { Binding } from '../../../api/core/binding.ts'
import type { Lookup } from '../interfaces.ts'
import { concerns, type AdmissionRule } from './rule.ts'

const topology = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** Upstream's PodTopologyLabels: a pod that gets a node says where that node is. */
export const podTopologyLabels = (lookup: Lookup): AdmissionRule => ({
  mutate(context) {
    if (context.verb !== 'create' || !concerns(context, Pod, 'binding')) return context.object
    const binding = context.object as Binding
    const node = binding.target.name ? lookup.get(Node, { namespace: '', name: binding.target.name }) : undefined
    const labels = Object.entries(node?.metadata.labels ?? {}).filter(([name]) => topology.includes(name))
    if (labels.length === 0) return binding
    return { ...binding, metadata: { ...binding.metadata, labels: { ...binding.metadata.labels, ...Object.fromEntries(labels) } } }
  },
})
