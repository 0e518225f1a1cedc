import { badRequest, invalid } from '../../../api/errors.ts'
import { fieldForbidden, fieldNotSupported, type FieldError } from '../../../api/schema/field-error.ts'
import { integerOf, isTrue } from './request-info.ts'

/** What the query of a list, a watch or a deletion of many says besides its selectors. */
export interface ListOptions {
  readonly limit: number | undefined
  readonly continue: string | undefined
  readonly resourceVersion: string | undefined
  readonly resourceVersionMatch: string | undefined
  /** Whether a watch begins with what there is, and says when that is over. */
  readonly sendInitialEvents: boolean | undefined
  readonly timeoutSeconds: number | undefined
}

/** Reads and checks them. Watches from the beginning are watches of everything there is (upstream's SetListOptionsDefaults). */
export function listOptionsOf(query: URLSearchParams, { watch }: { readonly watch: boolean }): ListOptions {
  const text = (name: string) => query.get(name) || undefined
  const [limit, timeoutSeconds] = [integerOf(query, 'limit'), integerOf(query, 'timeoutSeconds')]
  const given = query.get('sendInitialEvents')
  const options = {
    limit: limit !== undefined && limit > 0 ? limit : undefined,
    continue: text('continue'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
    sendInitialEvents: given === null ? undefined : isTrue(given),
    timeoutSeconds,
  }
  const filled = watch ? withInitialEvents(options) : options
  const errors = watch ? watchErrors(filled) : listErrors(filled)
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
  checkVersion(filled.resourceVersion)
  return filled
}

function withInitialEvents(options: ListOptions): ListOptions {
  const { resourceVersion = '0', resourceVersionMatch, sendInitialEvents } = options
  if (sendInitialEvents !== undefined || resourceVersionMatch || resourceVersion !== '0') return options
  return { ...options, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
}

const at = 'resourceVersionMatch'
const when = (wrong: boolean, error: () => FieldError): FieldError[] => (wrong ? [error()] : [])

/** Upstream's ValidateListOptions. */
function listErrors({ resourceVersion, resourceVersionMatch: match, continue: token, sendInitialEvents }: ListOptions): FieldError[] {
  const known = match === 'Exact' || match === 'NotOlderThan'
  return [
    ...when(match !== undefined && !resourceVersion, () =>
      fieldForbidden(at, 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    ),
    ...when(match !== undefined && token !== undefined, () =>
      fieldForbidden(at, 'resourceVersionMatch is forbidden when continue is provided'),
    ),
    ...when(match !== undefined && !known, () => fieldNotSupported(at, match, ['Exact', 'NotOlderThan', ''])),
    ...when(match === 'Exact' && resourceVersion === '0', () =>
      fieldForbidden(at, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    ),
    ...when(sendInitialEvents !== undefined, () => fieldForbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')),
  ]
}

/** Upstream's validateWatchOptions. */
function watchErrors({ resourceVersionMatch: match, continue: token, sendInitialEvents }: ListOptions): FieldError[] {
  const given = sendInitialEvents !== undefined
  const other = match !== 'NotOlderThan'
  return [
    ...when(given && other, () => fieldForbidden(at, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')),
    ...when(match !== undefined && !given, () =>
      fieldForbidden(at, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    ),
    ...when(match !== undefined && other, () => fieldNotSupported(at, match, ['NotOlderThan'])),
    ...when(match !== undefined && token !== undefined, () =>
      fieldForbidden(at, 'resourceVersionMatch is forbidden when continue is provided'),
    ),
  ]
}

/** A revision is a number. */
function checkVersion(text = '0'): void {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return
  const shown = JSON.stringify(text)
  const why = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: ${why}`)
}
