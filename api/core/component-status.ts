import { nameColumn } from '../columns.ts'
import { findCondition } from '../conditions.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, listMap, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const ComponentCondition = message(
  'io.k8s.api.core.v1.ComponentCondition',
  'One aspect of the state of a part of the control plane.',
  {
    type: required(1, string(), 'Which aspect: Healthy.'),
    status: required(2, string(), 'True, False or Unknown.'),
    message: optional(3, string(), 'What the part says of itself.'),
    error: optional(4, string(), 'What went wrong when it was asked.'),
  },
)
export type ComponentCondition = Static<typeof ComponentCondition>

export const ComponentStatusSchema = message(
  'io.k8s.api.core.v1.ComponentStatus',
  "How a part of the control plane is; outdated, ask the API server's /livez instead.",
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ComponentStatus.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    conditions: optional(2, listMap(ComponentCondition, ['type']), 'Aspects of the state.'),
  },
)
export type ComponentStatus = Static<typeof ComponentStatusSchema>

/** One process is all parts of the control plane, so that whoever gets an answer has heard from all of them. */
const healthy = (name: string): ComponentStatus => ({
  kind: 'ComponentStatus',
  apiVersion: 'v1',
  // Nobody created it: it has a name and nothing else.
  metadata: { name } as ObjectMeta,
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
})

/** Never stored, always the same. */
export const ComponentStatus = defineKind(ComponentStatusSchema, {
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  constant: ['controller-manager', 'etcd-0', 'scheduler'].map(healthy),
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Whether it is healthy.', cell: part => statusText(healthOf(part)) },
    { name: 'Message', type: 'string', description: 'What it says of itself.', cell: part => healthOf(part)?.message ?? '' },
    { name: 'Error', type: 'string', description: 'What went wrong when it was asked.', cell: part => healthOf(part)?.error ?? '' },
  ],
})

const healthOf = ({ conditions }: ComponentStatus) => findCondition(conditions, 'Healthy')

/** Upstream's printComponentStatus. */
const statusText = (condition: ComponentCondition | undefined): string =>
  ({ True: 'Healthy', False: 'Unhealthy' })[condition?.status ?? ''] ?? 'Unknown'
