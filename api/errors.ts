import type { FieldError } from './schema/field-error.ts'

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}
export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}
/** The v1 Status object that answers every failed request. */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, unknown>
  status: 'Success' | 'Failure'
  message?: string
  reason?: Reason
  details?: StatusDetails
  code: number
}

/** Which HTTP code each reason travels with. */
export const httpCodes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  NotImplemented: 501,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const
export type Reason = keyof typeof httpCodes

/** Group and plural, as in `deployments.apps`; messages about a resource name it this way. */
export interface ResourceName {
  readonly group: string
  readonly plural: string
}
const qualified = (resource: ResourceName) => (resource.group ? `${resource.plural}.${resource.group}` : resource.plural)
const detailsOf = (resource: ResourceName, name: string): StatusDetails => ({
  name,
  ...(resource.group ? { group: resource.group } : {}),
  kind: resource.plural,
})

/** An error of the API: carries the Status that clients see. The server throws it, the client rethrows the one it received. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: Status

  constructor(status: Status) {
    super(status.message ?? status.reason ?? `HTTP ${status.code}`)
    this.status = status
  }
  get reason(): Reason | undefined {
    return this.status.reason
  }
  get code(): number {
    return this.status.code
  }
}

const failure = (reason: Reason, message: string, details?: StatusDetails): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code: httpCodes[reason],
  })

export const apiError = failure
export const badRequest = (message: string) => failure('BadRequest', message)
export const unauthorized = () => failure('Unauthorized', 'Unauthorized')
export const notFound = (resource: ResourceName, name: string) =>
  failure('NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name))
export const alreadyExists = (resource: ResourceName, name: string) =>
  failure('AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name))
export const conflict = (resource: ResourceName, name: string, why: string) =>
  failure('Conflict', `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, detailsOf(resource, name))
export const objectModified = (resource: ResourceName, name: string) =>
  conflict(resource, name, 'the object has been modified; please apply your changes to the latest version and try again')
export const forbidden = (resource: ResourceName, name: string, why: string) =>
  failure('Forbidden', `${qualified(resource)} ${name ? `"${name}" ` : ''}is forbidden: ${why}`, detailsOf(resource, name))
export const expired = (message: string) => failure('Expired', message)
export const methodNotAllowed = () => failure('MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

/** Every field error in one 422, in the order given, as upstream joins them. */
export function invalid(kind: { readonly group: string; readonly kind: string }, name: string, errors: readonly FieldError[]): ApiError {
  const texts = [...new Set(errors.map(error => `${error.field}: ${error.message}`))]
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return failure('Invalid', `${kind.group ? `${kind.kind}.${kind.group}` : kind.kind} "${name}" is invalid: ${list}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    ...(kind.kind ? { kind: kind.kind } : {}),
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  })
}

const has = (reason: Reason) => (error: unknown) => error instanceof ApiError && error.reason === reason
export const isNotFound = has('NotFound')
export const isAlreadyExists = has('AlreadyExists')
export const isConflict = has('Conflict')
export const isInvalid = has('Invalid')
/** The revision asked for is gone: list again. */
export const isExpired = (error: unknown) => error instanceof ApiError && error.code === 410
/** A creation came too late: its namespace is going away. */
export const isNamespaceTerminating = (error: unknown) =>
  error instanceof ApiError && (error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false)
