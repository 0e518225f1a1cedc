import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalid } from '../../../api/errors.ts'
import type { Kind, Subresource } from '../../../api/kind.ts'
import { fieldInvalid, fieldNotSupported, fieldTooLong, type FieldError } from '../../../api/schema/field-error.ts'
import type { RequestAudit, RequestObserver, User } from '../interfaces.ts'
import type { Registry } from '../registry/registry.ts'
import type { RequestContext } from '../registry/request-context.ts'
import type { FanOut } from './fan-out.ts'
import { setWarnings } from './respond.ts'
import type { RequestInfo, ResourcePath } from './request-info.ts'
import type { ReadYaml } from './yaml-reader.ts'

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
  readonly observer?: RequestObserver | undefined
  readonly fanOut: FanOut
  /** Absent: nothing is written down of the request. */
  readonly audit?: RequestAudit | undefined
  readonly readYaml: ReadYaml
  readonly warnings: string[]
}

export type Handler = (request: ApiRequest) => Promise<void>

export const contextOf = (request: ApiRequest): RequestContext => ({
  user: request.user,
  warn(text) {
    request.warnings.push(text)
    // At once: a request that is refused afterwards has been warned too.
    setWarnings(request.response, request.warnings)
  },
  ...notesOf(request),
  ...writeOptions(request),
})

const notesOf = ({ audit }: ApiRequest): Pick<RequestContext, 'annotate'> =>
  audit ? { annotate: (key, value) => audit.annotate(key, value) } : {}

const optionKinds: Readonly<Record<string, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }

/** dryRun, fieldValidation and fieldManager, checked. */
function writeOptions({ info, request }: ApiRequest): Pick<RequestContext, 'dryRun' | 'fieldValidation' | 'fieldManager'> {
  const { query, verb } = info
  const kind = { group: 'meta.k8s.io', kind: optionKinds[verb] ?? 'DeleteOptions' }
  const dryRun = query.getAll('dryRun').filter(value => value !== '')
  const unknown = dryRun.find(value => value !== 'All')
  if (unknown !== undefined) throw invalid(kind, '', [fieldNotSupported('dryRun', dryRun, ['All'])])
  const validation = query.get('fieldValidation') || 'Warn'
  if (validation !== 'Ignore' && validation !== 'Warn' && validation !== 'Strict') {
    throw invalid(kind, '', [fieldNotSupported('fieldValidation', validation, ['Ignore', 'Strict', 'Warn'])])
  }
  const fieldManager = query.get('fieldManager') ?? ''
  const errors = validateFieldManager(fieldManager)
  if (errors.length > 0) throw invalid(kind, '', errors)
  return { dryRun: dryRun.length > 0, fieldValidation: validation, fieldManager: fieldManager || nameOfProgram(request) }
}

/** Who writes without naming a manager is known by its program (upstream's prefixFromUserAgent). */
function nameOfProgram({ headers }: IncomingMessage): string {
  const program = (headers['user-agent'] || 'unknown').split('/', 1)[0] ?? ''
  const printable = printableAscii.test(program) ? program : [...program].filter(character => !unprintable.test(character)).join('')
  return printable.slice(0, longestManager)
}

const longestManager = 128
/** What nearly all names are. The classes of Unicode take V8 longer to make than all else that it does for a first write. */
const printableAscii = /^[ -~]*$/
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u

function validateFieldManager(name: string): FieldError[] {
  const position = printableAscii.test(name) ? -1 : [...name].findIndex(character => unprintable.test(character))
  return [
    ...(name.length > longestManager ? [fieldTooLong('fieldManager', longestManager)] : []),
    ...(position >= 0
      ? [fieldInvalid('fieldManager', name, `invalid character ${JSON.stringify([...name][position])} (at position ${position})`)]
      : []),
  ]
}
