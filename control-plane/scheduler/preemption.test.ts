import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { PodDisruptionBudget } from '../../api/policy/pod-disruption-budget.ts'
import { nodeInfoOf } from './node-info.ts'
import { Nominations } from './nominations.ts'
import { enoughNodes, placePod } from './place-pod.ts'
import { explain } from './placement.ts'
import { plugins } from './plugins/index.ts'
import { planPreemption, type PreemptionPlan } from './preemption.ts'
import { defaultPreemption } from './profile.ts'

interface PodShape {
  readonly cpu?: string
  readonly priority?: number
  readonly labels?: Record<string, string>
  readonly started?: number
  readonly spec?: object
  readonly status?: object
  readonly deleted?: boolean
}
const node = (name: string, spec: object = {}) =>
  ({
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec,
    status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' } },
  }) as unknown as Node
const pod = (name: string, { cpu = '1', priority = 0, labels = { app: 'a' }, started = 0, spec, status, deleted }: PodShape = {}) =>
  ({
    metadata: { name, namespace: 'default', uid: name, labels, ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], priority, ...spec },
    status: { startTime: new Date(Date.UTC(2026, 0, 1, 0, 0, started)).toISOString(), ...status },
  }) as unknown as Pod
const budget = (allowed: number, disruptedPods = {}) =>
  ({
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'kept' } } },
    status: { disruptionsAllowed: allowed, disruptedPods },
  }) as unknown as PodDisruptionBudget
const kept = { app: 'kept' }

function plan(wanted: Pod, nodes: readonly [Node, ...Pod[]][], budgets: readonly PodDisruptionBudget[] = []): PreemptionPlan {
  const infos = nodes.map(([each, ...pods]) => nodeInfoOf(each, pods))
  const affine = infos.filter(info => info.affine.length > 0)
  const cluster = { nodes: infos, affine, namespaces: [], services: [], claims: [] }
  const placement = placePod(wanted, cluster, { plugins })
  if (placement.node) throw new Error(`${wanted.metadata.name} fits on ${placement.node.node.metadata.name} without preemption`)
  return planPreemption(wanted, cluster, { plugins, refusals: placement.refusals, budgets, limits: defaultPreemption, random: () => 0 })
}
const chosen = (found: PreemptionPlan) => [found.candidate?.node, ...(found.candidate?.victims ?? []).map(({ metadata }) => metadata.name)]
const big = (shape: PodShape = {}) => pod('big', { cpu: '2', priority: 100, ...shape })

describe('preemption', () => {
  it.each([
    ['all less important pods, when all have to go', [[node('a'), pod('x'), pod('y', { priority: 5 })]], [], ['a', 'y', 'x']],
    [
      'and names the most important victim first',
      [[node('a'), pod('x', { cpu: '500m', priority: 9 }), pod('y', { cpu: '1500m', priority: 1 })]],
      [],
      ['a', 'x', 'y'],
    ],
    [
      'the node with the less important victims',
      [
        [node('a'), pod('x', { priority: 9 })],
        [node('b'), pod('y', { priority: 3 })],
      ],
      [],
      ['b', 'y'],
    ],
    [
      'the node with the smaller sum of priorities',
      [
        [node('a'), pod('x', { priority: 3 }), pod('x2', { priority: 3 })],
        [node('b'), pod('y', { priority: 3 }), pod('y2', { priority: 1 })],
      ],
      [],
      ['b', 'y', 'y2'],
    ],
    [
      'the node with fewer victims',
      [
        [node('a'), pod('x'), pod('x2')],
        [node('b'), pod('y', { cpu: '2' })],
      ],
      [],
      ['b', 'y'],
    ],
    [
      'the pod that started last',
      [
        [node('a'), pod('x', { started: 1 })],
        [node('b'), pod('y', { started: 5 })],
      ],
      [],
      ['b', 'y'],
    ],
    [
      'the node where no budget is violated, even for more important victims',
      [
        [node('a'), pod('x', { labels: kept })],
        [node('b'), pod('y', { priority: 50 })],
      ],
      [budget(0)],
      ['b', 'y'],
    ],
    [
      'pods whose budget has something left',
      [
        [node('a'), pod('x', { labels: kept })],
        [node('b'), pod('y', { priority: 50 })],
      ],
      [budget(1)],
      ['a', 'x'],
    ],
    [
      'pods that are on their way out already',
      [
        [node('a'), pod('x', { labels: kept })],
        [node('b'), pod('y', { priority: 50 })],
      ],
      [budget(0, { x: 'now' })],
      ['a', 'x'],
    ],
  ] as [string, [Node, ...Pod[]][], PodDisruptionBudget[], string[]][])('chooses %s', (...[, nodes, budgets, expected]) => {
    expect(chosen(plan(big(), nodes, budgets))).toEqual(expected)
  })

  it('takes back as many victims as fit, the most important first', () => {
    const small = big({ cpu: '1' })
    expect(chosen(plan(small, [[node('a'), pod('x', { cpu: '1', priority: 1 }), pod('y', { cpu: '1', priority: 2 })]]))).toEqual(['a', 'x'])
  })

  it('makes room where host ports and other pods stand in the way, too', () => {
    const port = { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] }
    expect(chosen(plan(big({ spec: port }), [[node('a'), pod('x', { spec: port }), pod('y', { cpu: '100m' })]]))).toEqual(['a', 'x'])
    const term = { labelSelector: { matchLabels: { app: 'a' } }, topologyKey: 'kubernetes.io/hostname' }
    const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
    expect(chosen(plan(big({ cpu: '1', spec: apart }), [[node('a'), pod('x', { cpu: '100m' })]]))).toEqual(['a', 'x'])
    expect(chosen(plan(big({ cpu: '1' }), [[node('a'), pod('x', { cpu: '100m', spec: apart })]]))).toEqual(['a', 'x'])
  })

  it.each([
    [
      'the pod never preempts',
      big({ spec: { preemptionPolicy: 'Never' } }),
      [[node('a'), pod('x')]],
      'not eligible due to preemptionPolicy=Never.',
    ],
    [
      'all are as important',
      big({ priority: 0 }),
      [[node('a'), pod('x')]],
      '0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
    [
      'it would not fit all the same',
      big(),
      [
        [node('a'), pod('x'), pod('y', { priority: 100 })],
        [node('b', { unschedulable: true }), pod('z')],
      ],
      '0/2 nodes are available: 1 Insufficient cpu, 1 Preemption is not helpful for scheduling.',
    ],
    [
      'others are leaving for it already',
      big({ status: { nominatedNodeName: 'a' } }),
      [
        [
          node('a'),
          pod('x', {
            deleted: true,
            status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
          }),
        ],
      ],
      'not eligible due to a terminating pod on the nominated node.',
    ],
  ] as [string, Pod, [Node, ...Pod[]][], string][])('evicts nobody when %s', (...[, wanted, nodes, refused]) => {
    expect(plan(wanted, nodes)).toMatchObject({ refused })
  })
})

describe('a pod that has been promised a node', () => {
  const cluster = { nodes: [nodeInfoOf(node('a'), []), nodeInfoOf(node('b'), [])], namespaces: [], services: [], claims: [] }
  const promised = new Nominations()
  promised.set(big(), 'a')

  it('keeps less important ones away, but not more important ones', () => {
    const placed = (priority: number) => {
      const wanted = pod('p', { priority, cpu: '2' })
      const crowded = promised.crowded(cluster.nodes, wanted)
      return placePod(wanted, cluster, { plugins, crowded, random: () => 0 }).node?.node.metadata.name
    }
    expect([placed(0), placed(100), placed(101)]).toEqual(['b', 'b', 'a'])
    expect(promised.lesserOn('a', pod('p', { priority: 101 })).map(({ metadata }) => metadata.name)).toEqual(['big'])
  })

  it('gets that node, when it will do', () => {
    expect(placePod(big(), cluster, { plugins, nominated: 'b' }).node?.node.metadata.name).toBe('b')
    expect(placePod(big({ cpu: '3' }), cluster, { plugins, nominated: 'b' }).node).toBeUndefined()
  })
})

describe('an explanation', () => {
  it('says which rule refused a node, and what each rule gave to the others', () => {
    const nodes = [nodeInfoOf(node('a'), [pod('x')]), nodeInfoOf(node('b'), []), nodeInfoOf(node('c', { unschedulable: true }), [])]
    const text = explain(placePod(pod('p'), { nodes, namespaces: [], services: [], claims: [] }, { plugins }))
    expect(text).toMatch(/^Chosen: b, of 2 node\(s\) that will do\. b: \d+ = .*NodeResourcesFit \d+.*\. a: \d+ = /)
    expect(text).toContain('TaintToleration 3×100')
    expect(text).toContain('c refused by NodeUnschedulable: node(s) were unschedulable.')
  })
})

describe('enough nodes', () => {
  it.each([
    [3, 3],
    [100, 100],
    [1000, 420],
    [5000, 500],
    [20000, 1000],
  ])('of %i are %i', (nodes, enough) => {
    expect(enoughNodes(nodes)).toBe(enough)
  })
})
