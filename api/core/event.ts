import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, int32, message, microTime, optional, required, stored, string, time, type Static } from '../schema/schema.ts'

export const EventSource = message('io.k8s.api.core.v1.EventSource', '', {
  component: optional(1, string(), ''),
  host: optional(2, string(), ''),
})
export type EventSource = Static<typeof EventSource>

export const EventSeries = message('io.k8s.api.core.v1.EventSeries', '', {
  count: optional(1, int32(), ''),
  lastObservedTime: optional(2, microTime(), ''),
})
export type EventSeries = Static<typeof EventSeries>

export const EventSchema = message('io.k8s.api.core.v1.Event', '', {
  apiVersion: stored(0, string(), ''),
  kind: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  involvedObject: required(2, ObjectReference, ''),
  reason: optional(3, string(), ''),
  message: optional(4, string(), ''),
  source: optional(5, EventSource, ''),
  firstTimestamp: optional(6, time(), ''),
  lastTimestamp: optional(7, time(), ''),
  count: optional(8, int32(), ''),
  type: optional(9, string(), ''),
  eventTime: optional(10, microTime(), ''),
  series: optional(11, EventSeries, ''),
  action: optional(12, string(), ''),
  related: optional(13, ObjectReference, ''),
  reportingComponent: optional(14, string(), ''),
  reportingInstance: optional(15, string(), ''),
})
export type Event = Static<typeof EventSchema>

export const Event = defineKind(EventSchema, {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  columns: [nameColumn, ageColumn],
})
