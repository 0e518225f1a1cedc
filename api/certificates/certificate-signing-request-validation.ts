import { validateSignerName } from './signer-name.ts'
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from './certificate-signing-request.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

/** Sorted, as messages about unknown ones list them. */
const keyUsages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]
const minimumSeconds = 600

export function validateCertificateRequest({ spec, status }: CertificateSigningRequest): FieldError[] {
  const { request, usages = [], signerName, expirationSeconds } = spec
  const legacy = signerName === 'kubernetes.io/legacy-unknown'
  return [
    ...validateRequest(request),
    ...(usages.length === 0 ? [fieldRequired('spec.usages')] : []),
    ...usages.flatMap((usage, index) => validateUsage(usage, index, usages)),
    ...(legacy ? [fieldInvalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version')] : []),
    ...(legacy ? [] : validateSignerName(signerName, 'spec.signerName')),
    ...(expirationSeconds !== undefined && expirationSeconds < minimumSeconds
      ? [fieldInvalid('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')]
      : []),
    ...validateConditions(status?.conditions ?? []),
  ]
}

/** What is inside the PEM block is the signer's business. */
function validateRequest(request: string): FieldError[] {
  const text = Buffer.from(request, 'base64').toString('latin1')
  if (/-----BEGIN CERTIFICATE REQUEST-----[\s\S]+-----END CERTIFICATE REQUEST-----/.test(text)) return []
  return [fieldInvalid('spec.request', request, 'PEM block type must be CERTIFICATE REQUEST')]
}

function validateUsage(usage: string, index: number, all: readonly string[]): FieldError[] {
  const path = `spec.usages[${index}]`
  return [
    ...(keyUsages.includes(usage) ? [] : [fieldNotSupported(path, usage, keyUsages)]),
    ...(all.indexOf(usage) < index ? [fieldDuplicate(path, usage)] : []),
  ]
}

const statuses = ['False', 'True', 'Unknown']
const decisions = ['Approved', 'Denied', 'Failed']

function validateConditions(conditions: readonly CertificateSigningRequestCondition[]): FieldError[] {
  const path = 'status.conditions'
  const types = conditions.map(({ type }) => type)
  const errors = conditions.flatMap(({ type, status }, index) => [
    ...(type ? [] : [fieldRequired(`${path}[${index}].type`)]),
    ...validateStatus(type, status, `${path}[${index}].status`),
    ...(types.indexOf(type) < index ? [fieldDuplicate(`${path}[${index}].type`, type)] : []),
  ])
  if (!types.includes('Approved') || !types.includes('Denied')) return errors
  const last = Math.max(types.lastIndexOf('Approved'), types.lastIndexOf('Denied'))
  const detail = 'Approved and Denied conditions are mutually exclusive'
  return [...errors, fieldInvalid(`${path}[${last}].type`, types[last], detail)]
}

function validateStatus(type: string, status: string, path: string): FieldError[] {
  if (!status) return [fieldRequired(path)]
  const allowed = decisions.includes(type) ? ['True'] : statuses
  return allowed.includes(status) ? [] : [fieldNotSupported(path, status, allowed)]
}

/** Decisions stand: none may be taken back. A certificate once issued stays as it is. */
export function validateCertificateRequestUpdate(next: CertificateSigningRequest, current: CertificateSigningRequest): FieldError[] {
  const kept = new Set((next.status.conditions ?? []).map(({ type }) => type))
  const removed = (current.status.conditions ?? []).filter(({ type }) => decisions.includes(type) && !kept.has(type))
  const reissued = current.status.certificate && next.status.certificate !== current.status.certificate
  return [
    ...validateCertificateRequest(next),
    ...removed.map(({ type }) => forbiddenRemoval(type)),
    ...(reissued ? [fieldInvalid('status.certificate', next.status.certificate ?? null, 'field is immutable')] : []),
  ]
}

const forbiddenRemoval = (type: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field: 'status.conditions',
  message: `Forbidden: updates may not remove a condition of type "${type}"`,
})
