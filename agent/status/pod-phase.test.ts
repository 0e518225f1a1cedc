import { describe, expect, it } from '@jest/globals'
import type { Container } from '../../api/core/container.ts'
import type { ContainerStatus } from '../../api/core/pod-status.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { podPhase, type Phase } from './pod-phase.ts'

const status = (name: string, more: Partial<ContainerStatus>): ContainerStatus => ({
  name,
  image: '',
  imageID: '',
  ready: false,
  state: {},
  lastState: {},
  restartCount: 0,
  ...more,
})
const runs = (name: string) => status(name, { state: { running: {} }, started: true })
const ended = (name: string, exitCode: number) => status(name, { state: { terminated: { exitCode } } })
const waits = (name: string) => status(name, { state: { waiting: {} } })
const waitsAgain = (name: string, exitCode: number, reason = 'Error') =>
  status(name, { state: { waiting: {} }, lastState: { terminated: { exitCode, reason } } })

const c = (name: string, more: Partial<Container> = {}): Container => ({ name, resources: {}, ...more })
const rule = { action: 'Restart' as const, exitCodes: { operator: 'In' as const, values: [42] } }
const spec = (restartPolicy: 'Always' | 'OnFailure' | 'Never', more: Partial<PodSpec> = {}): PodSpec => ({
  restartPolicy,
  containers: [c('a'), c('b')],
  ...more,
})
const one = (container: Container): Partial<PodSpec> => ({ containers: [container] })

describe('the phase of a pod', () => {
  it.each<[string, Phase, PodSpec, ContainerStatus[]]>([
    ['is Pending while a container has yet to start', 'Pending', spec('Always'), [runs('a'), waits('b')]],
    ['is Running while one runs', 'Running', spec('Never'), [runs('a'), ended('b', 1)]],
    ['stays Running while all are about to be restarted', 'Running', spec('Always'), [ended('a', 0), ended('b', 0)]],
    ['is Succeeded when all have, and none comes back', 'Succeeded', spec('OnFailure'), [ended('a', 0), ended('b', 0)]],
    ['is Failed when one has, and none comes back', 'Failed', spec('Never'), [ended('a', 0), ended('b', 1)]],
    ['is Running while one waits for its next start', 'Running', spec('OnFailure'), [ended('a', 0), waitsAgain('b', 1)]],
    [
      'is Running while a container’s own policy restarts it',
      'Running',
      spec('Never', one(c('a', { restartPolicy: 'OnFailure' }))),
      [ended('a', 1)],
    ],
    ['ends when a container’s own policy says so', 'Failed', spec('Always', one(c('a', { restartPolicy: 'Never' }))), [ended('a', 1)]],
    [
      'is Running while a rule restarts a container',
      'Running',
      spec('Never', one(c('a', { restartPolicy: 'Never', restartPolicyRules: [rule] }))),
      [ended('a', 42)],
    ],
    [
      'is Running while everything starts anew',
      'Running',
      spec('Never'),
      [waitsAgain('a', 137, 'RestartingAllContainers'), waitsAgain('b', 137, 'RestartingAllContainers')],
    ],
    [
      'is Failed when an init container has, for good',
      'Failed',
      spec('Never', { initContainers: [c('i')] }),
      [ended('i', 1), waits('a'), waits('b')],
    ],
    [
      'is Pending while an init container is repeated',
      'Pending',
      spec('OnFailure', { initContainers: [c('i')] }),
      [ended('i', 1), waits('a'), waits('b')],
    ],
    [
      'is Pending while an init container’s own policy repeats it',
      'Pending',
      spec('Never', { initContainers: [c('i', { restartPolicy: 'OnFailure' })] }),
      [ended('i', 1), waits('a'), waits('b')],
    ],
  ])('%s', (...row) => {
    const [, phase, of, statuses] = row
    expect(podPhase(of, statuses, false)).toBe(phase)
  })
})
