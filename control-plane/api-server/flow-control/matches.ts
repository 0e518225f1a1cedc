import type {
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '../../../api/flowcontrol/flow-schema.ts'
import type { Attributes, User } from '../interfaces.ts'

type ResourceAttributes = Extract<Attributes, { type: 'resource' }>

/** Whether a request is one of a flow schema's (upstream's matchesFlowSchema). */
export const matchesSchema = ({ rules = [] }: FlowSchemaSpec, user: User, attributes: Attributes): boolean =>
  rules.some(rule => matchesRule(rule, user, attributes))

function matchesRule(rule: PolicyRulesWithSubjects, user: User, attributes: Attributes): boolean {
  if (!rule.subjects.some(subject => isMeant(subject, user))) return false
  return attributes.type === 'resource'
    ? (rule.resourceRules ?? []).some(each => matchesResource(each, attributes))
    : (rule.nonResourceRules ?? []).some(each => matchesPath(each, attributes))
}

const accountPrefix = 'system:serviceaccount:'

function isMeant({ kind, user, group, serviceAccount }: Subject, sender: User): boolean {
  if (kind === 'User') return user !== undefined && (user.name === '*' || user.name === sender.name)
  if (kind === 'Group') return group !== undefined && (group.name === '*' || sender.groups.includes(group.name))
  if (kind !== 'ServiceAccount' || !serviceAccount) return false
  const account = `${accountPrefix}${serviceAccount.namespace}:`
  return serviceAccount.name === '*' ? sender.name.startsWith(account) : sender.name === account + serviceAccount.name
}

const contains = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes(value) || (list.length === 1 && list[0] === '*'))

function matchesResource(rule: ResourcePolicyRule, { verb, group, resource, subresource, namespace }: ResourceAttributes): boolean {
  return (
    contains(rule.verbs, verb) &&
    contains(rule.resources, subresource ? `${resource}/${subresource}` : resource) &&
    contains(rule.apiGroups, group) &&
    (namespace === '' ? rule.clusterScope === true : contains(rule.namespaces, namespace))
  )
}

function matchesPath({ verbs, nonResourceURLs }: NonResourcePolicyRule, { verb, path }: Extract<Attributes, { type: 'path' }>): boolean {
  if (!contains(verbs, verb)) return false
  return nonResourceURLs.some(url => url === '*' || url === path || path.startsWith(`${url.replace(/\*$/, '').replace(/\/$/, '')}/`))
}

/** What tells the requests of one schema apart, so that none of them crowds out others (upstream's flow distinguisher). */
export function distinguisherOf({ distinguisherMethod }: FlowSchemaSpec, user: User, attributes: Attributes): string {
  if (distinguisherMethod?.type === 'ByUser') return user.name
  return distinguisherMethod?.type === 'ByNamespace' && attributes.type === 'resource' ? attributes.namespace : ''
}
