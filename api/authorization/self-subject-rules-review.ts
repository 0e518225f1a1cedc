import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { boolean, embedded, list, message, optional, required, stored, string, type Static } from '../schema/schema.ts'

const ResourceRule = message('io.k8s.api.authorization.v1.ResourceRule', 'Verbs that are allowed on resources.', {
  verbs: required(1, list(string()), 'The verbs; * means all of them.'),
  apiGroups: optional(2, list(string()), 'The API groups of the resources; * means all of them.'),
  resources: optional(3, list(string()), 'The resources; * means all of them.'),
  resourceNames: optional(4, list(string()), 'Names of the objects; absent means any.'),
})

const NonResourceRule = message('io.k8s.api.authorization.v1.NonResourceRule', 'Verbs that are allowed on paths.', {
  verbs: required(1, list(string()), 'The verbs: HTTP methods in lower case.'),
  nonResourceURLs: optional(2, list(string()), 'The paths; * at the end stands for anything.'),
})

const SubjectRulesReviewStatus = message('io.k8s.api.authorization.v1.SubjectRulesReviewStatus', 'What is allowed.', {
  resourceRules: required(1, list(ResourceRule), 'What may be done to resources, in no particular order.'),
  nonResourceRules: required(2, list(NonResourceRule), 'What may be done to paths, in no particular order.'),
  incomplete: required(3, boolean(), 'True when there may be more.'),
  evaluationError: optional(4, string(), 'What went wrong while this was found out.'),
})

const SelfSubjectRulesReviewSpec = message(
  'io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec',
  'Where the caller would like to act.',
  {
    namespace: optional(1, string(), 'The namespace. Required.'),
  },
)

export const SelfSubjectRulesReviewSchema = message('io.k8s.api.authorization.v1.SelfSubjectRulesReview', 'Asks: what may I do here?', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: SelfSubjectRulesReview.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: { ...embedded(2, SelfSubjectRulesReviewSpec, 'Where the caller would like to act.'), required: true },
  status: optional(3, SubjectRulesReviewStatus, 'The answer.'),
})
export type SelfSubjectRulesReview = Static<typeof SelfSubjectRulesReviewSchema>

/** `kubectl auth can-i --list`. */
export const SelfSubjectRulesReview = defineKind(SelfSubjectRulesReviewSchema, {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  verbs: ['create'],
  columns: [],
})
