import type { AggregationRule } from './cluster-role.ts'
import type { PolicyRule } from './policy-rule.ts'
import type { RoleRef, Subject } from './role-ref.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { dns1123SubdomainErrors, pathSegmentNameErrors } from '../names.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

const group = 'rbac.authorization.k8s.io'

interface Scope {
  readonly namespaced: boolean
}
interface Binding {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}

export const validateRules = (rules: readonly PolicyRule[] | undefined, scope: Scope): FieldError[] =>
  eachAt(rules ?? [], 'rules', (rule, path) => validateRule(rule, path, scope))

function validateRule(rule: PolicyRule, path: string, { namespaced }: Scope): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs: urls = [] } = rule
  const at = `${path}.nonResourceURLs`
  const errors = verbs.length > 0 ? [] : [fieldRequired(`${path}.verbs`, 'verbs must contain at least one value')]
  if (urls.length > 0) {
    if (namespaced) errors.push(fieldInvalid(at, urls, 'namespaced rules cannot apply to non-resource URLs'))
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      errors.push(fieldInvalid(at, urls, 'rules cannot apply to both regular resources and non-resource URLs'))
    return errors
  }
  return [
    ...errors,
    ...(apiGroups.length > 0 ? [] : [fieldRequired(`${path}.apiGroups`, 'resource rules must supply at least one api group')]),
    ...(resources.length > 0 ? [] : [fieldRequired(`${path}.resources`, 'resource rules must supply at least one resource')]),
  ]
}

export function validateAggregation(rule: AggregationRule | undefined): FieldError[] {
  const path = 'aggregationRule.clusterRoleSelectors'
  if (!rule) return []
  const selectors = rule.clusterRoleSelectors ?? []
  if (selectors.length === 0) return [fieldRequired(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
  return eachAt(selectors, path, validateLabelSelector)
}

export function validateBinding({ roleRef, subjects = [] }: Binding, scope: Scope): FieldError[] {
  const kinds = scope.namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  const { apiGroup = '', kind, name } = roleRef
  return [
    ...(apiGroup === group ? [] : [fieldNotSupported('roleRef.apiGroup', apiGroup, [group])]),
    ...(kinds.includes(kind) ? [] : [fieldNotSupported('roleRef.kind', kind, kinds)]),
    ...(name ? invalidAll('roleRef.name', name, pathSegmentNameErrors(name)) : [fieldRequired('roleRef.name')]),
    ...eachAt(subjects, 'subjects', (subject, path) => validateSubject(subject, path, scope)),
  ]
}

function validateSubject({ kind, name, namespace, apiGroup = '' }: Subject, path: string, { namespaced }: Scope): FieldError[] {
  const errors = name ? [] : [fieldRequired(`${path}.name`)]
  const wrongGroup = (wanted: string) => (apiGroup === wanted ? [] : [fieldNotSupported(`${path}.apiGroup`, apiGroup, [wanted])])
  if (kind === 'ServiceAccount')
    return [
      ...errors,
      ...(name ? invalidAll(`${path}.name`, name, dns1123SubdomainErrors(name)) : []),
      ...wrongGroup(''),
      ...(!namespaced && !namespace ? [fieldRequired(`${path}.namespace`)] : []),
    ]
  if (kind === 'User' || kind === 'Group')
    return [
      ...errors,
      ...(name ? [] : [fieldInvalid(`${path}.name`, name, `${kind.toLowerCase()} name cannot be empty`)]),
      ...wrongGroup(group),
    ]
  return [...errors, fieldNotSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])]
}

/** Who may bind a role is asked once, so the role must stay. */
export const validateBindingUpdate = (next: Binding, current: Binding, scope: Scope): FieldError[] => [
  ...validateBinding(next, scope),
  ...(isEqual(next.roleRef, current.roleRef) ? [] : [fieldInvalid('roleRef', next.roleRef, 'cannot change roleRef')]),
]
