import { isEqual } from '../../common/equal.ts'
import { dns1035LabelErrors } from '../names.ts'
import { asInternal } from '../schema/as-internal.ts'
import { parseJsonPath } from '../json-path.ts'
import { fieldDuplicate, fieldInvalid, fieldRequired, fieldTooMany, type FieldError } from '../schema/field-error.ts'
import type { CustomResourceDefinitionSpec, CustomResourceDefinitionVersion } from './custom-resource-definition.ts'
import { validateStructuralSchema } from './structural-validation.ts'

type Version = CustomResourceDefinitionVersion

/** All versions of a definition, with upstream's quirk: what is the same in all of them is reported as if it stood above them. */
export function validateVersions({ versions }: CustomResourceDefinitionSpec): FieldError[] {
  const names = versions.map(({ name }) => name)
  const path = (index: number) => `spec.versions[${index}]`
  const shared = (field: keyof Version) => versions.every(version => isEqual(version[field], versions[0]?.[field]))
  const once = (field: keyof Version) => (shared(field) ? versions.slice(0, 1) : versions)
  const named = versions.flatMap(({ name }, index) => {
    const errors = dns1035LabelErrors(name)
    return errors.length > 0 ? [fieldInvalid(`${path(index)}.name`, name, errors.join(','))] : []
  })
  return [
    ...named,
    ...(new Set(names).size < names.length
      ? [fieldInvalid('spec.versions', internalVersions(versions), 'must contain unique version names')]
      : []),
    ...(versions.filter(({ storage }) => storage).length === 1
      ? []
      : [fieldInvalid('spec.versions', internalVersions(versions), 'must have exactly one version marked as storage version')]),
    ...versions.flatMap(({ schema }, index) =>
      schema?.openAPIV3Schema ? [] : [fieldRequired(`${path(index)}.schema.openAPIV3Schema`, 'schemas are required')],
    ),
    ...once('schema').flatMap(({ schema }, index) =>
      schema?.openAPIV3Schema
        ? validateStructuralSchema(
            schema.openAPIV3Schema,
            shared('schema') ? 'spec.validation.openAPIV3Schema' : `${path(index)}.schema.openAPIV3Schema`,
          )
        : [],
    ),
    ...once('subresources').flatMap((version, index) =>
      validateScale(version, shared('subresources') ? 'spec.subresources' : `${path(index)}.subresources`),
    ),
    ...once('additionalPrinterColumns').flatMap((version, index) =>
      validateColumns(
        version,
        shared('additionalPrinterColumns') ? 'spec.additionalPrinterColumns' : `${path(index)}.additionalPrinterColumns`,
      ),
    ),
    ...versions.flatMap((version, index) => [
      ...validateDeprecation(version, path(index)),
      ...validateSelectableFields(version, shared('selectableFields') ? 'spec.selectableFields' : `${path(index)}.selectableFields`),
    ]),
  ]
}

const movable = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const

/** As upstream prints them: what is the same in all of them stands above them, and is not there. */
function internalVersions(versions: readonly Version[]): unknown[] {
  const names = ['Name', 'Served', 'Storage', 'Deprecated', 'DeprecationWarning']
  const shared = movable.filter(field => versions.every(version => isEqual(version[field], versions[0]?.[field])))
  return versions.map(version => ({
    ...asInternal(names, { deprecated: false, ...version }),
    ...asInternal(
      ['Schema', 'Subresources', 'AdditionalPrinterColumns', 'SelectableFields'],
      Object.fromEntries(movable.filter(field => !shared.includes(field)).map(field => [field, version[field]])),
    ),
  }))
}

function validateDeprecation({ deprecated, deprecationWarning }: Version, path: string): FieldError[] {
  if (deprecationWarning === undefined) return []
  const field = `${path}.deprecationWarning`
  if (!deprecated) return [fieldInvalid(field, deprecationWarning, 'can only be set for deprecated versions')]
  return deprecationWarning ? [] : [fieldInvalid(field, deprecationWarning, 'must not be empty')]
}

const isSimplePath = (path: string): boolean => /^(\.[A-Za-z0-9_-]+)+$/.test(path)

function validateScale({ subresources }: Version, path: string): FieldError[] {
  const scale = subresources?.scale
  if (!scale) return []
  const under = (field: string, value: string, roots: readonly string[]): FieldError[] => {
    const at = `${path}.scale.${field}`
    if (!value) return [fieldRequired(at)]
    if (!isSimplePath(value)) return [fieldInvalid(at, value, 'should be a simple json path without array notation')]
    return roots.some(root => value.startsWith(`${root}.`))
      ? []
      : [fieldInvalid(at, value, `should be a json path under ${roots.join(' or ')}`)]
  }
  return [
    ...under('specReplicasPath', scale.specReplicasPath, ['.spec']),
    ...under('statusReplicasPath', scale.statusReplicasPath, ['.status']),
    ...(scale.labelSelectorPath ? under('labelSelectorPath', scale.labelSelectorPath, ['.spec', '.status']) : []),
  ]
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

function validateColumns({ additionalPrinterColumns = [] }: Version, path: string): FieldError[] {
  return additionalPrinterColumns.flatMap(({ name, type, format, jsonPath }, index) => {
    const at = `${path}[${index}]`
    const wrong = jsonPathProblem(jsonPath)
    return [
      ...(name ? [] : [fieldRequired(`${at}.name`)]),
      ...(type ? [] : [fieldRequired(`${at}.type`, `must be one of ${columnTypes.join(',')}`)]),
      ...(type && !columnTypes.includes(type) ? [fieldInvalid(`${at}.type`, type, `must be one of ${columnTypes.join(',')}`)] : []),
      ...(format && !columnFormats.includes(format)
        ? [fieldInvalid(`${at}.format`, format, `must be one of ${columnFormats.join(',')}`)]
        : []),
      ...(jsonPath ? (wrong === undefined ? [] : [fieldInvalid(`${at}.jsonPath`, jsonPath, wrong)]) : [fieldRequired(`${at}.jsonPath`)]),
    ]
  })
}

function jsonPathProblem(path: string): string | undefined {
  if (!path.startsWith('.') && path !== '') return `must be a json path starting with .`
  try {
    parseJsonPath(path)
    return undefined
  } catch (error) {
    if (error instanceof SyntaxError) return error.message
    throw error
  }
}

const mostSelectableFields = 8

function validateSelectableFields({ selectableFields = [], schema }: Version, path: string): FieldError[] {
  const paths = selectableFields.map(({ jsonPath }) => jsonPath)
  const errors = selectableFields.flatMap(({ jsonPath }, index) => {
    const at = `${path}[${index}].jsonPath`
    if (!jsonPath) return [fieldRequired(at)]
    if (paths.indexOf(jsonPath) < index) return [fieldDuplicate(at, jsonPath)]
    if (!isSimplePath(jsonPath)) return [fieldInvalid(at, jsonPath, 'is an invalid path: array notation is not allowed')]
    if (jsonPath.startsWith('.metadata')) return [fieldInvalid(at, jsonPath, 'must not point to fields in metadata')]
    const found = jsonPath
      .slice(1)
      .split('.')
      .reduce((inner, name) => inner?.properties?.[name], schema?.openAPIV3Schema)
    if (!found) return [fieldInvalid(at, jsonPath, 'is an invalid path: does not refer to a valid field')]
    return ['string', 'integer', 'boolean'].includes(found.type ?? '')
      ? []
      : [
          fieldInvalid(
            at,
            jsonPath,
            'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
          ),
        ]
  })
  return selectableFields.length > mostSelectableFields
    ? [...errors, fieldTooMany(path, selectableFields.length, mostSelectableFields)]
    : errors
}
