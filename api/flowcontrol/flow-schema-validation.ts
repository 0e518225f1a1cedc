import type { FlowSchema, NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from './flow-schema.ts'
import { validateConditionTypes } from './priority-level-validation.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const highestPrecedence = 10_000
const all = '*'
const verbsKnown = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']

/** Upstream's ValidateFlowSchema. */
export function validateFlowSchema({ metadata, spec, status }: FlowSchema): FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method, priorityLevelConfiguration: level, rules = [] } = spec
  const methods = ['ByNamespace', 'ByUser']
  const at = 'spec.matchingPrecedence'
  return [
    ...(precedence <= 0 ? [fieldInvalid(at, precedence, 'must be a positive value')] : []),
    ...(precedence > highestPrecedence ? [fieldInvalid(at, precedence, `must not be greater than ${highestPrecedence}`)] : []),
    ...(precedence === 1 && metadata.name !== 'exempt'
      ? [fieldInvalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1")]
      : []),
    ...(method && !methods.includes(method.type)
      ? [fieldNotSupported('spec.distinguisherMethod.type', { Type: method.type }, methods)]
      : []),
    ...(level.name
      ? invalidAll('spec.priorityLevelConfiguration.name', level.name, dns1123SubdomainErrors(level.name))
      : [fieldRequired('spec.priorityLevelConfiguration.name', 'must reference a priority level')]),
    ...eachAt(rules, 'spec.rules', validateRules),
    ...validateConditionTypes(status.conditions),
  ]
}

const validateRules = ({ subjects, resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, path: string): FieldError[] => [
  ...(subjects.length > 0 ? [] : [fieldRequired(`${path}.subjects`, 'subjects must contain at least one value')]),
  ...eachAt(subjects, `${path}.subjects`, validateSubject),
  ...(resourceRules.length + nonResourceRules.length > 0
    ? []
    : [fieldRequired(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')]),
  ...eachAt(resourceRules, `${path}.resourceRules`, validateResourceRule),
  ...eachAt(nonResourceRules, `${path}.nonResourceRules`, validateNonResourceRule),
]

const fields = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const

/** The field that belongs to the kind must be there, and no other. */
function validateSubject(subject: Subject, path: string): FieldError[] {
  const { kind } = subject
  if (!Object.hasOwn(fields, kind)) return [fieldNotSupported(`${path}.kind`, kind, ['Group', 'ServiceAccount', 'User'])]
  const own = fields[kind as keyof typeof fields]
  return [
    ...(subject[own]
      ? validateNamed(subject, own, `${path}.${own}`)
      : [fieldRequired(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`)]),
    ...Object.entries(fields)
      .filter(([, field]) => field !== own && subject[field])
      .map(([name, field]) => fieldForbidden(`${path}.${field}`, `${field} is forbidden when subject kind is not '${name}'`)),
  ]
}

function validateNamed(subject: Subject, field: 'serviceAccount' | 'user' | 'group', path: string): FieldError[] {
  const { name = '' } = subject[field] ?? {}
  if (field !== 'serviceAccount') return name ? [] : [fieldRequired(`${path}.name`)]
  const { namespace = '' } = subject.serviceAccount ?? {}
  return [
    ...(name ? (name === all ? [] : invalidAll(`${path}.name`, name, dns1123SubdomainErrors(name))) : [fieldRequired(`${path}.name`)]),
    ...(namespace
      ? invalidAll(`${path}.namespace`, namespace, dns1123LabelErrors(namespace))
      : [fieldRequired(`${path}.namespace`, 'must specify namespace for service account')]),
  ]
}

/** A list that has a star has nothing else. */
const starAlone = (values: readonly string[], path: string, what: string): FieldError[] =>
  values.length > 1 && values.includes(all) ? [fieldInvalid(path, values, `if '*' is present, must not specify other ${what}`)] : []

const validateAtLeastOne = (values: readonly string[], path: string, [what, required]: readonly [string, string]): FieldError[] =>
  values.length > 0 ? starAlone(values, path, what) : [fieldRequired(path, required)]

function validateVerbs(verbs: readonly string[], path: string): FieldError[] {
  const known = verbs.includes(all) || verbs.every(verb => verbsKnown.includes(verb))
  return [
    ...validateAtLeastOne(verbs, path, ['verbs', 'verbs must contain at least one value']),
    ...(known ? [] : [fieldNotSupported(path, verbs, verbsKnown)]),
  ]
}

function validateResourceRule(rule: ResourcePolicyRule, path: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], namespaces = [], clusterScope = false } = rule
  const at = `${path}.namespaces`
  const named = namespaces.includes(all) ? [] : namespaces
  return [
    ...validateVerbs(verbs, `${path}.verbs`),
    ...validateAtLeastOne(apiGroups, `${path}.apiGroups`, ['api groups', 'resource rules must supply at least one api group']),
    ...validateAtLeastOne(resources, `${path}.resources`, ['resources', 'resource rules must supply at least one resource']),
    ...(namespaces.length === 0 && !clusterScope
      ? [fieldRequired(at, 'resource rules that are not cluster scoped must supply at least one namespace')]
      : starAlone(namespaces, at, 'namespaces')),
    ...eachAt(named, at, (name, each) =>
      dns1123LabelErrors(name).map(error => fieldInvalid(each, name, `each member of this list must be '*' or a DNS-1123 label; ${error}`)),
    ),
  ]
}

function validateNonResourceRule({ verbs = [], nonResourceURLs: urls = [] }: NonResourcePolicyRule, path: string): FieldError[] {
  const at = `${path}.nonResourceURLs`
  return [
    ...validateVerbs(verbs, `${path}.verbs`),
    ...validateAtLeastOne(urls, at, ['non-resource URLs', 'nonResourceURLs must contain at least one value']),
    ...eachAt(urls.includes(all) ? [] : urls, at, validateUrlPath),
  ]
}

function validateUrlPath(url: string, path: string): FieldError[] {
  if (url === '/') return []
  const wrong = (detail: string) => [fieldInvalid(path, url, detail)]
  if (url === '') return wrong('must not be empty')
  if (!url.startsWith('/')) return wrong('must start with slash')
  if (url.includes(' ')) return wrong('must not contain white-space')
  if (url.includes('//')) return wrong('must not contain double slash')
  const stars = url.split(all).length - 1
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? wrong('wildcard can only do suffix matching') : []
}
