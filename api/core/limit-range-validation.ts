import { mayOvercommit, validateContainerResourceName, validateResourceName } from './container-resources-validation.ts'
import type { LimitRange, LimitRangeItem } from './limit-range.ts'
import { eachAt, invalidAll } from './pod-field-checks.ts'
import { qualifiedNameErrors } from '../names.ts'
import { canonicalQuantity, compareQuantities, parseQuantity } from '../quantity.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

const ofContainers = ['Pod', 'Container']
const standardTypes = [...ofContainers, 'PersistentVolumeClaim']
const amounts = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const seen = new Set<string>()
  return eachAt(spec.limits, 'spec.limits', (item, path) => {
    const duplicate = seen.has(item.type)
    seen.add(item.type)
    return [
      ...validateType(item.type, `${path}.type`),
      ...(duplicate ? [fieldDuplicate(`${path}.type`, item.type)] : []),
      ...validateNames(item, path),
      ...resourcesOf(item).flatMap(resource => validateOrder(item, resource, path)),
    ]
  })
}

function validateType(type: string, path: string): FieldError[] {
  const wrong = invalidAll(path, type, qualifiedNameErrors(type))
  if (wrong.length > 0 || type.includes('/') || standardTypes.includes(type)) return wrong
  return [fieldInvalid(path, type, 'must be a standard limit type or fully qualified')]
}

const resourcesOf = (item: LimitRangeItem): string[] => [...new Set(amounts.flatMap(name => Object.keys(item[name] ?? {})))].sort()

function validateNames(item: LimitRangeItem, path: string): FieldError[] {
  const validate = ofContainers.includes(item.type) ? validateContainerResourceName : validateResourceName
  const errors = amounts.flatMap(name => {
    const isDefault = name === 'default' || name === 'defaultRequest'
    if (item.type === 'Pod' && isDefault)
      return Object.keys(item[name] ?? {}).length > 0
        ? [fieldForbidden(`${path}.${name}`, "may not be specified when `type` is 'Pod'")]
        : []
    return Object.keys(item[name] ?? {}).flatMap(resource => validate(resource, `${path}.${name}[${resource}]`))
  })
  const unlimited = item.type === 'PersistentVolumeClaim' && !item.min?.['storage'] && !item.max?.['storage']
  const why = 'either minimum or maximum storage value is required, but neither was provided'
  return unlimited ? [...errors, fieldRequired(`${path}.limits`, why)] : errors
}

/** min ≤ defaultRequest ≤ default ≤ max, as far as they are given, and a ratio that they allow. */
function validateOrder(item: LimitRangeItem, resource: string, path: string): FieldError[] {
  const at = (name: (typeof amounts)[number]) => `${path}.${name}[${resource}]`
  const text = (quantity: string) => canonicalQuantity(quantity)
  const [max, min, limit, request, ratio] = amounts.map(name => item[name]?.[resource])
  const above = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && compareQuantities(a, b) > 0
  const errors: FieldError[] = []
  const report = (name: (typeof amounts)[number], value: string | undefined, detail: string) =>
    errors.push(fieldInvalid(at(name), text(value ?? '0'), detail))
  const say = (value: string | undefined) => text(value ?? '0')
  if (above(min, max)) report('min', min, `min value ${say(min)} is greater than max value ${say(max)}`)
  if (above(min, request)) report('defaultRequest', request, `min value ${say(min)} is greater than default request value ${say(request)}`)
  if (above(request, max)) report('defaultRequest', request, `default request value ${say(request)} is greater than max value ${say(max)}`)
  if (above(request, limit))
    report('defaultRequest', request, `default request value ${say(request)} is greater than default limit value ${say(limit)}`)
  if (above(min, limit)) report('default', min, `min value ${say(min)} is greater than default value ${say(limit)}`)
  if (above(limit, max)) report('default', max, `default value ${say(limit)} is greater than max value ${say(max)}`)
  if (ratio !== undefined && compareQuantities(ratio, '1') < 0) report('maxLimitRequestRatio', ratio, `ratio ${say(ratio)} is less than 1`)
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const widest = Number(parseQuantity(max).nanos) / Number(parseQuantity(min).nanos)
    if (Number(parseQuantity(ratio).nanos) / 1e9 > widest)
      report('maxLimitRequestRatio', ratio, `ratio ${say(ratio)} is greater than max/min = ${widest.toFixed(6)}`)
  }
  if (!mayOvercommit(resource) && limit !== undefined && request !== undefined && compareQuantities(limit, request) !== 0)
    report('defaultRequest', request, `default value ${say(limit)} must equal to defaultRequest value ${say(request)} in ${resource}`)
  return errors
}
