import { describe, expect, it } from '@jest/globals'
import { fromCoreEvent, toCoreEvent } from './event-conversion.ts'
import { Event } from './event.ts'
import { Event as CoreEvent } from '../core/event.ts'
import { decode } from '../schema/decode.ts'
import type { FieldError } from '../schema/field-error.ts'

const metadata = { name: 'web.1', namespace: 'default' }
const texts = (errors: readonly FieldError[] | undefined) => (errors ?? []).map(({ field, message }) => `${field}: ${message}`)

const event = decode(Event.schema, {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata,
  eventTime: '2026-01-01T00:00:00.000000Z',
  series: { count: 4, lastObservedTime: '2026-01-01T00:00:50.000000Z' },
  reportingController: 'kubeling.example/agent',
  reportingInstance: 'node-1',
  action: 'Pulling',
  reason: 'Pulled',
  regarding: { kind: 'Pod', namespace: 'default', name: 'web', fieldPath: 'spec.containers{c}' },
  note: ' done\n',
  type: 'Normal',
}).value

const older = decode(CoreEvent.schema, {
  apiVersion: 'v1',
  kind: 'Event',
  metadata,
  involvedObject: { kind: 'Node', name: 'node-1' },
  source: { component: 'kubelet', host: 'node-1' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:00:30Z',
  count: 3,
  reason: 'Starting',
  message: 'Starting kubelet.',
  type: 'Normal',
}).value

const cells = (object: CoreEvent) => CoreEvent.columns.map(column => column.cell(object, new Date('2026-01-01T00:01:00Z')))

describe('events of both groups', () => {
  it('are the same object under two names', () => {
    expect(fromCoreEvent(toCoreEvent(event))).toEqual(event)
    expect(toCoreEvent(fromCoreEvent(older))).toEqual(older)
  })

  it('are shown alike', () => {
    expect(cells(toCoreEvent(event))).toEqual([
      '10s',
      'Normal',
      'Pulled',
      'pod/web',
      'spec.containers{c}',
      'kubeling.example/agent, node-1',
      'done',
      '60s',
      4,
      'web.1',
    ])
    expect(cells(older).slice(0, 4)).toEqual(['30s', 'Normal', 'Starting', 'node/node-1'])
    expect(cells(older).slice(5)).toEqual(['kubelet, node-1', 'Starting kubelet.', '60s', 3, 'web.1'])
  })

  it('live where their object lives', () => {
    expect(texts(CoreEvent.validate?.(older))).toEqual([])
    const astray = { ...older, involvedObject: { ...older.involvedObject, namespace: 'other' } }
    expect(texts(CoreEvent.validate?.(astray))).toEqual([
      'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    ])
  })

  it('tell everything in the newer group', () => {
    expect(texts(Event.validate?.(event))).toEqual([])
    const { action: _, ...silent } = event
    expect(texts(Event.validate?.({ ...silent, type: 'Odd' }))).toEqual([
      'action: Required value',
      'type: Invalid value: "": has invalid value: Odd',
    ])
    expect(texts(Event.validateUpdate?.({ ...event, note: 'other' }, event))).toEqual([
      'message: Invalid value: "other": field is immutable',
    ])
  })
})
