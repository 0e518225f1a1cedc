import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalid } from '../../../api/errors.ts'
import type { Kind, Subresource } from '../../../api/kind.ts'
import { fieldNotSupported } from '../../../api/schema/field-error.ts'
import type { User } from '../interfaces.ts'
import type { Registry } from '../registry/registry.ts'
import type { RequestContext } from '../registry/request-context.ts'
import type { RequestInfo, ResourcePath } from './request-info.ts'

/** Everything a verb's handler knows. */
export interface ApiRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly info: RequestInfo
  readonly target: ResourcePath
  readonly kind: Kind
  readonly subresource: Subresource | undefined
  readonly registry: Registry
  readonly user: User
  readonly warnings: string[]
}

export type Handler = (request: ApiRequest) => Promise<void>

export const contextOf = (request: ApiRequest): RequestContext => ({
  user: request.user,
  warn: text => void request.warnings.push(text),
  ...writeOptions(request.info.query, request.info.verb),
})

const optionKinds: Readonly<Record<string, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }

/** dryRun and fieldValidation, checked. */
function writeOptions(query: URLSearchParams, verb: string): Pick<RequestContext, 'dryRun' | 'fieldValidation'> {
  const kind = { group: 'meta.k8s.io', kind: optionKinds[verb] ?? 'DeleteOptions' }
  const dryRun = query.getAll('dryRun').filter(value => value !== '')
  const unknown = dryRun.find(value => value !== 'All')
  if (unknown !== undefined) throw invalid(kind, '', [fieldNotSupported('dryRun', dryRun, ['All'])])
  const validation = query.get('fieldValidation') || 'Warn'
  if (validation !== 'Ignore' && validation !== 'Warn' && validation !== 'Strict') {
    throw invalid(kind, '', [fieldNotSupported('fieldValidation', validation, ['Ignore', 'Strict', 'Warn'])])
  }
  return { dryRun: dryRun.length > 0, fieldValidation: validation }
}
