import {
  boolean,
  int32,
  int64,
  json,
  list,
  listMap,
  map,
  message,
  optional,
  required,
  set,
  stored,
  string,
  time,
  type Static,
} from './schema/schema.ts'

export const OwnerReference = message('io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference', '', {
  apiVersion: required(5, string(), ''),
  kind: required(1, string(), ''),
  name: required(3, string(), ''),
  uid: required(4, string(), ''),
  controller: optional(6, boolean(), ''),
  blockOwnerDeletion: optional(7, boolean(), ''),
})
export type OwnerReference = Static<typeof OwnerReference>

export const ManagedFieldsEntry = message('io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry', '', {
  apiVersion: optional(3, string(), ''),
  manager: optional(1, string(), ''),
  operation: optional(2, string(), ''),
  time: optional(4, time(), ''),
  fieldsType: optional(6, string(), ''),
  fieldsV1: optional(7, json(), ''),
  subresource: optional(8, string(), ''),
})
export type ManagedFieldsEntry = Static<typeof ManagedFieldsEntry>

export const ObjectMeta = message('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', '', {
  name: stored(1, string(), ''),
  generateName: optional(2, string(), ''),
  namespace: optional(3, string(), ''),
  selfLink: optional(4, string(), ''),
  uid: stored(5, string(), ''),
  resourceVersion: stored(6, string(), ''),
  generation: optional(7, int64(), ''),
  creationTimestamp: stored(8, time(), ''),
  deletionTimestamp: optional(9, time(), ''),
  deletionGracePeriodSeconds: optional(10, int64(), ''),
  labels: optional(11, map(string()), ''),
  annotations: optional(12, map(string()), ''),
  ownerReferences: optional(13, listMap(OwnerReference, ['uid']), ''),
  finalizers: optional(14, set(string(), { patchStrategy: 'merge' }), ''),
  managedFields: optional(17, list(ManagedFieldsEntry), ''),
})
export type ObjectMeta = Static<typeof ObjectMeta>

export const ShardInfo = message('io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo', '', {
  selector: required(1, string(), ''),
})
export type ShardInfo = Static<typeof ShardInfo>

export const ListMeta = message('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta', '', {
  selfLink: optional(1, string(), ''),
  resourceVersion: optional(2, string(), ''),
  continue: optional(3, string(), ''),
  remainingItemCount: optional(4, int64(), ''),
  shardInfo: optional(5, ShardInfo, ''),
})
export type ListMeta = Static<typeof ListMeta>

export const Condition = message('io.k8s.apimachinery.pkg.apis.meta.v1.Condition', '', {
  type: required(1, string(), ''),
  status: required(2, string(), ''),
  observedGeneration: optional(3, int64(), ''),
  lastTransitionTime: required(4, time(), ''),
  reason: required(5, string(), ''),
  message: required(6, string(), ''),
})
export type Condition = Static<typeof Condition>

export const LabelSelectorRequirement = message('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement', '', {
  key: required(1, string(), ''),
  operator: required(2, string(), ''),
  values: optional(3, list(string()), ''),
})
export type LabelSelectorRequirement = Static<typeof LabelSelectorRequirement>

export const LabelSelector = message('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector', '', {
  matchLabels: optional(1, map(string()), ''),
  matchExpressions: optional(2, list(LabelSelectorRequirement), ''),
})
export type LabelSelector = Static<typeof LabelSelector>

export const Preconditions = message('io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions', '', {
  uid: optional(1, string(), ''),
  resourceVersion: optional(2, string(), ''),
})
export type Preconditions = Static<typeof Preconditions>

export const DeleteOptions = message('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  gracePeriodSeconds: optional(1, int64(), ''),
  preconditions: optional(2, Preconditions, ''),
  orphanDependents: optional(3, boolean(), ''),
  propagationPolicy: optional(4, string(), ''),
  dryRun: optional(5, list(string()), ''),
  ignoreStoreReadErrorWithClusterBreakingPotential: optional(6, boolean(), ''),
})
export type DeleteOptions = Static<typeof DeleteOptions>

export const StatusCause = message('io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause', '', {
  reason: optional(1, string(), ''),
  message: optional(2, string(), ''),
  field: optional(3, string(), ''),
})
export type StatusCause = Static<typeof StatusCause>

export const StatusDetails = message('io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails', '', {
  kind: optional(3, string(), ''),
  name: optional(1, string(), ''),
  group: optional(2, string(), ''),
  causes: optional(4, list(StatusCause), ''),
  retryAfterSeconds: optional(5, int32(), ''),
  uid: optional(6, string(), ''),
})
export type StatusDetails = Static<typeof StatusDetails>

export const Status = message('io.k8s.apimachinery.pkg.apis.meta.v1.Status', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: required(1, ListMeta, ''),
  status: optional(2, string(), ''),
  message: optional(3, string(), ''),
  reason: optional(4, string(), ''),
  details: optional(5, StatusDetails, ''),
  code: optional(6, int32(), ''),
})
export type Status = Static<typeof Status>
