import { validateFlowSchema } from './flow-schema-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind, statusSubresource } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import {
  boolean,
  embedded,
  int32,
  list,
  listMap,
  message,
  optional,
  required,
  set,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const UserSubject = message('io.k8s.api.flowcontrol.v1.UserSubject', 'A user who sends requests.', {
  name: required(1, string(), 'Name of the user; * is all.'),
})
export type UserSubject = Static<typeof UserSubject>

export const GroupSubject = message('io.k8s.api.flowcontrol.v1.GroupSubject', 'A group whose members send requests.', {
  name: required(1, string(), 'Name of the group; * is all.'),
})
export type GroupSubject = Static<typeof GroupSubject>

export const ServiceAccountSubject = message('io.k8s.api.flowcontrol.v1.ServiceAccountSubject', 'A service account that sends requests.', {
  namespace: required(1, string(), 'Namespace of the service account.'),
  name: required(2, string(), 'Name of the service account; * is all of the namespace.'),
})
export type ServiceAccountSubject = Static<typeof ServiceAccountSubject>

export const Subject = message('io.k8s.api.flowcontrol.v1.Subject', 'Who sends requests.', {
  kind: required(1, string(), 'User, Group or ServiceAccount.'),
  user: optional(2, UserSubject, 'The user.'),
  group: optional(3, GroupSubject, 'The group.'),
  serviceAccount: optional(4, ServiceAccountSubject, 'The service account.'),
})
export type Subject = Static<typeof Subject>

export const ResourcePolicyRule = message('io.k8s.api.flowcontrol.v1.ResourcePolicyRule', 'Requests about resources.', {
  verbs: required(1, set(string()), 'What they do; * is everything.'),
  apiGroups: required(2, set(string()), 'Groups of the resources; * is all.'),
  resources: required(3, set(string()), 'The resources; * is all.'),
  clusterScope: optional(4, boolean(), 'Whether requests without a namespace are meant too.'),
  namespaces: optional(5, set(string()), 'Namespaces of the objects; * is all.'),
})
export type ResourcePolicyRule = Static<typeof ResourcePolicyRule>

export const NonResourcePolicyRule = message(
  'io.k8s.api.flowcontrol.v1.NonResourcePolicyRule',
  'Requests for paths that are no resources.',
  {
    verbs: required(1, set(string()), 'What they do; * is everything.'),
    nonResourceURLs: required(6, set(string()), 'The paths; * is all.'),
  },
)
export type NonResourcePolicyRule = Static<typeof NonResourcePolicyRule>

export const PolicyRulesWithSubjects = message('io.k8s.api.flowcontrol.v1.PolicyRulesWithSubjects', 'Requests of somebody for something.', {
  subjects: required(1, list(Subject), 'Who sends them.'),
  resourceRules: optional(2, list(ResourcePolicyRule), 'Requests about resources.'),
  nonResourceRules: optional(3, list(NonResourcePolicyRule), 'Requests for other paths.'),
})
export type PolicyRulesWithSubjects = Static<typeof PolicyRulesWithSubjects>

export const PriorityLevelConfigurationReference = message(
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference',
  'Names a priority level.',
  {
    name: required(1, string(), 'Name of the priority level.'),
  },
)
export type PriorityLevelConfigurationReference = Static<typeof PriorityLevelConfigurationReference>

export const FlowDistinguisherMethod = message('io.k8s.api.flowcontrol.v1.FlowDistinguisherMethod', 'How requests are told apart.', {
  type: required(1, string(), 'By what: ByUser or ByNamespace.'),
})
export type FlowDistinguisherMethod = Static<typeof FlowDistinguisherMethod>

export const FlowSchemaSpec = message(
  'io.k8s.api.flowcontrol.v1.FlowSchemaSpec',
  'Which requests belong together, and how important they are.',
  {
    priorityLevelConfiguration: required(1, PriorityLevelConfigurationReference, 'The priority level that they belong to.'),
    matchingPrecedence: embedded(2, int32({ default: 1000 }), 'Of several flow schemas that fit the one with the lowest number counts.'),
    distinguisherMethod: optional(3, FlowDistinguisherMethod, 'How requests are told apart, so that none crowds out others.'),
    rules: optional(4, list(PolicyRulesWithSubjects), 'The requests.'),
  },
)
export type FlowSchemaSpec = Static<typeof FlowSchemaSpec>

export const FlowSchemaCondition = message('io.k8s.api.flowcontrol.v1.FlowSchemaCondition', 'One aspect of the state of a flow schema.', {
  type: optional(1, string(), 'Which aspect this is about.'),
  status: optional(2, string(), 'True, False or Unknown.'),
  lastTransitionTime: optional(3, time(), 'When the status last changed.'),
  reason: optional(4, string(), 'A word for programs that says why.'),
  message: optional(5, string(), 'A sentence for people that says why.'),
})
export type FlowSchemaCondition = Static<typeof FlowSchemaCondition>

export const FlowSchemaStatus = message('io.k8s.api.flowcontrol.v1.FlowSchemaStatus', 'Whether the flow schema works.', {
  conditions: optional(1, listMap(FlowSchemaCondition, ['type']), 'Aspects of the state: Dangling.'),
})
export type FlowSchemaStatus = Static<typeof FlowSchemaStatus>

export const FlowSchemaSchema = message('io.k8s.api.flowcontrol.v1.FlowSchema', 'Says which requests to the API server belong together.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: FlowSchema.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  spec: embedded(2, FlowSchemaSpec, 'Which requests, and how important they are.'),
  status: embedded(3, FlowSchemaStatus, 'Whether it works.'),
})
export type FlowSchema = Static<typeof FlowSchemaSchema>

export const FlowSchema = defineKind(FlowSchemaSchema, {
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  generation: true,
  subresources: { status: statusSubresource },
  statusKeeps: 'metadata',
  validate: validateFlowSchema,
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel',
      type: 'string',
      description: 'The priority level of the requests.',
      cell: ({ spec }) => spec.priorityLevelConfiguration.name,
    },
    { name: 'MatchingPrecedence', type: 'string', description: 'Its place among others.', cell: ({ spec }) => spec.matchingPrecedence },
    {
      name: 'DistinguisherMethod',
      type: 'string',
      description: 'How requests are told apart.',
      cell: ({ spec }) => spec.distinguisherMethod?.type ?? '<none>',
    },
    ageColumn,
    {
      name: 'MissingPL',
      type: 'string',
      description: 'Whether the priority level is missing.',
      cell: ({ status }) => status.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    },
  ],
})
