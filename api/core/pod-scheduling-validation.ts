import type { Toleration, TopologySpreadConstraint } from './affinity.ts'
import { validateLabelName, validateMatchLabelKeys } from './affinity-validation.ts'
import { asInternal } from '../schema/as-internal.ts'
import { eachAt, invalidAll, supported } from './pod-field-checks.ts'
import type { PodSpec } from './pod-spec.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { labelValueErrors, qualifiedNameErrors } from '../names.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const
const internalToleration = ['Key', 'Operator', 'Value', 'Effect', 'TolerationSeconds']

function validateTolerationValue(toleration: Toleration, at: string): FieldError[] {
  const { operator = '', value = '' } = toleration as { operator?: string; value?: string }
  if (operator === '' || operator === 'Equal') {
    const wrong = labelValueErrors(value)
    return wrong.length > 0 ? [fieldInvalid(`${at}.operator`, value, wrong.join(';'))] : []
  }
  if (operator === 'Exists') {
    const shown = asInternal(internalToleration, { key: '', effect: '', ...toleration })
    return value ? [fieldInvalid(`${at}.operator`, shown, "value must be empty when `operator` is 'Exists'")] : []
  }
  return [fieldNotSupported(`${at}.operator`, operator, ['Equal', 'Exists'])]
}

export const validateTolerations = (tolerations: readonly Toleration[], path: string): FieldError[] =>
  eachAt(tolerations, path, (toleration, at) => {
    const { key = '', operator = '', effect = '', tolerationSeconds } = toleration
    return [
      ...(key ? validateLabelName(key, `${at}.key`) : []),
      ...(!key && operator !== 'Exists'
        ? [
            fieldInvalid(
              `${at}.operator`,
              operator,
              'operator must be Exists when `key` is empty, which means "match all values and all keys"',
            ),
          ]
        : []),
      ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
        ? [fieldInvalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")]
        : []),
      ...validateTolerationValue(toleration, at),
      ...(effect ? supported(`${at}.effect`, effect, effects) : []),
    ]
  })

const positive = (value: number, path: string): FieldError[] => (value > 0 ? [] : [fieldInvalid(path, value, 'must be greater than zero')])

function validateMinDomains({ minDomains, whenUnsatisfiable }: TopologySpreadConstraint, path: string): FieldError[] {
  if (minDomains === undefined) return []
  const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
  return [...positive(minDomains, path), ...(whenUnsatisfiable === 'DoNotSchedule' ? [] : [fieldInvalid(path, minDomains, detail)])]
}

const validateInclusion = (policy: string | undefined, path: string): FieldError[] =>
  policy === undefined ? [] : supported(path, policy, ['Honor', 'Ignore'])

export function validateTopologySpread(constraints: readonly TopologySpreadConstraint[], path: string): FieldError[] {
  const seen = new Set<string>()
  return eachAt(constraints, path, (constraint, at) => {
    const { topologyKey, whenUnsatisfiable } = constraint
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
    const duplicate = seen.has(pair)
    seen.add(pair)
    return [
      ...positive(constraint.maxSkew, `${at}.maxSkew`),
      ...(topologyKey ? [] : [fieldRequired(`${at}.topologyKey`, 'can not be empty')]),
      ...supported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
      ...(duplicate ? [fieldDuplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair)] : []),
      ...validateMinDomains(constraint, `${at}.minDomains`),
      ...validateInclusion(constraint.nodeAffinityPolicy, `${at}.nodeAffinityPolicy`),
      ...validateInclusion(constraint.nodeTaintsPolicy, `${at}.nodeTaintsPolicy`),
      ...validateMatchLabelKeys(constraint.matchLabelKeys, constraint.labelSelector, `${at}.matchLabelKeys`),
      ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`),
    ]
  })
}

export const validateReadinessGates = (gates: NonNullable<PodSpec['readinessGates']>, path: string): FieldError[] =>
  eachAt(gates, path, ({ conditionType }, at) => invalidAll(`${at}.conditionType`, conditionType, qualifiedNameErrors(conditionType)))

export function validateSchedulingGates(gates: NonNullable<PodSpec['schedulingGates']>, path: string): FieldError[] {
  const seen = new Set<string>()
  return eachAt(gates, path, ({ name }, at) => {
    const duplicate = seen.has(name)
    seen.add(name)
    return [...invalidAll(at, name, qualifiedNameErrors(name)), ...(duplicate ? [fieldDuplicate(at, name)] : [])]
  })
}
