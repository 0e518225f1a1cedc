import { toCoreEvent } from './event-conversion.ts'
import type { Event } from './event.ts'
import { validateEventNamespace, validateReport } from '../core/event-validation.ts'
import { fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

/** Events of this group say everything and use none of the older fields. Paths are those of the stored form, as upstream's are. */
export function validateNewEvent(event: Event): FieldError[] {
  const core = toCoreEvent(event)
  const unset = (field: string, given: unknown) => (given ? [fieldInvalid(field, '', 'needs to be unset')] : [])
  return [
    ...validateEventNamespace(core),
    ...(event.eventTime ? [] : [fieldRequired('eventTime')]),
    ...validateReport(core, 'reportingController'),
    ...(event.type === 'Normal' || event.type === 'Warning' ? [] : [fieldInvalid('type', '', `has invalid value: ${event.type ?? ''}`)]),
    ...unset('firstTimestamp', core.firstTimestamp),
    ...unset('lastTimestamp', core.lastTimestamp),
    ...unset('count', core.count),
    ...unset('source', core.source.component || core.source.host),
    ...validateSeries(event),
  ]
}

function validateSeries({ series }: Event): FieldError[] {
  if (!series) return []
  return [
    ...(series.count < 2 ? [fieldInvalid('series.count', '', `should be at least 2`)] : []),
    ...(series.lastObservedTime ? [] : [fieldRequired('series.lastObservedTime')]),
  ]
}

/** Only the series may go on. */
const immutable = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const

export function validateNewEventUpdate(next: Event, current: Event): FieldError[] {
  const [wanted, had] = [toCoreEvent(next), toCoreEvent(current)]
  const changed = immutable.filter(field => !isEqual(wanted[field], had[field]))
  return [...validateEventNamespace(wanted), ...changed.map(field => fieldInvalid(field, wanted[field] ?? null, 'field is immutable'))]
}
