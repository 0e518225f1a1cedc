import type { Event } from './event.ts'
import type { Event as CoreEvent } from '../core/event.ts'

/** Only what is there: an absent field stays absent under its other name. */
const defined = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

/** Events of both groups are the same objects under different names for the same fields; they are stored as core events. */
export function toCoreEvent(event: Event): CoreEvent {
  const { eventTime, series, action, reason, related, type } = event
  return {
    ...defined({ eventTime, series, action, reason, related, type }),
    ...defined({
      message: event.note,
      firstTimestamp: event.deprecatedFirstTimestamp,
      lastTimestamp: event.deprecatedLastTimestamp,
      count: event.deprecatedCount,
    }),
    apiVersion: 'v1',
    kind: 'Event',
    metadata: event.metadata,
    involvedObject: event.regarding ?? {},
    source: event.deprecatedSource ?? {},
    reportingComponent: event.reportingController ?? '',
    reportingInstance: event.reportingInstance ?? '',
  }
}

export function fromCoreEvent(event: CoreEvent): Event {
  const { eventTime, action, reason, related, type, series } = event
  const { reportingComponent, reportingInstance } = event
  return {
    ...defined({ action, reason, related, type, note: event.message }),
    ...(series ? { series: { count: series.count ?? 0, lastObservedTime: series.lastObservedTime ?? '' } } : {}),
    ...(reportingComponent ? { reportingController: reportingComponent } : {}),
    ...(reportingInstance ? { reportingInstance } : {}),
    ...defined({
      deprecatedFirstTimestamp: event.firstTimestamp,
      deprecatedLastTimestamp: event.lastTimestamp,
      deprecatedCount: event.count,
    }),
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: event.metadata,
    // Older reporters set no eventTime; it is null then, as upstream writes it.
    eventTime: eventTime ?? (null as unknown as string),
    regarding: event.involvedObject,
    deprecatedSource: event.source ?? {},
  }
}
