import { validateAccessModes } from './access-modes.ts'
import { validateResourceQuantity } from './container-resources-validation.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import { invalidAll, supported } from './pod-field-checks.ts'
import { goDiff } from './pod-diff.ts'
import { PersistentVolumeClaimSpec } from './volume.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { canonicalQuantity, compareQuantities } from '../quantity.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { namesNoClass } from '../storage/default-storage-class.ts'
import { isEqual } from '../../common/equal.ts'

/** An amount above nothing. */
export const validatePositiveQuantity = (quantity: string, path: string): FieldError[] =>
  compareQuantities(quantity, '0') > 0 ? [] : [fieldInvalid(path, canonicalQuantity(quantity), 'must be greater than zero')]

/** ValidatePersistentVolumeClaimSpec; also for the claims that pods and stateful sets make. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const { accessModes = [], resources, storageClassName, volumeMode, volumeAttributesClassName } = spec
  const storage = resources?.requests?.['storage']
  const storagePath = `${path}.resources[storage]`
  return [
    ...(accessModes.length > 0 ? [] : [fieldRequired(`${path}.accessModes`, 'at least 1 access mode is required')]),
    ...validateLabelSelector(spec.selector, `${path}.selector`),
    ...validateAccessModes(accessModes, `${path}.accessModes`),
    ...(storage === undefined
      ? [fieldRequired(storagePath)]
      : [...validatePositiveQuantity(storage, storagePath), ...validateResourceQuantity('storage', storage, storagePath)]),
    ...(storageClassName ? invalidAll(`${path}.storageClassName`, storageClassName, dns1123SubdomainErrors(storageClassName)) : []),
    ...(volumeMode === undefined ? [] : supported(`${path}.volumeMode`, volumeMode, ['Block', 'Filesystem'])),
    ...validateDataSources(spec, path),
    ...(volumeAttributesClassName
      ? invalidAll(`${path}.volumeAttributesClassName`, volumeAttributesClassName, dns1123SubdomainErrors(volumeAttributesClassName))
      : []),
  ]
}

function validateDataSources({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const named = (source: { kind?: string; name?: string } | undefined, at: string) =>
    source ? [...(source.name ? [] : [fieldRequired(`${at}.name`)]), ...(source.kind ? [] : [fieldRequired(`${at}.kind`)])] : []
  const groupless = (source: { apiGroup?: string; kind?: string } | undefined, at: string) =>
    source && !source.apiGroup && source.kind !== 'PersistentVolumeClaim'
      ? [fieldInvalid(at, source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : source?.apiGroup
        ? invalidAll(`${at}.apiGroup`, source.apiGroup, dns1123SubdomainErrors(source.apiGroup))
        : []
  const errors = [
    ...named(dataSource, `${path}.dataSource`),
    ...groupless(dataSource, `${path}.dataSource`),
    ...named(dataSourceRef, `${path}.dataSourceRef`),
    ...groupless(dataSourceRef, `${path}.dataSourceRef`),
  ]
  if (!dataSource || !dataSourceRef) return errors
  const same = (['apiGroup', 'kind', 'name'] as const).every(field => (dataSource[field] ?? '') === (dataSourceRef[field] ?? ''))
  const wrong = (detail: string) => [...errors, fieldInvalid(path, `${path}.dataSource`, detail)]
  if (dataSourceRef.namespace) return wrong('may not be specified when dataSourceRef.namespace is specified')
  return same ? errors : wrong('must match dataSourceRef')
}

export const validateClaim = ({ spec }: PersistentVolumeClaim): FieldError[] => validateClaimSpec(spec, 'spec')

/** A claim may be given its volume once, grow once it has it, and change its class of attributes; all else stays. */
export function validateClaimUpdate(next: PersistentVolumeClaim, current: PersistentVolumeClaim): FieldError[] {
  const wanted = storageOf(next)
  const before = storageOf(current)
  const { volumeAttributesClassName: _, ...nextSpec } = withStorage(next.spec, next.status.phase === 'Bound' ? before : wanted)
  const { volumeAttributesClassName: __, ...currentSpec } = current.spec
  const named = current.spec.volumeName ? currentSpec : { ...currentSpec, ...pick(nextSpec, 'volumeName') }
  // Who left the class to the cluster may be told later which one it is (upstream's validateStorageClassUpgradeFromNil).
  const expected = namesNoClass(current) ? { ...named, ...pick(nextSpec, 'storageClassName') } : named
  const errors = validateClaim(next)
  if (!isEqual(nextSpec, expected)) {
    const why = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    const compared = goDiff<PersistentVolumeClaimSpec>(PersistentVolumeClaimSpec, expected, nextSpec)
    errors.push(fieldForbidden('spec', `${why}\n${compared}`))
  }
  const given = current.status.capacity?.['storage']
  if (wanted && before && compareQuantities(wanted, before) < 0 && (!given || compareQuantities(wanted, given) <= 0))
    errors.push(fieldForbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  return errors
}

const storageOf = ({ spec }: PersistentVolumeClaim) => spec.resources.requests?.['storage']

const withStorage = (spec: PersistentVolumeClaimSpec, storage: string | undefined): PersistentVolumeClaimSpec =>
  spec.resources.requests && storage !== undefined
    ? { ...spec, resources: { ...spec.resources, requests: { ...spec.resources.requests, storage } } }
    : spec

const pick = <T extends object, K extends keyof T>(object: T, key: K): Partial<Pick<T, K>> =>
  object[key] === undefined ? {} : ({ [key]: object[key] } as Partial<Pick<T, K>>)

export const validateClaimStatus = ({ status }: PersistentVolumeClaim): FieldError[] =>
  Object.entries(status.capacity ?? {}).flatMap(([name, quantity]) => validateResourceQuantity(name, quantity, `status.capacity[${name}]`))
