import { describe, expect, it } from '@jest/globals'
import { Pod } from './pod.ts'
import { decode } from '../schema/decode.ts'

const now = new Date('2026-01-01T00:01:22Z')
const sidecar = { name: 's', restartPolicy: 'Always' }

interface Parts {
  readonly metadata?: object
  readonly spec?: object
  readonly status: object
}
function row({ metadata, spec, status }: Parts): string {
  const pod = decode(Pod.schema, {
    metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'c' }], ...spec },
    status: { phase: 'Running', ...status },
  }).value
  return Pod.columns
    .slice(1, 5)
    .map(column => column.cell(pod, now))
    .join(' | ')
}
const waiting = (name: string, reason: string, more: object = {}) => ({ name, state: { waiting: { reason } }, ...more })
const ended = (name: string, terminated: object, more: object = {}) => ({ name, state: { terminated }, ...more })
const running = (name: string, more: object = {}) => ({ name, ready: true, started: true, state: { running: {} }, ...more })
const ready = [{ type: 'Ready', status: 'True' }]

describe('the table of pods', () => {
  it.each([
    ['a running pod', { status: { containerStatuses: [running('c')] } }, '1/1 | Running | 0 | 82s'],
    ['a new pod', { status: { phase: 'Pending' } }, '0/1 | Pending | 0 | 82s'],
    ['an evicted pod', { status: { phase: 'Failed', reason: 'Evicted' } }, '0/1 | Evicted | 0 | 82s'],
    [
      'a crash loop',
      {
        status: {
          containerStatuses: [
            waiting('c', 'CrashLoopBackOff', {
              restartCount: 3,
              lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:00:16Z' } },
            }),
          ],
        },
      },
      '0/1 | CrashLoopBackOff | 3 (66s ago) | 82s',
    ],
    ['a failure without reason', { status: { containerStatuses: [ended('c', { exitCode: 3 })] } }, '0/1 | ExitCode:3 | 0 | 82s'],
    ['a signal', { status: { containerStatuses: [ended('c', { exitCode: 137, signal: 9 })] } }, '0/1 | Signal:9 | 0 | 82s'],
    [
      'the second init container',
      {
        spec: { initContainers: [{ name: 'a' }, { name: 'b' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [ended('a', { exitCode: 0 }), running('b')],
          containerStatuses: [waiting('c', 'PodInitializing')],
        },
      },
      '0/1 | Init:1/2 | 0 | 82s',
    ],
    [
      'a failed init container',
      {
        spec: { initContainers: [{ name: 'a' }] },
        status: { initContainerStatuses: [ended('a', { exitCode: 1, reason: 'Error' }, { restartCount: 2 })] },
      },
      '0/1 | Init:Error | 2 | 82s',
    ],
    [
      'init containers that are done',
      {
        spec: { initContainers: [{ name: 'a' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [ended('a', { exitCode: 0 })],
          containerStatuses: [waiting('c', 'PodInitializing')],
        },
      },
      '0/1 | PodInitializing | 0 | 82s',
    ],
    [
      'a sidecar beside its container',
      {
        spec: { initContainers: [sidecar] },
        status: { initContainerStatuses: [running('s', { restartCount: 1 })], containerStatuses: [running('c')] },
      },
      '2/2 | Running | 1 | 82s',
    ],
    [
      'one of two done',
      {
        spec: { containers: [{ name: 'c' }, { name: 'd' }] },
        status: { conditions: ready, containerStatuses: [ended('c', { exitCode: 0, reason: 'Completed' }), running('d')] },
      },
      '1/2 | Running | 0 | 82s',
    ],
    [
      'one of two done, the other not ready',
      {
        spec: { containers: [{ name: 'c' }, { name: 'd' }] },
        status: { containerStatuses: [ended('c', { exitCode: 0, reason: 'Completed' }), running('d')] },
      },
      '1/2 | NotReady | 0 | 82s',
    ],
    [
      'a gated pod',
      { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] } },
      '0/1 | SchedulingGated | 0 | 82s',
    ],
    [
      'a pod being deleted',
      { metadata: { deletionTimestamp: '2026-01-01T00:01:00Z' }, status: { containerStatuses: [running('c')] } },
      '1/1 | Terminating | 0 | 82s',
    ],
    [
      'a lost node',
      { metadata: { deletionTimestamp: '2026-01-01T00:01:00Z' }, status: { reason: 'NodeLost', containerStatuses: [running('c')] } },
      '1/1 | Unknown | 0 | 82s',
    ],
  ] as [string, Parts, string][])('shows %s', (_, parts, expected) => {
    expect(row(parts)).toBe(expected)
  })
})
