import type { FlowSchema, PolicyRulesWithSubjects, Subject } from './flow-schema.ts'
import type { LimitResponse, PriorityLevelConfiguration, QueuingConfiguration } from './priority-level-configuration.ts'
import { eachAt } from '../core/pod-field-checks.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const highestPrecedence = 10_000
const mostQueues = 10_000_000

export function validateFlowSchema({ metadata, spec }: FlowSchema): FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method, priorityLevelConfiguration: level, rules = [] } = spec
  const methods = ['ByNamespace', 'ByUser']
  return [
    ...(precedence <= 0 ? [fieldInvalid('spec.matchingPrecedence', precedence, 'must be a positive value')] : []),
    ...(precedence > highestPrecedence
      ? [fieldInvalid('spec.matchingPrecedence', precedence, `must not be greater than ${highestPrecedence}`)]
      : []),
    ...(precedence === 1 && metadata.name !== 'exempt'
      ? [fieldInvalid('spec.matchingPrecedence', precedence, "only the schema named 'exempt' may have matchingPrecedence 1")]
      : []),
    ...(method && !methods.includes(method.type) ? [fieldNotSupported('spec.distinguisherMethod', method, methods)] : []),
    ...(level.name ? [] : [fieldRequired('spec.priorityLevelConfiguration.name', 'must reference a priority level')]),
    ...eachAt(rules, 'spec.rules', validateRules),
  ]
}

function validateRules({ subjects, resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, path: string): FieldError[] {
  const needs = (values: readonly string[] | undefined, at: string, what: string) =>
    (values ?? []).length > 0 ? [] : [fieldRequired(at, what)]
  return [
    ...(subjects.length > 0 ? [] : [fieldRequired(`${path}.subjects`, 'subjects must contain at least one value')]),
    ...eachAt(subjects, `${path}.subjects`, validateSubject),
    ...(resourceRules.length + nonResourceRules.length > 0
      ? []
      : [fieldRequired(path, 'at least one of resourceRules and nonResourceRules has to be non-empty')]),
    ...eachAt(resourceRules, `${path}.resourceRules`, (rule, at) => [
      ...needs(rule.verbs, `${at}.verbs`, 'verbs must contain at least one value'),
      ...needs(rule.apiGroups, `${at}.apiGroups`, 'resource rules must supply at least one api group'),
      ...needs(rule.resources, `${at}.resources`, 'resource rules must supply at least one resource'),
      ...(!rule.clusterScope && (rule.namespaces ?? []).length === 0
        ? [fieldRequired(`${at}.namespaces`, 'resource rules that are not cluster scoped must supply at least one namespace')]
        : []),
    ]),
    ...eachAt(nonResourceRules, `${path}.nonResourceRules`, (rule, at) => [
      ...needs(rule.verbs, `${at}.verbs`, 'verbs must contain at least one value'),
      ...needs(rule.nonResourceURLs, `${at}.nonResourceURLs`, 'nonResourceURLs must contain at least one value'),
    ]),
  ]
}

const kinds = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const

function validateSubject(subject: Subject, path: string): FieldError[] {
  const { kind } = subject
  if (!(kind in kinds)) return [fieldNotSupported(`${path}.kind`, kind, Object.keys(kinds))]
  return Object.entries(kinds).flatMap(([name, field]) => {
    const why = `subject kind '${kind}'`
    if (name !== kind) return subject[field] ? [fieldForbidden(`${path}.${field}`, `${field} is forbidden when ${why}`)] : []
    if (!subject[field]) return [fieldRequired(`${path}.${field}`, `${field} is required when ${why}`)]
    return subject[field].name ? [] : [fieldRequired(`${path}.${field}.name`)]
  })
}

export function validatePriorityLevel({ metadata, spec }: PriorityLevelConfiguration): FieldError[] {
  const { type, limited, exempt } = spec
  const errors =
    (metadata.name === 'exempt') === (type === 'Exempt')
      ? []
      : [fieldInvalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'")]
  if (type === 'Exempt') return limited ? [...errors, fieldForbidden('spec.limited', 'must be nil if the type is not Limited')] : errors
  if (type !== 'Limited') return [...errors, fieldNotSupported('spec.type', type, ['Exempt', 'Limited'])]
  if (exempt) errors.push(fieldForbidden('spec.exempt', 'must be nil if the type is Limited'))
  if (!limited) return [...errors, fieldRequired('spec.limited', 'must not be empty when type is Limited')]
  const { nominalConcurrencyShares: shares = 0, lendablePercent = 0, borrowingLimitPercent = 0, limitResponse } = limited
  const path = 'spec.limited'
  return [
    ...errors,
    ...(shares < 0 ? [fieldInvalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer')] : []),
    ...(lendablePercent < 0 || lendablePercent > 100
      ? [fieldInvalid(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive')]
      : []),
    ...(borrowingLimitPercent < 0
      ? [fieldInvalid(`${path}.borrowingLimitPercent`, borrowingLimitPercent, 'if specified, must be a non-negative integer')]
      : []),
    ...validateResponse(limitResponse, `${path}.limitResponse`),
  ]
}

function validateResponse({ type, queuing }: LimitResponse, path: string): FieldError[] {
  if (type === 'Reject')
    return queuing ? [fieldForbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')] : []
  if (type !== 'Queue') return [fieldNotSupported(`${path}.type`, type, ['Queue', 'Reject'])]
  return queuing
    ? validateQueuing(queuing, `${path}.queuing`)
    : [fieldRequired(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')]
}

function validateQueuing({ queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration, path: string): FieldError[] {
  const positive = (name: string, value: number) => (value > 0 ? [] : [fieldInvalid(`${path}.${name}`, value, 'must be positive')])
  return [
    ...positive('queueLengthLimit', queueLengthLimit),
    ...positive('queues', queues),
    ...(queues > mostQueues ? [fieldInvalid(`${path}.queues`, queues, `must not be greater than ${mostQueues}`)] : []),
    ...positive('handSize', handSize),
    ...(handSize > queues ? [fieldInvalid(`${path}.handSize`, handSize, `should not be greater than queues (${queues})`)] : []),
  ]
}
