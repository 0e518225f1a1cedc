import { eventColumns } from './event-printer.ts'
import { eventTimeToLive, validateEvent } from './event-validation.ts'
import { defineKind } from '../kind.ts'
import { ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import { embedded, int32, message, microTime, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const EventSource = message('io.k8s.api.core.v1.EventSource', 'Who reported an event.', {
  component: optional(1, string(), 'The program.'),
  host: optional(2, string(), 'The node that it runs on.'),
})
export type EventSource = Static<typeof EventSource>

export const EventSeries = message('io.k8s.api.core.v1.EventSeries', 'How often an event has happened.', {
  count: optional(1, int32(), 'How often so far.'),
  lastObservedTime: optional(2, microTime(), 'When it was last seen.'),
})
export type EventSeries = Static<typeof EventSeries>

export const EventSchema = message('io.k8s.api.core.v1.Event', 'Something that happened to an object; kept for an hour.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Event.'),
  metadata: required(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  involvedObject: required(2, ObjectReference, 'The object that it happened to.'),
  reason: optional(3, string(), 'A word for programs that says what happened.'),
  message: optional(4, string(), 'A sentence for people that says what happened.'),
  source: embedded(5, EventSource, 'Who reported it.'),
  firstTimestamp: optional(6, time(), 'When it was first seen.'),
  lastTimestamp: optional(7, time(), 'When it was last seen.'),
  count: optional(8, int32(), 'How often it was seen.'),
  type: optional(9, string(), 'Normal or Warning.'),
  eventTime: optional(10, microTime(), 'When it was first seen, to the microsecond.'),
  series: optional(11, EventSeries, 'How often it was seen, for reporters that count this way.'),
  action: optional(12, string(), 'What was being done.'),
  related: optional(13, ObjectReference, 'Another object that has to do with it.'),
  reportingComponent: embedded(14, string(), 'The program that reported it.'),
  reportingInstance: embedded(15, string(), 'Which instance of the program.'),
})
export type Event = Static<typeof EventSchema>

export const Event = defineKind(EventSchema, {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  createOnUpdate: true,
  timeToLive: eventTimeToLive,
  selectableFields: {
    'involvedObject.kind': event => event.involvedObject.kind ?? '',
    'involvedObject.namespace': event => event.involvedObject.namespace ?? '',
    'involvedObject.name': event => event.involvedObject.name ?? '',
    'involvedObject.uid': event => event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': event => event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': event => event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': event => event.involvedObject.fieldPath ?? '',
    reason: event => event.reason ?? '',
    reportingComponent: event => event.reportingComponent ?? '',
    source: event => event.source?.component || (event.reportingComponent ?? ''),
    type: event => event.type ?? '',
  },
  validateName: nameCheck(dns1123SubdomainErrors),
  validate: validateEvent,
  validateUpdate: validateEvent,
  columns: eventColumns,
})
