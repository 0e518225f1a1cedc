import type { HorizontalPodAutoscaler, HPAScalingPolicy, HPAScalingRules } from './horizontal-pod-autoscaler.ts'
import type { CrossVersionObjectReference, MetricIdentifier, MetricSpec, MetricTarget } from './metrics.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { pathSegmentNameErrors } from '../names.ts'
import { canonicalQuantity, compareQuantities } from '../quantity.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const longestWindow = 3600
const longestPeriod = 1800

export function validateAutoscaler({ spec }: Pick<HorizontalPodAutoscaler, 'spec'>): FieldError[] {
  const { minReplicas = 1, maxReplicas, scaleTargetRef, metrics = [], behavior } = spec
  return [
    ...(minReplicas < 1 ? [fieldInvalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')] : []),
    ...(maxReplicas === 0 ? [fieldRequired('spec.maxReplicas', 'must be set and greater than 0')] : []),
    ...(maxReplicas < 0 ? [fieldInvalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')] : []),
    ...(maxReplicas < minReplicas ? [fieldInvalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')] : []),
    ...validateReference(scaleTargetRef, 'spec.scaleTargetRef'),
    ...validateGroup(scaleTargetRef, 'spec.scaleTargetRef'),
    ...eachAt(metrics, 'spec.metrics', validateMetric),
    ...validateRules(behavior?.scaleUp, 'spec.behavior.scaleUp'),
    ...validateRules(behavior?.scaleDown, 'spec.behavior.scaleDown'),
  ]
}

export const validateAutoscalerStatus = ({ status }: HorizontalPodAutoscaler): FieldError[] =>
  (['currentReplicas', 'desiredReplicas'] as const).flatMap(name => nonNegativeErrors(status[name], `status.${name}`))

const validateReference = (reference: CrossVersionObjectReference, path: string): FieldError[] =>
  (['kind', 'name'] as const).flatMap(field => {
    const value = reference[field]
    return value ? invalidAll(`${path}.${field}`, value, pathSegmentNameErrors(value)) : [fieldRequired(`${path}.${field}`)]
  })

/** Of the core group, only replication controllers can be scaled. */
const validateGroup = ({ apiVersion = '', kind }: CrossVersionObjectReference, path: string): FieldError[] =>
  apiVersion.includes('/') || (apiVersion === 'v1' && kind === 'ReplicationController')
    ? []
    : [fieldInvalid(`${path}.apiVersion`, apiVersion, 'apiVersion must specify API group')]

/** What each type of metric is called among the fields, in upstream's order of checking. */
const sources = {
  object: 'Object',
  external: 'External',
  pods: 'Pods',
  resource: 'Resource',
  containerResource: 'ContainerResource',
} as const
type Source = keyof typeof sources
const types = Object.values(sources).sort()

function validateMetric(metric: MetricSpec, path: string): FieldError[] {
  const present = (Object.keys(sources) as Source[]).filter(source => metric[source] !== undefined)
  const expected = (Object.keys(sources) as Source[]).find(source => sources[source] === metric.type)
  const [first] = present
  const unknown = expected ? [] : [fieldNotSupported(`${path}.type`, metric.type, types)]
  return [
    ...(metric.type ? [] : [fieldRequired(`${path}.type`, 'must specify a metric source type')]),
    ...unknown,
    ...(first ? checks[first](metric, `${path}.${first}`) : []),
    ...(expected && !present.includes(expected)
      ? [fieldRequired(`${path}.${expected}`, 'must populate information for the given metric source')]
      : []),
    ...unknown,
    ...(present.length === 1
      ? []
      : present
          .filter(source => source !== expected)
          .map(source => fieldForbidden(`${path}.${source}`, 'must populate the given metric source only'))),
  ]
}

const checks: Readonly<Record<Source, (metric: MetricSpec, path: string) => FieldError[]>> = {
  object: ({ object }, path) =>
    object
      ? [
          ...validateReference(object.describedObject, `${path}.describedObject`),
          ...validateIdentified(object, path),
          ...(object.target.value === undefined && object.target.averageValue === undefined
            ? [fieldRequired(`${path}.target.averageValue`, 'must set either a target value or averageValue')]
            : []),
        ]
      : [],
  external: ({ external }, path) => (external ? [...validateIdentified(external, path), ...validateExternal(external.target, path)] : []),
  pods: ({ pods }, path) =>
    pods
      ? [
          ...validateIdentified(pods, path),
          ...(pods.target.averageValue === undefined
            ? [fieldRequired(`${path}.target.averageValue`, 'must specify a positive target averageValue')]
            : []),
        ]
      : [],
  resource: ({ resource }, path) => (resource ? validateResource(resource, path) : []),
  containerResource: ({ containerResource: resource }, path) =>
    resource
      ? [
          ...(resource.container ? [] : [fieldRequired(`${path}.container`, 'must specify a container')]),
          ...validateResource(resource, path),
        ]
      : [],
}

function validateIdentified({ metric, target }: { metric: MetricIdentifier; target: MetricTarget }, path: string): FieldError[] {
  const at = `${path}.metric`
  return [
    ...(metric.name
      ? invalidAll(`${at}.name`, metric.name, pathSegmentNameErrors(metric.name))
      : [fieldRequired(`${at}.name`, 'must specify a metric name')]),
    ...validateLabelSelector(metric.selector, `${at}.selector`),
    ...validateTarget(target, `${path}.target`),
  ]
}

function validateExternal({ value, averageValue }: MetricTarget, path: string): FieldError[] {
  if (value === undefined && averageValue === undefined)
    return [fieldRequired(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target')]
  return value !== undefined && averageValue !== undefined
    ? [fieldForbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target')]
    : []
}

function validateResource({ name, target }: { name: string; target: MetricTarget }, path: string): FieldError[] {
  const { averageUtilization, averageValue } = target
  const both = averageUtilization !== undefined && averageValue !== undefined
  const neither = averageUtilization === undefined && averageValue === undefined
  return [
    ...(name ? [] : [fieldRequired(`${path}.name`, 'must specify a resource name')]),
    ...validateTarget(target, `${path}.target`),
    ...(neither ? [fieldRequired(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization')] : []),
    ...(both ? [fieldForbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization')] : []),
  ]
}

function validateTarget({ type, value, averageValue, averageUtilization }: MetricTarget, path: string): FieldError[] {
  const known = ['Utilization', 'Value', 'AverageValue']
  const positive = (name: string, quantity: string | undefined) =>
    quantity !== undefined && compareQuantities(quantity, '0') <= 0
      ? [fieldInvalid(`${path}.${name}`, canonicalQuantity(quantity), 'must be positive')]
      : []
  return [
    ...(type ? [] : [fieldRequired(`${path}.type`, 'must specify a metric target type')]),
    ...(known.includes(type) ? [] : [fieldInvalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...positive('value', value),
    ...positive('averageValue', averageValue),
    ...(averageUtilization !== undefined && averageUtilization < 1
      ? [fieldInvalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0')]
      : []),
  ]
}

function validateRules(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (!rules) return []
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance } = rules
  const wrong = (why: string) => [fieldInvalid(`${path}.stabilizationWindowSeconds`, seconds, why)]
  const select = ['Disabled', 'Max', 'Min']
  return [
    ...((seconds ?? 0) < 0 ? wrong('must be greater than or equal to zero') : []),
    ...((seconds ?? 0) > longestWindow ? wrong(`must be less than or equal to ${longestWindow}`) : []),
    ...(selectPolicy === undefined || select.includes(selectPolicy)
      ? []
      : [fieldNotSupported(`${path}.selectPolicy`, selectPolicy, select)]),
    ...(policies.length > 0 ? [] : [fieldRequired(`${path}.policies`, 'must specify at least one Policy')]),
    ...eachAt(policies, `${path}.policies`, validatePolicy),
    ...(tolerance !== undefined && compareQuantities(tolerance, '0') < 0
      ? [fieldInvalid(`${path}.tolerance`, canonicalQuantity(tolerance), 'must be greater than or equal to 0')]
      : []),
  ]
}

function validatePolicy({ type, value, periodSeconds }: HPAScalingPolicy, path: string): FieldError[] {
  const positive = (name: string, amount: number) =>
    amount <= 0 ? [fieldInvalid(`${path}.${name}`, amount, 'must be greater than zero')] : []
  return [
    ...(type === 'Pods' || type === 'Percent' ? [] : [fieldNotSupported(`${path}.type`, type, ['Percent', 'Pods'])]),
    ...positive('value', value),
    ...positive('periodSeconds', periodSeconds),
    ...(periodSeconds > longestPeriod
      ? [fieldInvalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${longestPeriod}`)]
      : []),
  ]
}
