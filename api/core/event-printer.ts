import type { Event } from './event.ts'
import type { Column } from '../kind.ts'
import { ageOf } from '../time.ts'

const firstSeen = (event: Event, now: Date) => ageOf(event.firstTimestamp || event.eventTime, now)

/** A series knows best when it was last seen; then the older timestamp; then the first time counts. */
function lastSeen(event: Event, now: Date): string {
  if (event.series) return ageOf(event.series.lastObservedTime, now)
  return event.lastTimestamp ? ageOf(event.lastTimestamp, now) : firstSeen(event, now)
}

/** `pod/web`, or only the kind where the object has no name. */
function target({ involvedObject: { kind = '', name } }: Event): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()
}

function reporter({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || ''
  const instance = source?.host || reportingInstance || ''
  return instance ? `${component}, ${instance}` : component
}

export const eventColumns: readonly Column<Event>[] = [
  { name: 'Last Seen', type: 'string', description: 'Time since it was last seen.', cell: lastSeen },
  { name: 'Type', type: 'string', description: 'Normal or Warning.', cell: event => event.type ?? '' },
  { name: 'Reason', type: 'string', description: 'What happened, in a word.', cell: event => event.reason ?? '' },
  { name: 'Object', type: 'string', description: 'What it happened to.', cell: target },
  {
    name: 'Subobject',
    type: 'string',
    priority: 1,
    description: 'The part of the object that it happened to.',
    cell: event => event.involvedObject.fieldPath ?? '',
  },
  { name: 'Source', type: 'string', priority: 1, description: 'Who reported it.', cell: reporter },
  { name: 'Message', type: 'string', description: 'What happened, in a sentence.', cell: event => (event.message ?? '').trim() },
  { name: 'First Seen', type: 'string', priority: 1, description: 'Time since it was first seen.', cell: firstSeen },
  {
    name: 'Count',
    type: 'string',
    priority: 1,
    description: 'How often it was seen.',
    cell: event => event.series?.count ?? (event.count || 1),
  },
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    priority: 1,
    description: 'Name of the event itself.',
    cell: event => event.metadata.name,
  },
]
