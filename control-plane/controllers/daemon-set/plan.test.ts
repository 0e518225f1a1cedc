import { describe, expect, it } from '@jest/globals'
import type { DaemonSet } from '../../../api/apps/daemon-set.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { daemonPod, type DaemonSetState } from './daemon-pods.ts'
import { daemonSetStatus } from './daemon-set-status.ts'
import { daemonTolerations, nodeFit, pinnedAffinity, targetNode } from './node-fit.ts'
import { planNodes } from './plan-nodes.ts'
import { planUpdate } from './plan-update.ts'

const now = new Date('2026-01-01T01:00:00Z')
const daemonSet = (rollingUpdate: object = { maxUnavailable: 1, maxSurge: 0 }, podSpec: object = {}) =>
  ({
    metadata: { name: 'logs', namespace: 'default', uid: 'set', generation: 1, annotations: {} },
    spec: { template: { metadata: {}, spec: { ...podSpec } }, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
    status: {},
  }) as unknown as DaemonSet
const node = (name: string, taints: object[] = [], labels: object = {}) =>
  ({ metadata: { name, labels }, spec: { taints } }) as unknown as Node

let serial = 0
/** `a:old!`: on node a, of the old revision; `!` not ready, `~` terminating, `x` failed, `s` succeeded, `?` not assigned yet. */
function pod(text: string): Pod {
  const [, on, revision, mark] = /^(\w+):(old|new)([!~xs?])?$/.exec(text) ?? []
  const phase = mark === 'x' ? 'Failed' : mark === 's' ? 'Succeeded' : mark === '?' ? 'Pending' : 'Running'
  const ready = phase === 'Running' && mark !== '!'
  return {
    metadata: {
      name: text,
      creationTimestamp: new Date(Date.UTC(2026, 0, 1) + 1000 * serial++).toISOString(),
      labels: { 'controller-revision-hash': revision },
      ...(mark === '~' ? { deletionTimestamp: '2026-01-01T00:30:00Z' } : {}),
    },
    spec: mark === '?' ? { affinity: pinnedAffinity(undefined, on ?? '') } : { nodeName: on },
    status: { phase, conditions: ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:59:50Z' }] : [] },
  } as unknown as Pod
}
const stateOf = (set: DaemonSet, nodes: readonly Node[], pods: string): DaemonSetState => ({
  set,
  nodes,
  pods: pods.split(' ').filter(Boolean).map(pod),
  hash: 'new',
  now,
})
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name)
const surge = { maxUnavailable: 0, maxSurge: 1 }

describe('the nodes of a DaemonSet', () => {
  const noSchedule = { key: 'gpu', effect: 'NoSchedule' }
  const noExecute = { key: 'gpu', effect: 'NoExecute' }
  it.each([
    ['any', {}, node('a'), true, true],
    ['not those with a taint', {}, node('a', [noSchedule]), false, true],
    ['nor stay there, if it drives pods out', {}, node('a', [noExecute]), false, false],
    ['those with a taint that is borne', { tolerations: [{ key: 'gpu', operator: 'Exists' }] }, node('a', [noExecute]), true, true],
    ['those that are cordoned', {}, node('a', [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]), true, true],
    ['those that do not answer', {}, node('a', [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }]), true, true],
    ['the one it names', { nodeName: 'b' }, node('a'), false, false],
    ['those its selector picks', { nodeSelector: { disk: 'ssd' } }, node('a', [], { disk: 'ssd' }), true, true],
    ['no others', { nodeSelector: { disk: 'ssd' } }, node('a'), false, false],
  ])('are %s', (_, podSpec, candidate, shouldRun, mayStay) => {
    expect(nodeFit(daemonSet({}, podSpec), candidate)).toEqual({ shouldRun, mayStay })
  })

  it('are named in each pod', () => {
    const made = daemonPod(daemonSet(), 'a', 'new') as unknown as Pod
    expect(targetNode(made)).toBe('a')
    expect(made.metadata.labels).toEqual({ 'controller-revision-hash': 'new' })
    expect(daemonTolerations({ hostNetwork: true } as never).map(({ key }) => key)).toEqual(
      ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable', 'network-unavailable'].map(
        key => `node.kubernetes.io/${key}`,
      ),
    )
  })
})

describe('a DaemonSet', () => {
  const tainted = [node('a', [{ key: 'gpu', effect: 'NoSchedule' }])]
  const repelling = [node('a', [{ key: 'gpu', effect: 'NoExecute' }])]
  const two = [node('a'), node('b')]
  it.each([
    ['makes a pod where there is none', daemonSet(), two, 'a:new', ['b'], [], []],
    ['waits for one that is bound for the node', daemonSet(), two, 'a:new b:new?', [], [], []],
    ['waits for one that is ending', daemonSet(), two, 'a:new b:new~', [], [], []],
    ['keeps the oldest of two', daemonSet(), two, 'a:old a:new b:new', [], ['a:new'], []],
    ['makes none on a tainted node, but lets one stay', daemonSet(), tainted, 'a:new', [], [], []],
    ['takes pods away that may not stay', daemonSet(), repelling, 'a:new', [], ['a:new'], []],
    ['takes away what is bound for a node that is no more', daemonSet(), [node('a')], 'a:new z:new?', [], ['z:new?'], []],
    ['replaces pods that have ended', daemonSet(), two, 'a:newx b:news', [], [], ['a:newx', 'b:news']],
    ['lets two be while surging', daemonSet(surge), two, 'a:old a:new! b:new', [], [], []],
    ['takes the old one when the new one is available', daemonSet(surge), two, 'a:old a:new b:new', [], ['a:old'], []],
    ['takes the old one when that does not work', daemonSet(surge), two, 'a:old! a:new! b:new', [], ['a:old!'], []],
  ])('%s', (_, set, nodes, pods, create, doomed, ended) => {
    const plan = planNodes(stateOf(set, nodes, pods))
    expect([plan.create, names(plan.delete), names(plan.ended.map(each => each.pod))]).toEqual([create, doomed, ended])
  })
})

describe('an update of a DaemonSet', () => {
  const three = [node('a'), node('b'), node('c')]
  it.each([
    ['takes one old pod', daemonSet(), 'a:old b:old c:old', [], ['a:old']],
    ['waits for its successor', daemonSet(), 'a:new! b:old c:old', [], []],
    ['counts a node without a pod', daemonSet(), 'b:old c:old', [], []],
    ['goes on', daemonSet(), 'a:new b:old c:old', [], ['b:old']],
    ['replaces broken ones whatever the limit', daemonSet(), 'a:new! b:old! c:old', [], ['b:old!']],
    ['takes more when it may', daemonSet({ maxUnavailable: '50%' }), 'a:old b:old c:old', [], ['a:old', 'b:old']],
    ['makes new ones beside old ones', daemonSet(surge), 'a:old b:old c:old', ['a'], []],
    ['waits until those are available', daemonSet(surge), 'a:old a:new! b:old c:old', [], []],
    ['then takes the old ones', daemonSet(surge), 'a:old a:new b:old c:old', ['b'], ['a:old']],
    ['surges at once where the old one is broken', daemonSet(surge), 'a:old b:old c:old!', ['c', 'a'], []],
    ['is done', daemonSet(), 'a:new b:new c:new', [], []],
  ])('%s', (_, set, pods, create, doomed) => {
    const plan = planUpdate(stateOf(set, three, pods))
    expect([plan.create, names(plan.delete)]).toEqual([create, doomed])
  })

  it('waits for somebody to delete pods with OnDelete', () => {
    const set = daemonSet()
    const onDelete = { ...set, spec: { ...set.spec, updateStrategy: { type: 'OnDelete' } } } as DaemonSet
    expect(planUpdate(stateOf(onDelete, three, 'a:old b:old c:old'))).toEqual({ create: [], delete: [] })
  })

  it('does not wait for nodes that want no pod', () => {
    const nodes = [node('a', [{ key: 'gpu', effect: 'NoSchedule' }]), node('b')]
    expect(names(planUpdate(stateOf(daemonSet(), nodes, 'b:old')).delete)).toEqual(['b:old'])
  })

  it('does not surge onto a node that no longer wants the pod', () => {
    const nodes = [node('a', [{ key: 'gpu', effect: 'NoSchedule' }]), node('b')]
    const plan = planUpdate(stateOf(daemonSet(surge), nodes, 'a:old b:new'))
    expect([plan.create, names(plan.delete)]).toEqual([[], ['a:old']])
  })
})

describe('the status of a DaemonSet', () => {
  it('counts nodes', () => {
    const nodes = [node('a'), node('b'), node('c'), node('d', [{ key: 'gpu', effect: 'NoSchedule' }])]
    expect(daemonSetStatus(stateOf(daemonSet(), nodes, 'a:new b:old! d:new'), undefined).status).toEqual({
      currentNumberScheduled: 2,
      numberMisscheduled: 1,
      desiredNumberScheduled: 3,
      numberReady: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
      numberUnavailable: 2,
      observedGeneration: 1,
    })
  })

  it('says when the next pod becomes available', () => {
    const set = daemonSet()
    const slow = { ...set, spec: { ...set.spec, minReadySeconds: 30 } }
    expect(daemonSetStatus(stateOf(slow, [node('a')], 'a:new'), 1)).toMatchObject({
      status: { numberReady: 1, collisionCount: 1 },
      after: 20_000,
    })
  })
})
