import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, list, message, required, stored, string, time, type Static } from '../schema/schema.ts'
import { ContainerMetrics, usageColumns, window } from './usage.ts'

export const PodMetricsSchema = message('io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics', 'What the containers of a pod use.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: PodMetrics.'),
  metadata: embedded(0, ObjectMeta, 'Name, namespace and labels of the pod.'),
  timestamp: required(0, time(), 'When it was measured last.'),
  window: window(),
  containers: required(0, list(ContainerMetrics, { patchMergeKey: 'name' }), 'What each container used.'),
})
export type PodMetrics = Static<typeof PodMetricsSchema>

/** Nothing is stored of it: it is worked out from what agents measure. */
export const PodMetrics = defineKind(PodMetricsSchema, {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  namespaced: true,
  verbs: ['get', 'list'],
  columns: usageColumns(pod => pod.containers.map(({ usage }) => usage)),
})
