import { LabelSelectorRequirement } from '../meta.ts'
import { boolean, list, map, message, optional, required, string, type Static } from '../schema/schema.ts'

const FieldSelectorRequirement = message('io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement', 'One condition on a field.', {
  key: required(1, string(), 'The path of the field.'),
  operator: required(2, string(), 'In, NotIn, Exists or DoesNotExist.'),
  values: optional(3, list(string()), 'The values to compare with.'),
})

const FieldSelectorAttributes = message('io.k8s.api.authorization.v1.FieldSelectorAttributes', 'A selector of fields.', {
  rawSelector: optional(1, string(), 'The selector as it stands in a query.'),
  requirements: optional(2, list(FieldSelectorRequirement), 'The selector, parsed.'),
})

const LabelSelectorAttributes = message('io.k8s.api.authorization.v1.LabelSelectorAttributes', 'A selector of labels.', {
  rawSelector: optional(1, string(), 'The selector as it stands in a query.'),
  requirements: optional(2, list(LabelSelectorRequirement), 'The selector, parsed.'),
})

export const ResourceAttributes = message('io.k8s.api.authorization.v1.ResourceAttributes', 'What somebody wants to do to a resource.', {
  namespace: optional(1, string(), 'The namespace; empty for cluster-wide resources, or for all namespaces.'),
  verb: optional(2, string(), 'The verb, such as get or create; * means all of them.'),
  group: optional(3, string(), 'The API group; * means all of them.'),
  version: optional(4, string(), 'The version within the group; * means all of them.'),
  resource: optional(5, string(), 'The plural of the kind; * means all of them.'),
  subresource: optional(6, string(), 'What follows the name in the path.'),
  name: optional(7, string(), 'The name of the object; empty means any.'),
  fieldSelector: optional(8, FieldSelectorAttributes, 'Limits the question to objects with these fields.'),
  labelSelector: optional(9, LabelSelectorAttributes, 'Limits the question to objects with these labels.'),
})
export type ResourceAttributes = Static<typeof ResourceAttributes>

export const NonResourceAttributes = message('io.k8s.api.authorization.v1.NonResourceAttributes', 'What somebody wants to do to a path.', {
  path: optional(1, string(), 'The path.'),
  verb: optional(2, string(), 'The verb: an HTTP method in lower case.'),
})
export type NonResourceAttributes = Static<typeof NonResourceAttributes>

export const SubjectAccessReviewSpec = message('io.k8s.api.authorization.v1.SubjectAccessReviewSpec', 'Who wants to do what.', {
  resourceAttributes: optional(1, ResourceAttributes, 'The resource in question.'),
  nonResourceAttributes: optional(2, NonResourceAttributes, 'The path in question.'),
  user: optional(3, string(), 'Name of the user.'),
  groups: optional(4, list(string()), 'Groups of the user.'),
  extra: optional(5, map(list(string())), 'What else the authenticator knows about the user.'),
  uid: optional(6, string(), 'UID of the user.'),
})
export type SubjectAccessReviewSpec = Static<typeof SubjectAccessReviewSpec>

export const SubjectAccessReviewStatus = message('io.k8s.api.authorization.v1.SubjectAccessReviewStatus', 'Whether it is allowed.', {
  allowed: required(1, boolean(), 'True when it is allowed.'),
  denied: optional(4, boolean(), 'True when it is forbidden, whatever another authorizer might say.'),
  reason: optional(2, string(), 'Why.'),
  evaluationError: optional(3, string(), 'What went wrong while this was found out.'),
})
export type SubjectAccessReviewStatus = Static<typeof SubjectAccessReviewStatus>
