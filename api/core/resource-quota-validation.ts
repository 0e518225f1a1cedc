import { standardQuotaResources, validateResourceName, validateResourceQuantity } from './container-resources-validation.ts'
import type { ResourceQuota, ResourceQuotaSpec, ScopedResourceSelectorRequirement } from './resource-quota.ts'
import { fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { asInternal } from '../schema/as-internal.ts'
import { isEqual } from '../../common/equal.ts'

const isHugePages = (name: string) => name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')
const isStandard = (name: string) => standardQuotaResources.has(name) || isHugePages(name)

function validateAmounts(amounts: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, quantity]) => {
    const at = `${path}[${name}]`
    const unknown = !name.includes('/') && !isStandard(name)
    return [
      ...validateResourceName(name, at),
      ...(unknown ? [fieldInvalid(at, name, 'must be a standard resource for quota')] : []),
      ...validateResourceQuantity(name, quantity, at),
    ]
  })
}

const computed = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const ofPods = ['pods', ...computed]

/** Which resources can be counted within a scope. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  BestEffort: ['pods'],
  CrossNamespacePodAffinity: ofPods,
  NotBestEffort: ofPods,
  NotTerminating: ofPods,
  PriorityClass: ofPods,
  Terminating: ofPods,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}
const conflicts = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const

/** One error for each limited resource that means nothing within the scope. */
const misapplied = (spec: ResourceQuotaSpec, scope: string, error: FieldError): FieldError[] =>
  Object.keys(spec.hard ?? {})
    .filter(name => isStandard(name) && scopes[scope] !== undefined && !scopes[scope].includes(name))
    .map(() => error)

function validateScopes(spec: ResourceQuotaSpec): FieldError[] {
  const path = 'spec.scopes'
  const given = spec.scopes ?? []
  const wrong = (detail: string) => fieldInvalid(path, given, detail)
  return [
    ...given.flatMap(scope => [
      ...(scopes[scope] ? [] : [wrong('unsupported scope')]),
      ...misapplied(spec, scope, wrong('unsupported scope applied to resource')),
    ]),
    ...conflicts.filter(([a, b]) => given.includes(a) && given.includes(b)).map(() => wrong('conflicting scopes')),
  ]
}

const onlyExist = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const onlyExistMessage =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

function validateOperator({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, path: string): FieldError[] {
  const errors =
    onlyExist.includes(scopeName) && operator !== 'Exists' ? [fieldInvalid(`${path}.operator`, operator, onlyExistMessage)] : []
  if (operator === 'In' || operator === 'NotIn')
    return values.length > 0
      ? errors
      : [...errors, fieldRequired(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return values.length === 0
      ? errors
      : [
          ...errors,
          fieldInvalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"),
        ]
  return [...errors, fieldInvalid(`${path}.operator`, operator, 'not a valid selector operator')]
}

const internalSelector = ({ scopeSelector }: ResourceQuotaSpec) => ({
  MatchExpressions: (scopeSelector?.matchExpressions ?? []).map(each => asInternal(['ScopeName', 'Operator', 'Values'], each)),
})

function validateScopeSelector(spec: ResourceQuotaSpec): FieldError[] {
  const path = 'spec.scopeSelector.matchExpressions'
  return (spec.scopeSelector?.matchExpressions ?? []).flatMap(requirement => [
    ...(scopes[requirement.scopeName] ? [] : [fieldInvalid(`${path}.scopeName`, requirement.scopeName, 'unsupported scope')]),
    ...misapplied(spec, requirement.scopeName, fieldInvalid(path, internalSelector(spec), 'unsupported scope applied to resource')),
    ...validateOperator(requirement, path),
  ])
}

export const validateResourceQuota = ({ spec }: ResourceQuota): FieldError[] => [
  ...validateAmounts(spec.hard, 'spec.hard'),
  ...validateScopes(spec),
  ...validateScopeSelector(spec),
]

export function validateResourceQuotaUpdate(next: ResourceQuota, current: ResourceQuota): FieldError[] {
  const sorted = ({ spec }: ResourceQuota) => [...(spec.scopes ?? [])].sort()
  return [
    ...validateResourceQuota(next),
    ...(isEqual(sorted(next), sorted(current)) ? [] : [fieldInvalid('spec.scopes', next.spec.scopes ?? null, 'field is immutable')]),
  ]
}

export const validateResourceQuotaStatus = ({ status }: ResourceQuota): FieldError[] => [
  ...validateAmounts(status.hard, 'status.hard'),
  ...validateAmounts(status.used, 'status.used'),
]
