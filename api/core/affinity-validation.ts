import type {
  Affinity,
  NodeAffinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from './affinity.ts'
import { eachAt, invalidAll } from './pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import type { LabelSelector } from '../meta.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

export const validateLabelName = (name: string, path: string): FieldError[] => invalidAll(path, name, qualifiedNameErrors(name))

function validateOperator({ operator, values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  if (operator === 'In' || operator === 'NotIn')
    return values.length > 0 ? [] : [fieldRequired(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return values.length === 0
      ? []
      : [fieldForbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
  if (operator === 'Gt' || operator === 'Lt')
    return values.length === 1 ? [] : [fieldRequired(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
  return [fieldInvalid(`${path}.operator`, operator, 'not a valid selector operator')]
}

const validateRequirement = (requirement: NodeSelectorRequirement, path: string): FieldError[] => [
  ...validateOperator(requirement, path),
  ...validateLabelName(requirement.key, `${path}.key`),
  ...eachAt(requirement.values ?? [], `${path}.values`, (value, at) => invalidAll(at, value, labelValueErrors(value))),
]

/** The only field of a node that can be selected by is its name. */
function validateFieldRequirement({ key, operator, values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') errors.push(fieldInvalid(`${path}.operator`, operator, 'not a valid selector operator'))
  else if (values.length !== 1)
    errors.push(fieldRequired(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
  if (key !== 'metadata.name') return [...errors, fieldInvalid(`${path}.key`, key, 'not a valid field selector key')]
  return [...errors, ...eachAt(values, `${path}.values`, (value, at) => invalidAll(at, value, dns1123SubdomainErrors(value)))]
}

const validateTerm = ({ matchExpressions, matchFields }: NodeSelectorTerm, path: string): FieldError[] => [
  ...eachAt(matchExpressions ?? [], `${path}.matchExpressions`, validateRequirement),
  ...eachAt(matchFields ?? [], `${path}.matchFields`, validateFieldRequirement),
]

/** Also for persistent volumes. */
export function validateNodeSelector(selector: NodeSelector, path: string): FieldError[] {
  const terms = selector.nodeSelectorTerms ?? []
  const at = `${path}.nodeSelectorTerms`
  return terms.length === 0 ? [fieldRequired(at, 'must have at least one node selector term')] : eachAt(terms, at, validateTerm)
}

const validateWeight = (weight: number, path: string): FieldError[] =>
  weight <= 0 || weight > 100 ? [fieldInvalid(path, weight, 'must be in the range 1-100')] : []

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

export const validateNodeAffinity = (affinity: NodeAffinity, path: string): FieldError[] => [
  ...(affinity[required] ? validateNodeSelector(affinity[required], `${path}.${required}`) : []),
  ...eachAt(affinity[preferred] ?? [], `${path}.${preferred}`, ({ weight, preference }, at) => [
    ...validateWeight(weight, `${at}.weight`),
    ...validateTerm(preference, `${at}.preference`),
  ]),
]

/** Keys whose values the pod's own labels fill in need a selector to fill them into, and must not be in it already. */
export function validateMatchLabelKeys(
  keys: readonly string[] | undefined,
  selector: LabelSelector | undefined,
  path: string,
): FieldError[] {
  if (!keys?.length) return []
  if (!selector) return [fieldForbidden(path, 'must not be specified when labelSelector is not set')]
  const named = new Set([...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)])
  return eachAt(keys, path, (key, at) => [
    ...validateLabelName(key, at),
    ...(path.includes('topologySpread') &&
    named.has(key) &&
    !selector.matchExpressions?.some(expression => expression.key === key && expression.operator === 'In')
      ? [fieldInvalid(at, key, 'exists in both matchLabelKeys and labelSelector')]
      : []),
  ])
}

const validatePodTerm = (term: PodAffinityTerm, path: string): FieldError[] => [
  ...validateLabelSelector(term.labelSelector, `${path}.labelSelector`),
  ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`),
  ...(term.namespaces ?? []).flatMap(namespace => invalidAll(`${path}.namespace`, namespace, dns1123LabelErrors(namespace))),
  ...validateMatchLabelKeys(term.matchLabelKeys, term.labelSelector, `${path}.matchLabelKeys`),
  ...validateMatchLabelKeys(term.mismatchLabelKeys, term.labelSelector, `${path}.mismatchLabelKeys`),
  ...eachAt(term.matchLabelKeys ?? [], `${path}.matchLabelKeys`, (key, at) =>
    term.mismatchLabelKeys?.includes(key) ? [fieldInvalid(at, key, 'exists in both matchLabelKeys and mismatchLabelKeys')] : [],
  ),
  ...(term.topologyKey ? [] : [fieldRequired(`${path}.topologyKey`, 'can not be empty')]),
  ...validateLabelName(term.topologyKey, `${path}.topologyKey`),
]

const validatePodAffinity = (affinity: PodAffinity, path: string): FieldError[] => [
  ...eachAt(affinity[required] ?? [], `${path}.${required}`, validatePodTerm),
  ...eachAt(affinity[preferred] ?? [], `${path}.${preferred}`, ({ weight, podAffinityTerm }, at) => [
    ...validateWeight(weight, `${at}.weight`),
    ...validatePodTerm(podAffinityTerm, `${at}.podAffinityTerm`),
  ]),
]

export function validateAffinity(affinity: Affinity | undefined, path: string): FieldError[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {}
  return [
    ...(nodeAffinity ? validateNodeAffinity(nodeAffinity, `${path}.nodeAffinity`) : []),
    ...(podAffinity ? validatePodAffinity(podAffinity, `${path}.podAffinity`) : []),
    ...(podAntiAffinity ? validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`) : []),
  ]
}
