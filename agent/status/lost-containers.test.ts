import { describe, expect, it } from '@jest/globals'
import type { ContainerStatus } from '../../api/core/pod-status.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { withLostContainers } from './lost-containers.ts'

type State = 'waiting' | 'running' | 'ok' | 'failed'
const states: Record<State, ContainerStatus['state']> = {
  waiting: { waiting: { reason: 'ContainerCreating' } },
  running: { running: {} },
  ok: { terminated: { exitCode: 0, reason: 'Completed' } },
  failed: { terminated: { exitCode: 1, reason: 'Error' } },
}
const status = (name: string, state: State): ContainerStatus => ({
  name,
  ready: false,
  restartCount: 0,
  image: 'i',
  imageID: '',
  lastState: {},
  state: states[state],
})
const shown = (statuses: readonly ContainerStatus[] | undefined) =>
  (statuses ?? []).map(({ state }) => state?.terminated?.reason ?? 'waiting')

describe('a terminated pod', () => {
  it.each<[inits: State[], apps: State[], expected: string]>([
    // Nothing stood before the app containers: one that was never started is lost, too.
    [[], ['waiting'], 'ContainerStatusUnknown'],
    [[], ['running', 'ok'], 'ContainerStatusUnknown Completed'],
    // An init container that did not succeed is reason enough; what came after it never had its turn.
    [['failed'], ['waiting'], 'Error waiting'],
    [['waiting', 'waiting'], ['waiting'], 'ContainerStatusUnknown waiting waiting'],
    [['ok', 'running', 'waiting'], ['waiting'], 'Completed ContainerStatusUnknown waiting waiting'],
    [['ok', 'ok'], ['waiting', 'failed'], 'Completed Completed ContainerStatusUnknown Error'],
    [['waiting'], ['running', 'waiting'], 'ContainerStatusUnknown ContainerStatusUnknown ContainerStatusUnknown'],
  ])('with init containers %j and app containers %j shows %s', (inits, apps, expected) => {
    const named = (prefix: string) => (state: State, index: number) => status(`${prefix}${index}`, state)
    const container = (each: ContainerStatus) => ({ name: each.name, image: 'i' })
    const initContainerStatuses = inits.map(named('i'))
    const containerStatuses = apps.map(named('a'))
    const spec = { initContainers: initContainerStatuses.map(container), containers: containerStatuses.map(container) } as PodSpec
    const settled = withLostContainers(spec, { initContainerStatuses, containerStatuses })
    expect([...shown(settled.initContainerStatuses), ...shown(settled.containerStatuses)].join(' ')).toBe(expected)
  })
})
