import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, message, required, stored, string, time, type Static } from '../schema/schema.ts'
import { usage, usageColumns, window } from './usage.ts'

export const NodeMetricsSchema = message('io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics', 'What a node uses.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: NodeMetrics.'),
  metadata: embedded(0, ObjectMeta, 'Name and labels of the node.'),
  timestamp: required(0, time(), 'When it was measured last.'),
  window: window(),
  usage: required(0, usage(), 'What it used: cpu and memory.'),
})
export type NodeMetrics = Static<typeof NodeMetricsSchema>

/** Nothing is stored of it: it is worked out from what agents measure. */
export const NodeMetrics = defineKind(NodeMetricsSchema, {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: '',
  namespaced: false,
  verbs: ['get', 'list'],
  columns: usageColumns(node => [node.usage]),
})
