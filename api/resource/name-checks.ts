import { invalidAll } from '../core/pod-field-checks.ts'
import { cIdentifierErrors, dns1123LabelErrors, dns1123SubdomainErrors } from '../names.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'
import { validateDriverName } from '../storage/csi-validation.ts'
import type { Check } from './collection-checks.ts'

export const label: Check<string> = (value, path) => invalidAll(path, value, dns1123LabelErrors(value))

const longestPool = 253

export function poolName(name: string, path: string): FieldError[] {
  if (!name) return [fieldRequired(path)]
  return [
    ...(name.length > longestPool ? [fieldTooLong(path, longestPool)] : []),
    ...name.split('/').flatMap(part => invalidAll(path, part, dns1123SubdomainErrors(part))),
  ]
}

const uuid = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/

/** Forms that are a UUID, but not the one to be written. */
const otherUuid = /^(urn:uuid:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$|^[0-9a-f]{32}$/i

export function uidErrors(uid: string, path: string): FieldError[] {
  if (!otherUuid.test(uid)) {
    const why = [32, 36, 38, 45].includes(uid.length) ? 'invalid UUID format' : `invalid UUID length: ${uid.length}`
    return [fieldInvalid(path, uid, `error validating uid: ${why}`)]
  }
  if (uuid.test(uid) && uid === uid.toLowerCase()) return []
  const form = 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
  return [fieldInvalid(path, uid, form)]
}

const longestId = 32

const cIdentifier: Check<string> = (id, path) => [
  ...(id.length > longestId ? [fieldTooLong(path, longestId)] : []),
  ...invalidAll(path, id, cIdentifierErrors(id)),
]

/** The longest name of an attribute or a capacity. */
export const longestQualifiedName = 63 + 1 + longestId

/** `name` or `domain/name`: what attributes and capacities are called. */
export function qualifiedName(name: string, path: string): readonly FieldError[] {
  const [first = '', second, ...more] = name.split('/')
  if (more.length > 0) return [fieldInvalid(path, name, 'must not contain more than one slash')]
  if (second === undefined) return cIdentifier(first, path)
  return [
    ...(first ? validateDriverName(first, path) : [fieldInvalid(path, '', 'the domain must not be empty')]),
    ...(second ? cIdentifier(second, path) : [fieldInvalid(path, '', 'the name must not be empty')]),
  ]
}

export const fullyQualifiedName = (name: string, path: string): FieldError[] => [
  ...qualifiedName(name, path),
  ...(name.includes('/') ? [] : [fieldInvalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')]),
]
