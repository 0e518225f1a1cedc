import type { MatchResources, NamedRuleWithOperations, RuleWithOperations } from './rules.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { pathSegmentNameErrors } from '../names.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const all = '*'
const knownOperations = [all, 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const knownScopes = [all, 'Cluster', 'Namespaced']

/** A list with something in it, in which a star stands alone. */
const validateList = (values: readonly string[], path: string, what: string): FieldError[] => [
  ...(values.length > 0 ? [] : [fieldRequired(path)]),
  ...(values.length > 1 && values.includes(all) ? [fieldInvalid(path, values, `if '*' is present, must not specify other ${what}`)] : []),
]

/** Upstream's validateRuleWithOperations. */
export function validateRule(rule: RuleWithOperations, path: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  return [
    ...validateList(operations, `${path}.operations`, 'operations'),
    ...eachAt(operations, `${path}.operations`, (operation, at) =>
      knownOperations.includes(operation) ? [] : [fieldNotSupported(at, operation, knownOperations)],
    ),
    ...validateList(apiGroups, `${path}.apiGroups`, 'API groups'),
    ...validateList(apiVersions, `${path}.apiVersions`, 'API versions'),
    ...eachAt(apiVersions, `${path}.apiVersions`, (version, at) => (version ? [] : [fieldRequired(at)])),
    ...validateResources(resources, `${path}.resources`),
    ...(scope === undefined || knownScopes.includes(scope) ? [] : [fieldNotSupported(`${path}.scope`, scope, knownScopes)]),
  ]
}

/** Resources, parts of resources (`pods/log`), and stars for either. One that a star before it covers is one too many. */
function validateResources(resources: readonly string[], path: string): FieldError[] {
  if (resources.length === 0) return [fieldRequired(path)]
  const [allPartsOf, partOfAll] = [new Set<string>(), new Set<string>()]
  const errors = eachAt(resources, path, (resource, at) => {
    if (resource === '') return [fieldRequired(at)]
    const slash = resource.indexOf('/')
    if (slash < 0) return []
    const [whole, part] = [resource.slice(0, slash), resource.slice(slash + 1)]
    const covered = [...(allPartsOf.has(whole) ? [`${whole}/*`] : []), ...(partOfAll.has(part) ? [`*/${part}`] : [])].map(star =>
      fieldInvalid(at, resource, `if '${star}' is present, must not specify ${resource}`),
    )
    if (part === all) allPartsOf.add(whole)
    if (whole === all) partOfAll.add(part)
    return covered
  })
  const wrong = (detail: string) => fieldInvalid(path, resources, detail)
  return [
    ...errors,
    ...(resources.length > 1 && resources.includes('*/*') ? [wrong("if '*/*' is present, must not specify other resources")] : []),
    ...(resources.includes(all) && endsWithWhole(resources)
      ? [wrong("if '*' is present, must not specify other resources without subresources")]
      : []),
  ]
}

/** Upstream looks at the last resource without a part only. */
const endsWithWhole = (resources: readonly string[]): boolean => {
  const last = resources.findLast(resource => resource !== '' && !resource.includes('/'))
  return last !== undefined && last !== all
}

/** A rule of a policy, which may name objects: upstream's validateNamedRuleWithOperations. */
export const validateNamedRule = (rule: NamedRuleWithOperations, path: string): FieldError[] => {
  const { resourceNames: names = [] } = rule
  return [
    ...eachAt(names, `${path}.resourceNames`, (name, at) => [
      ...invalidAll(at, name, pathSegmentNameErrors(name)),
      ...(at === `${path}.resourceNames[${names.indexOf(name)}]` ? [] : [fieldDuplicate(at, name)]),
    ]),
    ...validateRule(rule, path),
  ]
}

/** Upstream's validateMatchResources. */
export const validateMatch = (match: MatchResources | undefined, path: string): FieldError[] => [
  ...oneOf(match?.matchPolicy, `${path}.matchPolicy`, matchPolicies),
  ...validateLabelSelector(match?.namespaceSelector, `${path}.namespaceSelector`),
  ...validateLabelSelector(match?.objectSelector, `${path}.objectSelector`),
  ...eachAt(match?.resourceRules ?? [], `${path}.resourceRules`, validateNamedRule),
  ...eachAt(match?.excludeResourceRules ?? [], `${path}.excludeResourceRules`, validateNamedRule),
]

export const matchPolicies = ['Equivalent', 'Exact']

/** Nothing of a value that is not there: it has a default. */
export const oneOf = (value: string | undefined, path: string, known: readonly string[]): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [fieldNotSupported(path, value, known)]
