import type { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import { classOf } from '../core/storage-class-annotation.ts'
import { compareQuantities, formatQuantity, parseQuantity } from '../quantity.ts'
import { holdsFor, type QuotaEvaluator } from './evaluator.ts'

const counted = ['persistentvolumeclaims', 'requests.storage']
const ofClass = '.storageclass.storage.k8s.io/'
const byClass = counted.map(name => `${ofClass}${name}`)

/** How claims of storage count, all together and by storage class; upstream's pvcEvaluator. */
export const claimUsage: QuotaEvaluator<PersistentVolumeClaim> = {
  handles: ({ subresource }) => !subresource || subresource === 'status',
  resources: names =>
    names.filter(name => name === 'count/persistentvolumeclaims' || counted.includes(name) || byClass.some(end => name.endsWith(end))),
  inScope(rule, claim) {
    if (rule.scopeName !== 'VolumeAttributesClass') return false
    const classes = attributesClassesOf(claim)
    return classes.length === 0 ? holdsFor(rule, undefined) : classes.some(name => holdsFor(rule, name))
  },
  usage(claim) {
    const storage = storageOf(claim)
    const used = { persistentvolumeclaims: '1', ...(storage === undefined ? {} : { 'requests.storage': storage }) }
    const storageClass = classOf(claim)
    const ofItsClass = storageClass ? Object.entries(used).map(([name, amount]) => [`${storageClass}${ofClass}${name}`, amount]) : []
    return { 'count/persistentvolumeclaims': '1', ...used, ...(Object.fromEntries(ofItsClass) as Record<string, string>) }
  },
}

/** In whole bytes: what is asked for, or what is being given where that is more. */
function storageOf({ spec, status }: PersistentVolumeClaim): string | undefined {
  const asked = spec.resources?.requests?.['storage']
  const given = status?.allocatedResources?.['storage']
  if (asked === undefined) return undefined
  return inWholeUnits(given !== undefined && compareQuantities(given, asked) > 0 ? given : asked)
}

function inWholeUnits(amount: string): string {
  const { nanos, format } = parseQuantity(amount)
  const unit = 1_000_000_000n
  return formatQuantity({ nanos: ((nanos + unit - 1n) / unit) * unit, format })
}

const attributesClassesOf = ({ spec, status }: PersistentVolumeClaim): string[] =>
  [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name): name is string => Boolean(name))
