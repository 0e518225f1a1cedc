import type { Event } from './event.ts'
import { dns1123SubdomainErrors, qualifiedNameErrors } from '../names.ts'
import { fieldInvalid, fieldRequired, fieldTooLong, type FieldError } from '../schema/field-error.ts'

/** Upstream's --event-ttl: an hour. */
export const eventTimeToLive = 60 * 60 * 1000

export const validateEvent = (event: Event): FieldError[] => [
  ...validateEventNamespace(event),
  ...(event.eventTime ? validateReport(event, 'reportingComponent') : []),
]

/** An event lives where its object lives; events about objects without a namespace live in `default`. */
export function validateEventNamespace({ metadata, involvedObject }: Event): FieldError[] {
  const { namespace = '' } = metadata
  const about = involvedObject.namespace ?? ''
  const agrees = about ? about === namespace : namespace === '' || namespace === 'default'
  return [
    ...(agrees ? [] : [fieldInvalid('involvedObject.namespace', about, 'does not match event.namespace')]),
    ...dns1123SubdomainErrors(namespace).map(error => fieldInvalid('namespace', namespace, error)),
  ]
}

/** What reporters who set eventTime have to tell. `component` is what the version asked for calls reportingComponent. */
export function validateReport(event: Event, component: 'reportingComponent' | 'reportingController'): FieldError[] {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event
  const bounded = (field: string, value: string): FieldError[] => {
    if (!value) return [fieldRequired(field)]
    return Buffer.byteLength(value) > 128 ? [fieldInvalid(field, '', 'can have at most 128 characters')] : []
  }
  return [
    ...(reportingComponent ? [] : [fieldRequired(component)]),
    ...qualifiedNameErrors(reportingComponent).map(error => fieldInvalid(component, reportingComponent, error)),
    ...bounded('reportingInstance', reportingInstance),
    ...bounded('action', action),
    ...bounded('reason', reason),
    ...(Buffer.byteLength(message) > 1024 ? [fieldTooLong('message', 1024)] : []),
  ]
}
