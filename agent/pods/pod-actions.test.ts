import { describe, expect, it } from '@jest/globals'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import type { ObservedContainer, ObservedPod } from '../runtime/runtime.ts'
import { computePodActions, type PodActions, type ProbeVerdict } from './pod-actions.ts'
import { boundPod } from '../testing/scenario.ts'

const c = (name: string) => ({ name, image: 'busybox:1.36', resources: {} })
const side = (name: string) => ({ ...c(name), restartPolicy: 'Always' as const })
const spec = (part: Partial<PodSpec> = {}): Partial<PodSpec> => ({ containers: [c('c')], ...part })

const container = (name: string, more: Partial<ObservedContainer> = {}): ObservedContainer => ({
  id: `${name}-${more.attempt ?? 0}`,
  name,
  attempt: 0,
  kind: 'app',
  sandboxId: 's0',
  state: 'running',
  createdAt: '2026-01-01T00:00:00Z',
  image: 'busybox:1.36',
  imageId: '',
  annotations: {},
  ...more,
})
const exited = (name: string, exitCode: number, more: Partial<ObservedContainer> = {}) =>
  container(name, { state: 'exited', exitCode, ...more })
const sandbox = { id: 's0', attempt: 0, state: 'ready' as const, ip: '10.0.0.1', createdAt: '', labels: {} }
const seen = (containers: ObservedContainer[], sandboxes: ObservedPod['sandboxes'] = [sandbox]): ObservedPod => ({
  identity: { uid: 'u', name: 'p', namespace: 'n' },
  sandboxes,
  containers,
})
const noVerdict: ProbeVerdict = () => undefined

/** `+c` starts c, `-c` kills it, `*` kills the pod, `s1` makes sandbox 1. */
function inShort({ killPod, createSandbox, sandboxAttempt, kill, start }: PodActions): string {
  return [
    ...(killPod ? ['*'] : []),
    ...(createSandbox ? [`s${sandboxAttempt}`] : []),
    ...kill.map(({ container }) => `-${container.name}`),
    ...start.map(({ container, attempt }) => `+${container.name}${attempt || ''}`),
  ].join(' ')
}

describe('computePodActions', () => {
  const never = { restartPolicy: 'Never' as const }
  const onFailure = { restartPolicy: 'OnFailure' as const }
  const two = { initContainers: [c('i1'), c('i2')] }
  const rule = { action: 'Restart' as const, exitCodes: { operator: 'In' as const, values: [42] } }
  const own = (restartPolicy: 'Always' | 'OnFailure' | 'Never') => ({ containers: [{ ...c('c'), restartPolicy }, c('d')] })
  const ruled = { ...never, containers: [{ ...c('c'), restartPolicy: 'Never' as const, restartPolicyRules: [rule] }, c('d')] }
  const both = (exitCode: number) => seen([exited('c', exitCode), container('d')])
  const mixed = { initContainers: [side('s'), c('i')] }
  it.each<[string, Partial<PodSpec>, ObservedPod, string]>([
    ['begins with a sandbox and all app containers', spec({ containers: [c('c'), c('d')] }), seen([], []), 's0 +c +d'],
    ['begins with the first init container', spec(two), seen([], []), 's0 +i1'],
    ['starts what is missing', spec(), seen([]), '+c'],
    ['leaves running containers alone', spec(), seen([container('c')]), ''],
    ['restarts what ended', spec(), seen([exited('c', 0)]), '+c1'],
    ['restarts failures only, with OnFailure', spec(onFailure), seen([exited('c', 1)]), '+c1'],
    ['is done when everything succeeded, with OnFailure', spec(onFailure), seen([exited('c', 0)]), '*'],
    ['is done when everything ended, with Never', spec(never), seen([exited('c', 1)]), '*'],
    ['starts the same attempt when it was only created', spec(), seen([container('c', { state: 'created' })]), '+c'],
    ['waits for a running init container', spec(two), seen([container('i1')]), ''],
    ['goes on with the next init container', spec(two), seen([exited('i1', 0)]), '+i2'],
    ['goes on with the app after the last init container', spec(two), seen([exited('i2', 0), exited('i1', 0)]), '+c'],
    ['repeats a failed init container', spec(two), seen([exited('i1', 1)]), '+i11'],
    ['gives up after a failed init container, with Never', spec({ ...two, ...never }), seen([exited('i1', 1)]), '*'],
    ['goes on while a sidecar runs', spec(mixed), seen([container('s')]), '+i'],
    ['restarts a sidecar beside a later init container', spec(mixed), seen([container('i'), exited('s', 0)]), '+s1'],
    ['restarts a sidecar beside the app', spec(mixed), seen([container('c'), exited('i', 0), exited('s', 1)]), '+s1'],
    ['is done when only sidecars are left', spec({ ...mixed, ...never }), seen([exited('c', 0), exited('i', 0), container('s')]), '*'],
    [
      'makes a new sandbox when it died, and begins again',
      spec(two),
      seen([exited('c', 137), exited('i2', 0), exited('i1', 0)], [{ ...sandbox, state: 'notReady' }]),
      '* s1 +i11',
    ],
    ['does not come back from a dead sandbox, with Never', spec(never), seen([exited('c', 137)], [{ ...sandbox, state: 'notReady' }]), '*'],
    ['starts a sandbox that was only created', spec(), seen([], [{ ...sandbox, state: 'created' }]), 's0 +c'],
    ['replaces a sandbox that lost its network and all its containers', spec(), seen([], [{ ...sandbox, state: 'notReady' }]), '* s1 +c'],
    ['stops what runs without a sandbox', spec(), seen([{ ...container('c'), sandboxId: 'gone' }], []), '* s0 +c1'],
    ['keeps the container that runs, whatever newer ones died', spec(), seen([container('c'), { ...exited('c', 1), attempt: 6 }]), ''],
    ['stops a second container of one name', spec(), seen([{ ...container('c'), attempt: 1, id: 'c-1' }, container('c')]), '-c'],
    ['restarts by the container’s own policy', spec({ ...never, ...own('Always') }), both(0), '+c1'],
    ['restarts failures by the container’s own policy', spec({ ...never, ...own('OnFailure') }), both(1), '+c1'],
    ['does not restart by the container’s own policy', spec(own('Never')), both(1), ''],
    ['restarts by a rule about the exit code', spec(ruled), both(42), '+c1'],
    ['does not restart where no rule applies', spec(ruled), both(1), ''],
    [
      'repeats a failed init container by its own policy',
      spec({ ...never, initContainers: [{ ...c('i1'), restartPolicy: 'OnFailure' }] }),
      seen([exited('i1', 1)]),
      '+i11',
    ],
    [
      'gives up after a failed init container by its own policy',
      spec({ initContainers: [{ ...c('i1'), restartPolicy: 'Never' }] }),
      seen([exited('i1', 1)]),
      '*',
    ],
    [
      'replaces a sidecar whose definition has changed',
      spec(mixed),
      seen([container('c'), exited('i', 0), container('s', { annotations: { 'io.kubernetes.container.hash': 'other' } })]),
      '-s +s1',
    ],
    ['leaves ended init containers alone once the app runs', spec(two), seen([container('c'), exited('i2', 1), exited('i1', 0)]), ''],
    [
      'starts an ephemeral container beside an init container',
      spec({ ...two, ephemeralContainers: [c('e')] }),
      seen([container('i1')]),
      '+e',
    ],
    ['never starts an ephemeral container twice', spec({ ephemeralContainers: [c('e')] }), seen([container('c'), exited('e', 1)]), ''],
    [
      'comes back from a dead sandbox, with OnFailure, without what succeeded',
      spec({ ...onFailure, containers: [c('c'), c('d')] }),
      seen([exited('c', 0), exited('d', 1)], [{ ...sandbox, state: 'notReady' }]),
      '* s1 +d1',
    ],
    ['replaces a container that somebody else started again', spec(), seen([{ ...container('c'), restarted: true }]), '-c +c1'],
  ])('%s', (...row) => {
    const [, part, observed, expected] = row
    expect(inShort(computePodActions(boundPod('p', part), observed, noVerdict))).toBe(expected)
  })

  it('kills and restarts a container whose liveness probe failed', () => {
    const verdict: ProbeVerdict = (_, type) => (type === 'liveness' ? 'failure' : 'success')
    const actions = computePodActions(boundPod('p', spec()), seen([container('c')]), verdict)
    expect(inShort(actions)).toBe('-c +c1')
    expect(actions.kill[0]?.message).toBe('Container c failed liveness probe, will be restarted')
  })

  it('says whether a container that is killed for its probe comes back', () => {
    const verdict: ProbeVerdict = (id, type) => (id === 'd-0' && type === 'startup' ? 'failure' : 'success')
    const kill = (part: Partial<PodSpec>) => {
      const pod = boundPod('p', spec({ ...never, containers: [{ ...c('d'), ...part }, c('e')] }))
      return computePodActions(pod, seen([container('d'), container('e')]), verdict).kill.map(({ message }) => message)
    }
    expect(kill({})).toEqual(['Container d failed startup probe'])
    expect(kill({ restartPolicy: 'OnFailure' })).toEqual(['Container d failed startup probe, will be restarted'])
  })

  it('holds the next container back until a sidecar’s startup probe has succeeded', () => {
    const startupProbe = { exec: { command: ['true'] } }
    const pod = boundPod('p', spec({ initContainers: [{ ...side('s'), startupProbe }] }))
    expect(inShort(computePodActions(pod, seen([container('s')]), () => 'unknown'))).toBe('')
    expect(inShort(computePodActions(pod, seen([container('s')]), () => 'success'))).toBe('+c')
  })
})
