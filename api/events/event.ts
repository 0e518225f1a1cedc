import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { EventSource } from '../core/event.ts'
import { ObjectReference } from '../core/references.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, message, microTime, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const EventSeries = message('io.k8s.api.events.v1.EventSeries', '', {
  count: required(1, int32(), ''),
  lastObservedTime: required(2, microTime(), ''),
})
export type EventSeries = Static<typeof EventSeries>

export const EventSchema = message('io.k8s.api.events.v1.Event', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  eventTime: required(2, microTime(), ''),
  series: optional(3, EventSeries, ''),
  reportingController: optional(4, string(), ''),
  reportingInstance: optional(5, string(), ''),
  action: optional(6, string(), ''),
  reason: optional(7, string(), ''),
  regarding: optional(8, ObjectReference, ''),
  related: optional(9, ObjectReference, ''),
  note: optional(10, string(), ''),
  type: optional(11, string(), ''),
  deprecatedSource: optional(12, EventSource, ''),
  deprecatedFirstTimestamp: optional(13, time(), ''),
  deprecatedLastTimestamp: optional(14, time(), ''),
  deprecatedCount: optional(15, int32(), ''),
})
export type Event = Static<typeof EventSchema>

export const Event = defineKind(EventSchema, {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  columns: [nameColumn, ageColumn],
})
