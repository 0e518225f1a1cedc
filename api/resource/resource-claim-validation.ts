import { requiredUnless, supported } from '../core/pod-field-checks.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { validateImmutableField, validateTemplateMetadata } from '../object-meta-validation.ts'
import { fieldInvalid, fieldRequired, invalidWithoutValue, type FieldError } from '../schema/field-error.ts'
import type { DeviceRequest, DeviceSubRequest, ExactDeviceRequest } from './device-request.ts'
import { distinct, slice } from './collection-checks.ts'
import { opaqueErrors, tolerationErrors } from './field-checks.ts'
import { fullyQualifiedName, label } from './name-checks.ts'
import type { DeviceClaim, DeviceConstraint, ResourceClaimSpec } from './resource-claim-spec.ts'
import type { ResourceClaimTemplate } from './resource-claim-template.ts'
import type { ResourceClaim } from './resource-claim.ts'
import { selectorErrors } from './selector-validation.ts'

/** How many requests, constraints and settings there may be of each. */
export const mostOfEach = 32
const mostAlternatives = 8
const mostTolerations = 16

/** The names of requests, each with those of its alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>

export const requestNames = ({ requests = [] }: DeviceClaim): RequestNames =>
  new Map(requests.map(({ name, firstAvailable = [] }) => [name, new Set(firstAvailable.map(alternative => alternative.name))]))

function isKnown(names: RequestNames, reference: string): boolean {
  const [request = '', alternative, ...more] = reference.split('/')
  const alternatives = names.get(request)
  if (!alternatives || more.length > 0) return false
  return alternative === undefined || alternatives.has(alternative)
}

/** A request of the claim, or an alternative of one. */
export function requestReference(reference: string, path: string, names: RequestNames): FieldError[] {
  const parts = reference.split('/')
  const unknown = fieldInvalid(
    path,
    reference,
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
  )
  if (parts.length > 2) return [unknown]
  return [...parts.flatMap(part => label(part, path)), ...(isKnown(names, reference) ? [] : [unknown])]
}

export const requestReferences = (references: readonly string[] | undefined, path: string, names: RequestNames): FieldError[] =>
  distinct(references, path, { most: mostOfEach, check: (name, at) => requestReference(name, at, names), key: name => name })

function classNameErrors(name: string, path: string): FieldError[] {
  const missing = requiredUnless(name, path)
  return missing.length > 0 ? missing : dns1123SubdomainErrors(name).map(error => fieldInvalid(path, name, error))
}

function countErrors({ allocationMode = '', count = 0 }: ExactDeviceRequest | DeviceSubRequest, path: string): FieldError[] {
  const wrong = (why: string) => [fieldInvalid(`${path}.count`, count, why)]
  if (allocationMode === 'All') return count === 0 ? [] : wrong(`must not be specified when allocationMode is '${allocationMode}'`)
  if (allocationMode === 'ExactCount') return count > 0 ? [] : wrong('must be greater than zero')
  return supported(`${path}.allocationMode`, allocationMode, ['All', 'ExactCount'])
}

const wantedErrors = (wanted: ExactDeviceRequest | DeviceSubRequest, path: string): FieldError[] => [
  ...classNameErrors(wanted.deviceClassName, `${path}.deviceClassName`),
  ...selectorErrors(wanted.selectors, `${path}.selectors`),
  ...countErrors(wanted, path),
  ...slice(wanted.tolerations, `${path}.tolerations`, { most: mostTolerations, check: tolerationErrors }),
]

function requestErrors({ name, exactly, firstAvailable = [] }: DeviceRequest, path: string): FieldError[] {
  const named = label(name, `${path}.name`)
  const one = 'exactly one of `exactly` or `firstAvailable` is required'
  if (exactly && firstAvailable.length > 0) return [...named, invalidWithoutValue(path, `null: ${one}, but multiple fields are set`)]
  if (exactly) return [...named, ...wantedErrors(exactly, `${path}.exactly`)]
  if (firstAvailable.length === 0) return [...named, fieldRequired(path, one)]
  const check = (alternative: DeviceSubRequest, at: string) => [...label(alternative.name, `${at}.name`), ...wantedErrors(alternative, at)]
  const options = { most: mostAlternatives, check, key: (alternative: DeviceSubRequest) => alternative.name }
  return [...named, ...distinct(firstAvailable, `${path}.firstAvailable`, options)]
}

function constraintErrors(
  { requests, matchAttribute, distinctAttribute }: DeviceConstraint,
  path: string,
  names: RequestNames,
): FieldError[] {
  const referred = requestReferences(requests, `${path}.requests`, names)
  if (matchAttribute !== undefined) return [...referred, ...fullyQualifiedName(matchAttribute, `${path}.matchAttribute`)]
  if (distinctAttribute !== undefined) return [...referred, ...fullyQualifiedName(distinctAttribute, `${path}.distinctAttribute`)]
  const one = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [...referred, fieldRequired(path, one)]
}

/** Everything that can be said about what a claim wants (upstream's validateDeviceClaim). */
export function validateClaimSpec({ devices }: ResourceClaimSpec, at: string): FieldError[] {
  const names = requestNames(devices)
  const path = `${at}.devices`
  return [
    ...distinct(devices.requests, `${path}.requests`, { most: mostOfEach, check: requestErrors, key: ({ name }) => name }),
    ...slice(devices.constraints, `${path}.constraints`, {
      most: mostOfEach,
      check: (constraint, where) => constraintErrors(constraint, where, names),
    }),
    ...slice(devices.config, `${path}.config`, {
      most: mostOfEach,
      check: ({ requests, opaque }, where) => [
        ...requestReferences(requests, `${where}.requests`, names),
        ...opaqueErrors(opaque, where, false),
      ],
    }),
  ]
}

export const validateClaimUpdate = (next: ResourceClaim, current: ResourceClaim): FieldError[] =>
  validateImmutableField(next.spec, current.spec, 'spec')

export const validateTemplate = ({ spec }: ResourceClaimTemplate): FieldError[] => [
  ...validateTemplateMetadata(spec.metadata, 'spec.metadata'),
  ...validateClaimSpec(spec.spec, 'spec.spec'),
]

export const validateTemplateUpdate = (next: ResourceClaimTemplate, current: ResourceClaimTemplate): FieldError[] =>
  validateImmutableField(next.spec, current.spec, 'spec')
