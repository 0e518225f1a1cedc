import { list, message, boolean, optional, required, string, type Static } from '../../../api/schema/schema.ts'
import type { Attributes, User } from '../interfaces.ts'

/** From nothing to everything: each level has what those before it have. */
export const levels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
export type Level = (typeof levels)[number]

export const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const
export type Stage = (typeof stages)[number]

export const GroupResources = message('io.k8s.api.audit.v1.GroupResources', 'Resources of one group.', {
  group: optional(1, string(), 'The group; empty for the core group.'),
  resources: optional(2, list(string()), 'The resources, with a slash for a part of one; * is all.'),
  resourceNames: optional(3, list(string()), 'Names of the objects; all by default.'),
})
export type GroupResources = Static<typeof GroupResources>

export const PolicyRule = message('io.k8s.api.audit.v1.PolicyRule', 'What is written down of some requests.', {
  level: required(1, string(), 'How much is written down.'),
  users: optional(2, list(string()), 'Who sends the request; everybody by default.'),
  userGroups: optional(3, list(string()), 'Groups of which its sender is in one.'),
  verbs: optional(4, list(string()), 'What it does.'),
  resources: optional(5, list(GroupResources), 'What it is about.'),
  namespaces: optional(6, list(string()), 'Namespaces; empty is what is in none.'),
  nonResourceURLs: optional(7, list(string()), 'Paths that are no resources; * at the end is everything below.'),
  omitStages: optional(8, list(string()), 'Stages that are not written down, besides those of the policy.'),
  omitManagedFields: optional(9, boolean({ presence: 'pointer' }), 'Objects are written down without their managed fields.'),
})
export type PolicyRule = Static<typeof PolicyRule>

export const Policy = message('io.k8s.api.audit.v1.Policy', 'What is written down of requests: the first rule that a request meets.', {
  apiVersion: required(0, string(), 'audit.k8s.io/v1.'),
  kind: required(0, string(), 'Policy.'),
  rules: required(2, list(PolicyRule), 'The rules, in order.'),
  omitStages: optional(3, list(string()), 'Stages that are never written down.'),
  omitManagedFields: optional(4, boolean(), 'Objects are written down without their managed fields, where a rule does not say otherwise.'),
})
export type Policy = Static<typeof Policy>

/** What is to be written down of one request. */
export interface AuditConfig {
  readonly level: Level
  readonly omitStages: ReadonlySet<string>
  readonly omitManagedFields: boolean
}

/** The policy as a function; a request that meets no rule is not written down. Upstream's EvaluatePolicyRule. */
export function createPolicyEvaluator(policy: Policy): (user: User | undefined, attributes: Attributes) => AuditConfig {
  const config = (level: Level, rule?: PolicyRule): AuditConfig => ({
    level,
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule?.omitStages ?? [])]),
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields ?? false,
  })
  const rules = policy.rules.map(rule => ({ rule, config: config(rule.level as Level, rule) }))
  const none = config('None')
  return (user, attributes) => rules.find(({ rule }) => matches(rule, user, attributes))?.config ?? none
}

const isSet = (names: readonly string[] | undefined): names is readonly string[] => names !== undefined && names.length > 0

function matches(rule: PolicyRule, user: User | undefined, attributes: Attributes): boolean {
  const { users, userGroups, verbs, namespaces, nonResourceURLs } = rule
  if (isSet(users) && !(user && users.includes(user.name))) return false
  if (isSet(userGroups) && !user?.groups.some(group => userGroups.includes(group))) return false
  if (isSet(verbs) && !verbs.includes(attributes.verb)) return false
  if (isSet(namespaces) || rule.resources?.length) return attributes.type === 'resource' && matchesResource(rule, attributes)
  if (isSet(nonResourceURLs)) return attributes.type === 'path' && nonResourceURLs.some(url => matchesPath(url, attributes.path))
  return true
}

const matchesPath = (url: string, path: string): boolean =>
  url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')))

type ResourceAttributes = Extract<Attributes, { type: 'resource' }>

function matchesResource({ namespaces, resources }: PolicyRule, attributes: ResourceAttributes): boolean {
  if (isSet(namespaces) && !namespaces.includes(attributes.namespace)) return false
  if (!resources?.length) return true
  return resources.some(each => (each.group ?? '') === attributes.group && matchesGroup(each, attributes))
}

function matchesGroup({ resources, resourceNames }: GroupResources, { resource, subresource, name }: ResourceAttributes): boolean {
  if (!isSet(resources)) return true
  if (isSet(resourceNames) && !resourceNames.includes(name)) return false
  const combined = subresource ? `${resource}/${subresource}` : resource
  return resources.some(
    each => each === '*' || each === combined || each === `${resource}/*` || (subresource !== undefined && each === `*/${subresource}`),
  )
}
