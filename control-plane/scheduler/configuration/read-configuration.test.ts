import { describe, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { nodeInfoOf } from '../node-info.ts'
import { placePod } from '../place-pod.ts'
import { defaultProfile, type Profile } from '../profile.ts'
import { readConfiguration } from './read-configuration.ts'

const read = (fields: object) =>
  readConfiguration(stringify({ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', ...fields }))
const withPlugins = (plugins: object) => read({ profiles: [{ plugins }] })
const withArgs = (name: string, args: object) => read({ profiles: [{ pluginConfig: [{ name, args }] }] })
const profile = ({ configuration }: ReturnType<typeof read>): Profile => configuration.profiles[0] ?? defaultProfile
const filters = (found: ReturnType<typeof read>) => profile(found).rules.flatMap(({ name, filter }) => (filter ? [name] : []))
const weights = (found: ReturnType<typeof read>) =>
  Object.fromEntries(profile(found).rules.flatMap(({ name, score }) => (score ? [[name, score.weight]] : [])))

const defaultWeights = {
  TaintToleration: 3,
  NodeAffinity: 2,
  NodeResourcesFit: 1,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  NodeResourcesBalancedAllocation: 1,
  ImageLocality: 1,
}

describe('a scheduler configuration', () => {
  it('that says nothing is what a scheduler without one does', () => {
    const found = read({})
    expect(found.configuration).toMatchObject({ podInitialBackoffSeconds: 1, podMaxBackoffSeconds: 10 })
    expect(found.configuration.profiles).toHaveLength(1)
    expect(profile(found)).toMatchObject({
      schedulerName: 'default-scheduler',
      preemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
      percentageOfNodesToScore: 0,
    })
    expect(filters(found)).toEqual(defaultProfile.rules.filter(({ filter }) => filter).map(({ name }) => name))
    expect(weights(found)).toEqual(defaultWeights)
    expect(found.ignored).toEqual([])
  })

  it('has any number of profiles, each with its own share of nodes', () => {
    const { configuration } = read({
      percentageOfNodesToScore: 20,
      podMaxBackoffSeconds: 30,
      profiles: [{ schedulerName: 'a' }, { schedulerName: 'b', percentageOfNodesToScore: 70 }],
    })
    expect(configuration.profiles.map(({ schedulerName, percentageOfNodesToScore }) => [schedulerName, percentageOfNodesToScore])).toEqual([
      ['a', 20],
      ['b', 70],
    ])
    expect(configuration.podMaxBackoffSeconds).toBe(30)
  })

  it('tells what nobody follows', () => {
    expect(read({ leaderElection: { leaderElect: false }, parallelism: 4 }).ignored).toEqual(['parallelism', 'leaderElection'])
  })

  it('disables plugins everywhere or at one extension point, and gives weights', () => {
    const everywhere = withPlugins({ multiPoint: { disabled: [{ name: 'NodePorts' }, { name: 'ImageLocality' }] } })
    expect(filters(everywhere)).not.toContain('NodePorts')
    expect(weights(everywhere)).not.toHaveProperty('ImageLocality')
    const scores = withPlugins({ score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeAffinity', weight: 7 }] } })
    expect(weights(scores)).toEqual({ NodeAffinity: 7 })
    expect(filters(scores)).toContain('TaintToleration')
    expect(weights(withPlugins({ multiPoint: { enabled: [{ name: 'PodTopologySpread', weight: 5 }] } }))).toEqual({
      ...defaultWeights,
      PodTopologySpread: 5,
    })
    expect(profile(withPlugins({ postFilter: { disabled: [{ name: 'DefaultPreemption' }] } })).preemption).toBeUndefined()
  })

  it('puts first what it names for an extension point', () => {
    const found = withPlugins({ filter: { enabled: [{ name: 'NodeResourcesFit' }, { name: 'NodeName' }] } })
    expect(filters(found).slice(0, 3)).toEqual(['NodeResourcesFit', 'NodeName', 'NodeUnschedulable'])
  })

  it.each<[string, () => unknown, string]>([
    [
      'another version',
      () => readConfiguration('apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration'),
      'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3"',
    ],
    ['an unknown field', () => read({ profiles: [{ color: 1 }] }), 'strict decoding error: unknown field "profiles[0].color"'],
    [
      'a field of the wrong type',
      () => read({ parallelism: 'many' }),
      'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32',
    ],
    ['no parallelism', () => read({ parallelism: 0 }), 'parallelism: Invalid value: 0: should be an integer value greater than zero'],
    [
      'a share beyond all',
      () => read({ percentageOfNodesToScore: 101 }),
      'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]',
    ],
    [
      'a share of a profile below none',
      () => read({ profiles: [{ percentageOfNodesToScore: -1 }] }),
      'profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]',
    ],
    [
      'a profile without name beside others',
      () => read({ profiles: [{ schedulerName: 'a' }, {}] }),
      'profiles[1].schedulerName: Required value',
    ],
    [
      'two profiles of one name',
      () => read({ profiles: [{ schedulerName: 'a' }, { schedulerName: 'a' }] }),
      'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
    ],
    ['no back-off', () => read({ podInitialBackoffSeconds: 0 }), 'podInitialBackoffSeconds: Invalid value: 0: must be greater than 0'],
    [
      'a longest back-off below the first',
      () => read({ podInitialBackoffSeconds: 20 }),
      'podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds',
    ],
    ['extenders', () => read({ extenders: [{ urlPrefix: 'http://x' }] }), 'extenders: Forbidden: extenders are not supported'],
    [
      'a plugin that upstream has removed',
      () => withPlugins({ filter: { enabled: [{ name: 'EBSLimits' }] } }),
      'profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "kubescheduler.config.k8s.io/v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")',
    ],
    [
      'different queues',
      () => read({ profiles: [{ schedulerName: 'a' }, { schedulerName: 'b', plugins: { queueSort: { disabled: [{ name: '*' }] } } }] }),
      'profiles[1].plugins.queueSort: Invalid value: {"disabled":[{"name":"*"}]}: must be the same for all profiles',
    ],
    [
      'several things at once',
      () => read({ parallelism: 0, podInitialBackoffSeconds: 0 }),
      '[parallelism: Invalid value: 0: should be an integer value greater than zero, podInitialBackoffSeconds: Invalid value: 0: must be greater than 0]',
    ],
    [
      'an unknown plugin',
      () => withPlugins({ filter: { enabled: [{ name: 'Nope' }] } }),
      'initializing profiles: creating profile for scheduler name default-scheduler: FilterPlugin "Nope" does not exist',
    ],
    [
      'a plugin where it cannot work',
      () => withPlugins({ score: { enabled: [{ name: 'NodePorts' }] } }),
      'plugin "NodePorts" does not extend ScorePlugin plugin',
    ],
    [
      'a plugin twice',
      () => withPlugins({ filter: { enabled: [{ name: 'NodePorts' }, { name: 'NodePorts' }] } }),
      'plugin "NodePorts" already registered as "FilterPlugin"',
    ],
    [
      'no queue',
      () => withPlugins({ queueSort: { disabled: [{ name: '*' }] } }),
      'only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0',
    ],
    [
      'nobody who binds',
      () => withPlugins({ bind: { disabled: [{ name: '*' }] } }),
      'at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
    ],
    [
      'arguments twice',
      () => read({ profiles: [{ pluginConfig: [{ name: 'NodeAffinity' }, { name: 'NodeAffinity' }] }] }),
      'profiles[0].pluginConfig[1]: Duplicate value: "NodeAffinity"',
    ],
    [
      'an unknown argument',
      () => withArgs('InterPodAffinity', { soft: 1 }),
      'decoding args for plugin InterPodAffinity: strict decoding error: unknown field "soft"',
    ],
    [
      'arguments of another plugin',
      () => withArgs('InterPodAffinity', { kind: 'NodeAffinityArgs' }),
      'args for plugin InterPodAffinity were not of type InterPodAffinityArgs.kubescheduler.config.k8s.io, got NodeAffinityArgs',
    ],
    [
      'a weight beyond a hundred',
      () => withArgs('InterPodAffinity', { hardPodAffinityWeight: 101 }),
      'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]',
    ],
    [
      'preemption that looks at nothing',
      () => withArgs('DefaultPreemption', { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }),
      'profiles[0].pluginConfig[0].args.minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute',
    ],
    [
      'an unknown strategy',
      () => withArgs('NodeResourcesFit', { scoringStrategy: { type: 'Best' } }),
      'profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
    ],
    [
      'a strategy without its shape',
      () => withArgs('NodeResourcesFit', { scoringStrategy: { type: 'RequestedToCapacityRatio' } }),
      'args.scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio',
    ],
    [
      'default constraints that are not used',
      () =>
        withArgs('PodTopologySpread', { defaultConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] }),
      'args.defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
    ],
    [
      'default constraints with a selector',
      () =>
        withArgs('PodTopologySpread', {
          defaultingType: 'List',
          defaultConstraints: [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }],
        }),
      'args.defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf)',
    ],
    [
      'unbalanced weights',
      () => withArgs('NodeResourcesBalancedAllocation', { resources: [{ name: 'cpu', weight: 2 }] }),
      'args.resources[0].weight: Invalid value: 2: must be 1',
    ],
    [
      'an affinity without terms',
      () => withArgs('NodeAffinity', { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }),
      'args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  ])('is refused with %s', (_, reading, message) => {
    expect(reading).toThrow(message)
  })
})

const node = (name: string, labels: Record<string, string> = {}) =>
  ({
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: {},
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  }) as unknown as Node
const pod = (name: string, cpu = '1', owner?: string) =>
  ({
    metadata: { name, namespace: 'default', uid: name, ...(owner ? { ownerReferences: [{ uid: owner, controller: true }] } : {}) },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] },
    status: {},
  }) as unknown as Pod
const place = (found: ReturnType<typeof read>, wanted: Pod, nodes: readonly [Node, ...Pod[]][]) => {
  const cluster = { nodes: nodes.map(([each, ...pods]) => nodeInfoOf(each, pods)), namespaces: [], services: [], claims: [] }
  const placed = placePod(wanted, cluster, { plugins: profile(found).rules, random: () => 0 })
  return placed.node ? placed.node.node.metadata.name : placed.why
}

describe('arguments of rules', () => {
  const crowded: [Node, ...Pod[]][] = [[node('empty')], [node('half'), pod('q', '2')]]

  it.each<[string, object | undefined, string]>([
    ['the emptiest node by default', undefined, 'empty'],
    ['the fullest', { type: 'MostAllocated', resources: [{ name: 'cpu' }] }, 'half'],
    [
      'the one of the best shape',
      {
        type: 'RequestedToCapacityRatio',
        resources: [{ name: 'cpu' }],
        requestedToCapacityRatio: {
          shape: [
            { utilization: 0, score: 0 },
            { utilization: 75, score: 10 },
            { utilization: 100, score: 0 },
          ],
        },
      },
      'half',
    ],
  ])('choose %s', (_, scoringStrategy, expected) => {
    expect(place(withArgs('NodeResourcesFit', scoringStrategy ? { scoringStrategy } : {}), pod('p'), crowded)).toBe(expected)
  })

  it('keep pods to the nodes of their profile', () => {
    const addedAffinity = {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['a'] }] }],
      },
    }
    const found = withArgs('NodeAffinity', { addedAffinity })
    expect(place(found, pod('p'), [[node('x')], [node('y', { pool: 'a' })]])).toBe('y')
    expect(place(found, pod('p'), [[node('x')]])).toBe("0/1 nodes are available: 1 node(s) didn't match scheduler-enforced node affinity.")
  })

  it('spread pods of one owner by default constraints', () => {
    const found = withArgs('PodTopologySpread', {
      defaultingType: 'List',
      defaultConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }],
    })
    const nodes: [Node, ...Pod[]][] = [
      [node('x'), pod('q', '0', 'o')],
      [node('y'), pod('r', '0', 'o'), pod('s', '0', 'o')],
    ]
    expect(place(found, pod('p', '0', 'o'), nodes)).toBe('x')
    expect(place(found, pod('p', '0', 'o'), [nodes[1] ?? [node('y')], [node('z'), pod('t', '5', 'o')]])).toBe('z')
  })

  it('leave resources out of account', () => {
    const wanted = {
      ...pod('p'),
      spec: { containers: [{ name: 'c', resources: { requests: { 'example.com/gpu': '1' } } }] },
    } as unknown as Pod
    expect(place(withArgs('NodeResourcesFit', {}), wanted, [[node('x')]])).toBe('0/1 nodes are available: 1 Insufficient example.com/gpu.')
    expect(place(withArgs('NodeResourcesFit', { ignoredResourceGroups: ['example.com'] }), wanted, [[node('x')]])).toBe('x')
  })
})
