import type { StorageClass } from './storage-class.ts'
import type { VolumeAttributesClass } from './volume-attributes-class.ts'
import { validateLabelName } from '../core/affinity-validation.ts'
import { eachAt, invalidAll, supported } from '../core/pod-field-checks.ts'
import { labelValueErrors, qualifiedNameErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

const mostParameters = 512
const largestParameters = 256 * 1024
type Parameters = Readonly<Record<string, string>> | undefined

function validateDriver(driver: string, path: string): FieldError[] {
  return driver ? invalidAll(path, driver.toLowerCase(), qualifiedNameErrors(driver.toLowerCase())) : [fieldRequired(path)]
}

function validateParameters(parameters: Parameters = {}): FieldError[] {
  const entries = Object.entries(parameters)
  if (entries.length > mostParameters) return [fieldTooLong('parameters', mostParameters)]
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return [
    ...entries.filter(([key]) => key === '').map(() => fieldInvalid('parameters', '', 'field can not be empty.')),
    ...(size > largestParameters ? [fieldTooLong('parameters', largestParameters)] : []),
  ]
}

function validateTopologies(terms: NonNullable<StorageClass['allowedTopologies']>): FieldError[] {
  return eachAt(terms, 'allowedTopologies', ({ matchLabelExpressions = [] }, path) => {
    const keys = new Set<string>()
    return eachAt(matchLabelExpressions, `${path}.matchLabelExpressions`, ({ key, values = [] }, at) => {
      const duplicate = keys.has(key)
      keys.add(key)
      return [
        ...(values.length > 0 ? [] : [fieldRequired(`${at}.values`)]),
        ...eachAt(values, `${at}.values`, (value, valueAt) => [
          ...invalidAll(valueAt, value, labelValueErrors(value)),
          ...(values.indexOf(value) === Number(/(\d+)\]$/.exec(valueAt)?.[1]) ? [] : [fieldDuplicate(valueAt, value)]),
        ]),
        ...validateLabelName(key, `${at}.key`),
        ...(duplicate ? [fieldDuplicate(`${at}.key`, key)] : []),
      ]
    })
  })
}

export const validateStorageClass = (storage: StorageClass): FieldError[] => [
  ...validateDriver(storage.provisioner, 'provisioner'),
  ...validateParameters(storage.parameters),
  ...supported('reclaimPolicy', storage.reclaimPolicy ?? 'Delete', ['Delete', 'Retain']),
  ...supported('volumeBindingMode', storage.volumeBindingMode ?? 'Immediate', ['Immediate', 'WaitForFirstConsumer']),
  ...validateTopologies(storage.allowedTopologies ?? []),
]

const forbiddenChange = (next: unknown, current: unknown, name: string): FieldError[] =>
  isEqual(next, current) ? [] : [fieldForbidden(name, `updates to ${name} are forbidden.`)]

export const validateStorageClassUpdate = (next: StorageClass, current: StorageClass): FieldError[] => [
  ...forbiddenChange(next.parameters, current.parameters, 'parameters'),
  ...forbiddenChange(next.provisioner, current.provisioner, 'provisioner'),
  ...forbiddenChange(next.reclaimPolicy, current.reclaimPolicy, 'reclaimPolicy'),
  ...validateImmutableField(next.volumeBindingMode, current.volumeBindingMode, 'volumeBindingMode'),
]

export const validateAttributesClass = ({ driverName, parameters = {} }: VolumeAttributesClass): FieldError[] => [
  ...validateDriver(driverName, 'driverName'),
  ...validateParameters(parameters),
  ...(Object.keys(parameters).length > 0 ? [] : [fieldRequired('parameters', 'must contain at least one key/value pair')]),
]

export const validateAttributesClassUpdate = (next: VolumeAttributesClass, current: VolumeAttributesClass): FieldError[] => [
  ...forbiddenChange(next.driverName, current.driverName, 'driverName'),
  ...forbiddenChange(next.parameters, current.parameters, 'parameters'),
  ...validateAttributesClass(next),
]
