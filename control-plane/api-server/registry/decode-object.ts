import { badRequest, type ApiError } from '../../../api/errors.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../../../api/kind.ts'
import { decode } from '../../../api/schema/decode.ts'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { isRecord } from '../../../api/schema/records.ts'
import type { RequestContext } from './request-context.ts'

type Validation = Pick<RequestContext, 'fieldValidation' | 'warn'>

/** Keys that stand more than once in one object of a text. */
export interface Repetitions {
  /** What is said of each, and where it stands. */
  readonly problems: readonly { readonly text: string; readonly at: number }[]
  /** Where a field stands first. */
  placeOf(field: string): number
}

export interface DecodeOptions extends Validation {
  readonly repetitions?: Repetitions
  /** How a body that cannot be decoded is answered; absent: as one that was sent as a whole. */
  readonly refuse?: (why: string) => ApiError
}

/** Parsed JSON as an object of the kind; unknown and duplicate fields are dropped, reported or refused as the client asked. */
export function decodeObject(kind: Kind, json: unknown, options: DecodeOptions): KubernetesObject {
  const typed = typedAs(kind, json)
  const refuse = options.refuse ?? ((why: string) => cannotBeHandled(kind, why))
  try {
    const { value, unknown } = kind.decode?.(typed) ?? decode(kind.schema, typed)
    report(problemsOf(unknown, options.repetitions), { ...options, refuse })
    return value
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message)
    throw error
  }
}

const cannotBeHandled = (kind: Kind, why: string, name = kind.kind) =>
  badRequest(`${name} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`)

/** Missing type information is taken from the URL; a wrong one is refused. */
function typedAs(kind: Kind, json: unknown): Record<string, unknown> {
  const wanted = apiVersionOf(kind)
  if (!isRecord(json)) {
    const why = `json: cannot unmarshal ${Array.isArray(json) ? 'array' : json === null ? 'null' : typeof json} into Go value of type struct`
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${why}`,
    )
  }
  const { kind: name, apiVersion } = json
  for (const given of [name, apiVersion]) {
    if (given !== undefined && given !== null && typeof given !== 'string') {
      throw badRequest(
        `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(given) ? 'array' : typeof given} into Go struct field .${given === name ? 'kind' : 'apiVersion'} of type string`,
      )
    }
  }
  const version = (apiVersion as string | undefined) || wanted
  const kindName = (name as string | undefined) || kind.kind
  if (kindName !== kind.kind) {
    const why = `no kind ${JSON.stringify(kindName)} is registered for version ${JSON.stringify(version)} in scheme "pkg/api/legacyscheme/scheme.go:30"`
    throw badRequest(`${kindName} in version ${JSON.stringify(version.split('/').at(-1))} cannot be handled as a ${kind.kind}: ${why}`)
  }
  if (version !== wanted) {
    throw badRequest(`the API version in the data (${version}) does not match the expected API version (${wanted})`)
  }
  return { ...json, kind: kind.kind, apiVersion: wanted }
}

/** What a body has that it should not have, unknown fields and keys that stand twice, in the order in which upstream's reader comes by. */
function problemsOf(unknown: readonly string[], repetitions: Repetitions | undefined): string[] {
  const saying = (field: string) => `unknown field ${JSON.stringify(field)}`
  if (!repetitions) return unknown.map(saying)
  const found = unknown.map(field => ({ text: saying(field), at: repetitions.placeOf(field) }))
  return [...found, ...repetitions.problems].sort((a, b) => a.at - b.at).map(({ text }) => text)
}

function report(
  problems: readonly string[],
  { fieldValidation, warn, refuse }: Validation & Required<Pick<DecodeOptions, 'refuse'>>,
): void {
  if (fieldValidation === 'Ignore' || problems.length === 0) return
  if (fieldValidation === 'Warn') return problems.forEach(problem => warn(problem))
  throw refuse(`strict decoding error: ${problems.join(', ')}`)
}
