import { fromCoreEvent, toCoreEvent } from './event-conversion.ts'
import { validateNewEvent, validateNewEventUpdate } from './event-validation.ts'
import { eventColumns } from '../core/event-printer.ts'
import { eventTimeToLive } from '../core/event-validation.ts'
import { defineKind } from '../kind.ts'
import { EventSource, type Event as CoreEvent } from '../core/event.ts'
import { ObjectReference } from '../core/references.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import {
  embedded,
  int32,
  message,
  microTime,
  optional,
  required,
  requiredPointer,
  stored,
  string,
  time,
  type Static,
} from '../schema/schema.ts'

export const EventSeries = message('io.k8s.api.events.v1.EventSeries', 'How often an event has happened.', {
  count: required(1, int32(), 'How often so far.'),
  lastObservedTime: required(2, microTime(), 'When it was last seen.'),
})
export type EventSeries = Static<typeof EventSeries>

export const EventSchema = message('io.k8s.api.events.v1.Event', 'Something that happened to an object; kept for an hour.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Event.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  eventTime: requiredPointer(2, microTime(), 'When it was first seen, to the microsecond.'),
  series: optional(3, EventSeries, 'How often it was seen.'),
  reportingController: optional(4, string(), 'The program that reported it.'),
  reportingInstance: optional(5, string(), 'Which instance of the program.'),
  action: optional(6, string(), 'What was being done.'),
  reason: optional(7, string(), 'A word for programs that says what happened.'),
  regarding: embedded(8, ObjectReference, 'The object that it happened to.'),
  related: optional(9, ObjectReference, 'Another object that has to do with it.'),
  note: optional(10, string(), 'A sentence for people that says what happened.'),
  type: optional(11, string(), 'Normal or Warning.'),
  deprecatedSource: embedded(12, EventSource, 'Who reported it, as older reporters say it.'),
  deprecatedFirstTimestamp: optional(13, time(), 'When it was first seen, as older reporters say it.'),
  deprecatedLastTimestamp: optional(14, time(), 'When it was last seen, as older reporters say it.'),
  deprecatedCount: optional(15, int32(), 'How often it was seen, as older reporters say it.'),
})
export type Event = Static<typeof EventSchema>

export const Event = defineKind(EventSchema, {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  createOnUpdate: true,
  timeToLive: eventTimeToLive,
  storedAs: { group: '', plural: 'events', toStored: toCoreEvent, fromStored: object => fromCoreEvent(object as CoreEvent) },
  selectableFields: {
    'regarding.kind': event => event.regarding.kind ?? '',
    'regarding.namespace': event => event.regarding.namespace ?? '',
    'regarding.name': event => event.regarding.name ?? '',
    'regarding.uid': event => event.regarding.uid ?? '',
    'regarding.apiVersion': event => event.regarding.apiVersion ?? '',
    'regarding.resourceVersion': event => event.regarding.resourceVersion ?? '',
    'regarding.fieldPath': event => event.regarding.fieldPath ?? '',
    reason: event => event.reason ?? '',
    reportingController: event => event.reportingController ?? '',
    type: event => event.type ?? '',
  },
  validateName: nameCheck(dns1123SubdomainErrors),
  validate: validateNewEvent,
  validateUpdate: validateNewEventUpdate,
  columns: eventColumns.map(column => ({ ...column, cell: (event, now) => column.cell(toCoreEvent(event), now) })),
})
