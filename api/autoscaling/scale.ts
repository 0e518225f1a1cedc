import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const ScaleSpec = message('io.k8s.api.autoscaling.v1.ScaleSpec', 'How many pods are wanted.', {
  replicas: optional(1, int32(), 'How many pods there should be.'),
})
export type ScaleSpec = Static<typeof ScaleSpec>

export const ScaleStatus = message('io.k8s.api.autoscaling.v1.ScaleStatus', 'How many pods there are.', {
  replicas: required(1, int32(), 'How many pods there are.'),
  selector: optional(2, string(), 'Which pods belong to it, in the form that list requests take.'),
})
export type ScaleStatus = Static<typeof ScaleStatus>

export const ScaleSchema = message(
  'io.k8s.api.autoscaling.v1.Scale',
  'The size of whatever has one: the same view of every kind that can be scaled.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: Scale.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, ScaleSpec, 'How many pods are wanted.'),
    status: embedded(3, ScaleStatus, 'How many pods there are.'),
  },
)
export type Scale = Static<typeof ScaleSchema>

export const Scale = defineKind(ScaleSchema, {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  namespaced: true,
  verbs: ['get', 'patch', 'update'],
  columns: [nameColumn, ageColumn],
})
