import {
  atomicMessage,
  boolean,
  embedded,
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

export const OwnerReference = atomicMessage(
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference',
  'The object that this one belongs to; when the last owner is gone, so is the object.',
  {
    apiVersion: required(5, string(), 'API version of the owner.'),
    kind: required(1, string(), 'Kind of the owner.'),
    name: required(3, string(), 'Name of the owner.'),
    uid: required(4, string(), 'UID of the owner: another object under the same name is not the owner.'),
    controller: optional(6, boolean(), 'True for the owner that manages this object; there is at most one.'),
    blockOwnerDeletion: optional(7, boolean(), 'When true, an owner deleted in the foreground waits until this object is gone.'),
  },
)
export type OwnerReference = Static<typeof OwnerReference>

export const ManagedFieldsEntry = message(
  'io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry',
  'The fields that one manager has set through one version of the API.',
  {
    apiVersion: optional(3, string(), 'API version in which the fields are named.'),
    manager: optional(1, string(), 'Who made the changes.'),
    operation: optional(2, string(), 'How: Apply or Update.'),
    time: optional(4, time(), 'When the manager last changed these fields.'),
    fieldsType: optional(6, string(), 'The format of the set of fields: FieldsV1.'),
    fieldsV1: optional(7, json(), 'The set of fields.'),
    subresource: optional(8, string(), 'The subresource through which they were changed; empty for the object itself.'),
  },
)
export type ManagedFieldsEntry = Static<typeof ManagedFieldsEntry>

export const ObjectMeta = message(
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'What every stored object has besides the fields of its kind.',
  {
    name: stored(1, string(), 'Name, unique among objects of this kind in the namespace. It cannot be changed.'),
    generateName: optional(2, string(), 'Prefix of a name that the server makes up when no name is given.'),
    namespace: optional(
      3,
      string(),
      'Namespace in which the name is unique; absent for objects of the whole cluster. It cannot be changed.',
    ),
    selfLink: optional(4, string(), 'No longer filled in.'),
    uid: stored(5, string(), 'Tells this object from every other that was, is or will be. Set by the server.'),
    resourceVersion: stored(
      6,
      string(),
      'Revision of the last change. Send it back with an update to make sure that nothing changed in between.',
    ),
    generation: optional(7, int64(), 'Counts changes of what is wanted. Set by the server.'),
    creationTimestamp: stored(8, time(), 'CreationTimestamp is a timestamp of when the object was created. Set by the server.'),
    deletionTimestamp: optional(
      9,
      time(),
      'When the object will be or should have been gone; set by the server once deletion is asked for.',
    ),
    deletionGracePeriodSeconds: optional(10, int64(), 'How long the object may take to end, counted from the request to delete it.'),
    labels: optional(11, map(string()), 'Short names and values by which objects are selected.'),
    annotations: optional(12, map(string()), 'Names and values of any kind for people and programs; nothing is selected by them.'),
    ownerReferences: optional(13, listMap(OwnerReference, ['uid']), 'The objects that this one belongs to.'),
    finalizers: optional(
      14,
      set(string(), { patchStrategy: 'merge' }),
      'Who still has work to do before the object may disappear; each takes its own entry away.',
    ),
    managedFields: optional(17, list(ManagedFieldsEntry), 'Which manager set which fields; kept for server-side apply.'),
  },
)
export type ObjectMeta = Static<typeof ObjectMeta>

export const ShardInfo = message('io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo', 'Which part of a collection a list shows.', {
  selector: required(1, string(), 'Selects the objects that belong to the part.'),
})
export type ShardInfo = Static<typeof ShardInfo>

export const ListMeta = message('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta', 'What every list has besides its items.', {
  selfLink: optional(1, string(), 'No longer filled in.'),
  resourceVersion: optional(2, string(), 'Revision at which the list is true; a watch can begin here.'),
  continue: optional(3, string(), 'Token for the next piece; empty when the list is complete.'),
  remainingItemCount: optional(4, int64(), 'How many objects are left for later pieces, where that is known.'),
  shardInfo: optional(5, ShardInfo, 'Present when the list shows only a part of the collection.'),
})
export type ListMeta = Static<typeof ListMeta>

export const Condition = message('io.k8s.apimachinery.pkg.apis.meta.v1.Condition', 'One aspect of the state of an object.', {
  type: required(1, string(), 'Name of the aspect.'),
  status: required(2, string(), 'True, False or Unknown.'),
  observedGeneration: optional(3, int64(), 'The generation of the object that this condition is about.'),
  lastTransitionTime: required(4, time(), 'When the status last changed.'),
  reason: required(5, string(), 'Why, as one word for programs.'),
  message: required(6, string(), 'Why, as a sentence for people.'),
})
export type Condition = Static<typeof Condition>

export const LabelSelectorRequirement = message(
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement',
  'A rule that relates a label and some values.',
  {
    key: required(1, string(), 'The label.'),
    operator: required(2, string(), 'How: In, NotIn, Exists or DoesNotExist.'),
    values: optional(3, list(string()), 'The values, for In and NotIn.'),
  },
)
export type LabelSelectorRequirement = Static<typeof LabelSelectorRequirement>

export const LabelSelector = atomicMessage(
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector',
  'Selects objects by their labels; all its rules must hold. An empty one selects everything, an absent one nothing.',
  {
    matchLabels: optional(1, map(string()), 'Labels that must have exactly these values.'),
    matchExpressions: optional(2, list(LabelSelectorRequirement), 'Further rules about labels.'),
  },
)
export type LabelSelector = Static<typeof LabelSelector>

export const Preconditions = message(
  'io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions',
  'What must be true of an object for a request to be carried out.',
  {
    uid: optional(1, string(), 'The UID that it must have.'),
    resourceVersion: optional(2, string(), 'The revision that it must have.'),
  },
)
export type Preconditions = Static<typeof Preconditions>

export const DeleteOptions = message('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions', 'How to delete an object.', {
  apiVersion: stored(0, string(), 'API version of these options.'),
  kind: stored(0, string(), 'DeleteOptions.'),
  gracePeriodSeconds: optional(
    1,
    int64(),
    'How long the object may take to end; 0 is at once, absent is what the kind or the object says.',
  ),
  preconditions: optional(2, Preconditions, 'What must be true of the object.'),
  orphanDependents: optional(3, boolean(), 'Superseded by propagationPolicy.'),
  propagationPolicy: optional(
    4,
    string(),
    'What happens to dependents: Orphan leaves them, Background deletes them afterwards, Foreground before.',
  ),
  dryRun: optional(5, list(string()), 'All: check everything and delete nothing.'),
  ignoreStoreReadErrorWithClusterBreakingPotential: optional(
    6,
    boolean(),
    'Delete the object even though it cannot be read, without regard for finalizers.',
  ),
})
export type DeleteOptions = Static<typeof DeleteOptions>

export const PartialObjectMetadata = message(
  'io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata',
  'An object of which only the metadata is shown.',
  {
    apiVersion: stored(0, string(), 'API version of this view: meta.k8s.io/v1.'),
    kind: stored(0, string(), 'PartialObjectMetadata.'),
    metadata: embedded(1, ObjectMeta, 'The metadata of the object.'),
  },
)
export type PartialObjectMetadata = Static<typeof PartialObjectMetadata>

export const StatusCause = message('io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause', 'One reason why a request failed.', {
  reason: optional(1, string(), 'The reason as one word for programs.'),
  message: optional(2, string(), 'The reason as a sentence for people.'),
  field: optional(3, string(), 'The field it is about, such as spec.containers[0].name.'),
})
export type StatusCause = Static<typeof StatusCause>

export const StatusDetails = message(
  'io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails',
  'What a failed request was about, and why it failed.',
  {
    kind: optional(3, string(), 'Kind or resource of the object.'),
    name: optional(1, string(), 'Name of the object.'),
    group: optional(2, string(), 'API group of the object.'),
    causes: optional(4, list(StatusCause), 'Everything that was wrong.'),
    retryAfterSeconds: optional(5, int32(), 'When to try again, if that may help.'),
    uid: optional(6, string(), 'UID of the object.'),
  },
)
export type StatusDetails = Static<typeof StatusDetails>

export const Status = message('io.k8s.apimachinery.pkg.apis.meta.v1.Status', 'The outcome of a request that returns no object.', {
  apiVersion: stored(0, string(), 'API version of the status: v1.'),
  kind: stored(0, string(), 'Status.'),
  metadata: required(1, ListMeta, 'Like that of a list.'),
  status: optional(2, string(), 'Success or Failure.'),
  message: optional(3, string(), 'What happened, as a sentence for people.'),
  reason: optional(4, string(), 'Why it failed, as one word for programs.'),
  details: optional(5, StatusDetails, 'What it was about.'),
  code: optional(6, int32(), 'The HTTP status code.'),
})
export type Status = Static<typeof Status>
