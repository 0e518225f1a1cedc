import { isIPv6 } from 'node:net'
import type { Taint } from './affinity.ts'
import { cidrErrors } from './ip-validation.ts'
import type { Node } from './node.ts'
import { labelValueErrors, qualifiedNameErrors } from '../names.ts'
import { milliValue } from '../quantity.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const taintsPath = 'metadata.taints'
const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export const validateNode = (node: Node): FieldError[] => [
  ...validateTaints(node.spec.taints ?? [], taintsPath),
  ...validateNodeResources(node),
  ...validatePodCIDRs(node.spec.podCIDRs ?? []),
]

/** Upstream's rules for taints, which it reports below metadata on nodes. */
function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  const seen = new Set<string>()
  return taints.flatMap((taint, index) => {
    const errors = validateTaint(taint, `${path}[${index}]`)
    const identity = `${taint.effect}/${taint.key}`
    if (seen.has(identity)) errors.push(duplicateTaint(taint, `${path}[${index}]`))
    seen.add(identity)
    return errors
  })
}

function validateTaint({ key, value = '', effect }: Taint, path: string): FieldError[] {
  const valueErrors = labelValueErrors(value)
  return [
    ...qualifiedNameErrors(key).map(error => fieldInvalid(`${path}.key`, key, error)),
    ...(valueErrors.length > 0 ? [fieldInvalid(`${path}.value`, value, valueErrors.join(';'))] : []),
    ...validateTaintEffect(effect, `${path}.effect`),
  ]
}

function validateTaintEffect(effect: string, path: string): FieldError[] {
  if (!effect) return [fieldRequired(path)]
  return taintEffects.includes(effect) ? [] : [fieldNotSupported(path, effect, taintEffects)]
}

function duplicateTaint({ key, value = '', effect, timeAdded }: Taint, path: string): FieldError {
  const { message, ...error } = fieldDuplicate(path, { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null })
  return { ...error, message: `${message}: taints must be unique by key and effect pair` }
}

const validateNodeResources = ({ status }: Node): FieldError[] => [
  ...validateResources(status?.capacity, 'status.capacity'),
  ...validateResources(status?.allocatable, 'status.allocatable'),
]

/** Standard resources that come in whole units only. */
const wholeUnits = (resource: string) => resource === 'pods' || resource.startsWith('hugepages-') || !isNative(resource)
const isNative = (resource: string) => !resource.includes('/') || resource.split('/')[0]?.endsWith('kubernetes.io') === true

const validateResources = (resources: Readonly<Record<string, string>> | undefined, path: string): FieldError[] =>
  Object.entries(resources ?? {}).flatMap(([resource, quantity]) => {
    const milli = milliValue(quantity)
    return [
      ...(milli < 0 ? [fieldInvalid(`${path}.${resource}`, quantity, 'must be greater than or equal to 0')] : []),
      ...(wholeUnits(resource) && milli % 1000 !== 0 ? [fieldInvalid(`${path}.${resource}`, quantity, 'must be an integer')] : []),
    ]
  })

function validatePodCIDRs(ranges: readonly string[]): FieldError[] {
  const path = 'spec.podCIDRs'
  const errors = ranges.flatMap((range, index) => cidrErrors(range, `${path}[${index}]`))
  const families = new Set(ranges.map(range => isIPv6(range.split('/')[0] ?? '')))
  if (errors.length === 0 && families.size < ranges.length) {
    errors.push(fieldInvalid(path, ranges, 'may specify no more than one CIDR for each IP family'))
  }
  return errors
}

export const validateNodeUpdate = (next: Node, current: Node): FieldError[] => [
  ...validateNodeResources(next),
  ...validateAddresses(next),
  ...validatePodCIDRChange(next.spec.podCIDRs ?? [], current.spec.podCIDRs ?? []),
  ...(current.spec.providerID && current.spec.providerID !== next.spec.providerID
    ? [fieldForbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')]
    : []),
  ...validateTaints(next.spec.taints ?? [], taintsPath),
  ...((next.spec.externalID ?? '') !== (current.spec.externalID ?? '') ? [fieldForbidden('spec.externalID', 'may not be updated')] : []),
]

function validateAddresses({ status }: Node): FieldError[] {
  const seen = new Set<string>()
  return (status?.addresses ?? []).flatMap(({ type, address }, index) => {
    const identity = `${type} ${address}`
    const errors = seen.has(identity) ? [fieldDuplicate(`status.addresses[${index}]`, { Type: type, Address: address })] : []
    seen.add(identity)
    return errors
  })
}

/** A node gets its ranges once. */
function validatePodCIDRChange(next: readonly string[], current: readonly string[]): FieldError[] {
  const forbidden = fieldForbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
  if (current.length === 0) return []
  if (current.length !== next.length) return [forbidden]
  return current.filter((range, index) => range !== next[index]).map(() => forbidden)
}
