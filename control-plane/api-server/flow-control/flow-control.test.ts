import { describe, expect, it } from '@jest/globals'
import { type FlowSchema } from '../../../api/flowcontrol/flow-schema.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import type { Attributes, Lookup, User } from '../interfaces.ts'
import { builtInLevels } from './built-in.ts'
import { divideSeats } from './concurrency.ts'
import { FairQueues, hand } from './fair-queues.ts'
import { PriorityAndFairness } from './flow-control.ts'

const reading = (resource: string, more: Partial<Extract<Attributes, { type: 'resource' }>> = {}): Attributes => ({
  type: 'resource',
  verb: 'get',
  group: '',
  version: 'v1',
  resource,
  namespace: 'default',
  name: 'x',
  ...more,
})
const person = (name: string): User => ({ name, groups: ['system:authenticated'] })
const never = () => new AbortController().signal

/** Which level got the request. */
async function levelOf(user: User, attributes: Attributes): Promise<string> {
  const control = new PriorityAndFairness({ seats: 600 })
  await control.admit(user, attributes, never)
  return [...control.levels].find(({ executing }) => executing > 0)?.name ?? ''
}

describe('priority and fairness', () => {
  it.each([
    [{ name: 'a', groups: ['system:masters'] }, reading('pods'), 'exempt'],
    [person('a'), { type: 'path', verb: 'get', path: '/healthz/ping' }, 'exempt'],
    [person('a'), { type: 'path', verb: 'get', path: '/healthzz' }, 'global-default'],
    [person('a'), reading('pods'), 'global-default'],
    [{ name: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] }, reading('pods'), 'system'],
    [{ name: 'system:node:n', groups: ['system:nodes'] }, reading('nodes', { subresource: 'status', namespace: '' }), 'node-high'],
    [person('system:kube-scheduler'), reading('leases', { group: 'coordination.k8s.io' }), 'leader-election'],
    [person('system:kube-scheduler'), reading('leases', { group: 'coordination.k8s.io', verb: 'patch' }), 'workload-high'],
    [{ name: 'system:serviceaccount:kube-system:x', groups: ['system:serviceaccounts'] }, reading('pods'), 'workload-high'],
    [{ name: 'system:serviceaccount:kube-systemx:x', groups: ['system:serviceaccounts'] }, reading('pods'), 'workload-low'],
    [{ name: 'nobody', groups: [] }, reading('pods'), 'catch-all'],
  ] satisfies [User, Attributes, string][])('knows where %j belongs', async (user, attributes, expected) => {
    expect(await levelOf(user, attributes)).toBe(expected)
  })

  it('divides seats by shares', () => {
    const seats = divideSeats(builtInLevels, 600)
    expect(seats.get('global-default')).toEqual({ nominal: 49, least: 24, most: 600 })
    expect(seats.get('catch-all')).toMatchObject({ nominal: 13, least: 13 })
    expect(seats.get('exempt')).toMatchObject({ nominal: 0, least: 0 })
  })

  it('lets a level borrow what others lend, and no more', async () => {
    const control = new PriorityAndFairness({ seats: 49 })
    const nodes = { name: 'n', groups: ['system:nodes'] }
    let served = 0
    for (let index = 0; index < 100; index++) {
      const admitted = control.admit(nodes, reading('pods'), never)
      if (!(admitted instanceof Promise) && admitted.served) served++
    }
    const [system] = [...control.levels].filter(({ name }) => name === 'system')
    expect(system?.seats.nominal).toBe(6)
    expect(served).toBeGreaterThan(6)
    // What is kept for others stays theirs.
    expect(await Promise.resolve(control.admit(person('a'), reading('pods'), never))).toMatchObject({ served: true })
    expect(served).toBeLessThan(49)
  })

  it('serves a light user in time beside a heavy one', async () => {
    const control = new PriorityAndFairness({ seats: 1 })
    const order: string[] = []
    const ask = async (name: string) => {
      const admitted = await control.admit(person(name), reading('pods'), never)
      order.push(name)
      return admitted
    }
    const first = await ask('heavy')
    const waiting = Array.from({ length: 40 }, () => ask('heavy').then(({ release }) => release()))
    waiting.push(ask('light').then(({ release }) => release()))
    first.release()
    await Promise.all(waiting)
    expect(order.indexOf('light')).toBeLessThan(10)
    expect(order).toHaveLength(42)
  })

  it('refuses when queues are full, when waiting takes too long, and forgets those who leave', async () => {
    const control = new PriorityAndFairness({ seats: 1, longestWait: 20 })
    const first = await control.admit(person('a'), reading('pods'), never)
    const gone = new AbortController()
    const leaving = control.admit(person('a'), reading('pods'), () => gone.signal)
    gone.abort()
    expect((await leaving).served).toBe(false)
    const answers = await Promise.all(Array.from({ length: 400 }, () => control.admit(person('a'), reading('pods'), never)))
    expect(answers.every(({ served }) => !served)).toBe(true)
    const [level] = [...control.levels].filter(({ name }) => name === 'global-default')
    // Six queues of fifty.
    expect(level?.rejected).toEqual({ 'queue-full': 100, 'concurrency-limit': 0, 'time-out': 300, cancelled: 1 })
    first.release()
    expect(await control.admit(person('a'), reading('pods'), never)).toMatchObject({ served: true })
  })

  it('follows the objects, and keeps what has to be there', async () => {
    const schema = {
      metadata: { name: 'mine', uid: 'u-1' },
      spec: {
        priorityLevelConfiguration: { name: 'exempt' },
        matchingPrecedence: 5,
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'a' } }],
            resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['pods'], namespaces: ['*'] }],
          },
        ],
      },
    } as unknown as FlowSchema
    let objects: KubernetesObject[] = []
    const lookup = {
      get: () => undefined,
      list: ({ kind }: { kind: string }) => (kind === 'FlowSchema' ? objects : []),
    } as unknown as Lookup
    const control = new PriorityAndFairness({ seats: 600, lookup })
    expect(await control.admit(person('a'), reading('pods'), never)).toMatchObject({ schema: '' })
    objects = [schema as unknown as KubernetesObject]
    control.changed()
    expect(await control.admit(person('a'), reading('pods'), never)).toMatchObject({ schema: 'u-1', level: '' })
    await control.admit(person('b'), reading('pods'), never)
    expect([...control.levels].find(({ name }) => name === 'catch-all')?.executing).toBe(1)
  })
})

describe('fair queues', () => {
  it('deals every flow different queues', () => {
    for (let hash = 1; hash < 1000; hash++) {
      const dealt = hand(hash * 7919, { queues: 16, handSize: 8 })
      expect(new Set(dealt).size).toBe(8)
      expect(Math.max(...dealt)).toBeLessThan(16)
    }
  })
  it('keeps the order within a flow of one queue', () => {
    const queues = new FairQueues({ queues: 1, handSize: 1, queueLengthLimit: 3 })
    const started: number[] = []
    for (const number of [1, 2, 3]) queues.add('a', { start: () => started.push(number) })
    expect(queues.add('a', { start: () => undefined })).toBeUndefined()
    while (queues.size > 0) queues.next()?.start()
    expect(started).toEqual([1, 2, 3])
  })
})
