import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { couldHelp, type ClusterEvent } from './cluster-event.ts'
import type { Cluster } from './plugin.ts'
import { plugins } from './plugins/index.ts'

const cluster: Cluster = { nodes: [], namespaces: [], services: [], claims: [] }
const taint = { key: 'k', effect: 'NoSchedule' }
const node = (spec: object = {}, { labels = {}, allocatable = {} }: { labels?: object; allocatable?: object } = {}) =>
  ({
    metadata: { name: 'a', labels },
    spec,
    status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110', ...allocatable } },
  }) as unknown as Node
const pod = (
  spec: object = {},
  { labels = {}, cpu = '0', namespace = 'default' }: { labels?: object; cpu?: string; namespace?: string } = {},
) =>
  ({
    metadata: { name: 'p', namespace, uid: 'p', labels },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...spec },
    status: {},
  }) as unknown as Pod
const other = (spec: object = {}, shape: Parameters<typeof pod>[1] = {}) => pod({ nodeName: 'a', ...spec }, shape)
const port = (hostPort: number) => ({ containers: [{ name: 'c', ports: [{ hostPort, containerPort: 1 }] }] })
const term = { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'zone' }
const near = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
const far = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
const spread = {
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'x' } } },
  ],
}
const claiming = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }
const claim = (name: string, namespace = 'default') => ({ metadata: { name, namespace }, spec: {}, status: {} }) as never
const x = { labels: { app: 'x' } }
const inZone = (zone: string) => node({}, { labels: { zone } })

const nodes = (before: Node | undefined, after: Node | undefined): ClusterEvent => ({ of: 'Node', before, after })
const pods = (before: Pod | undefined, after: Pod | undefined): ClusterEvent => ({ of: 'AssignedPod', before, after })
const itself = (before: Pod, after: Pod): ClusterEvent => ({ of: 'OwnPod', before, after })

const helps = (name: string, waiting: Pod, event: ClusterEvent) =>
  plugins.find(plugin => plugin.name === name)?.helps?.(waiting, event, cluster)

const drivers = (count: number) => ({ metadata: { name: 'a' }, spec: { drivers: [{ name: 'disks', allocatable: { count } }] } }) as never

describe('what helps a pod that was refused', () => {
  it.each<[string, string, Pod, ClusterEvent, boolean]>([
    ['NodeUnschedulable', 'a node that is open again', pod(), nodes(node({ unschedulable: true }), node()), true],
    ['NodeVolumeLimits', 'room for more volumes', pod(claiming), { of: 'CSINode', before: drivers(1), after: drivers(2) }, true],
    ['NodeVolumeLimits', 'room for fewer', pod(claiming), { of: 'CSINode', before: drivers(2), after: drivers(1) }, false],
    ['NodeVolumeLimits', 'a pod with claims that goes', pod(claiming), pods(other(claiming), undefined), true],
    ['NodeVolumeLimits', 'a pod without claims that goes', pod(claiming), pods(other(), undefined), false],
    ['NodeVolumeLimits', 'its own claim', pod(claiming), { of: 'PersistentVolumeClaim', after: claim('data') }, true],
    ['NodeUnschedulable', 'a new node', pod(), nodes(undefined, node()), true],
    ['NodeUnschedulable', 'a node that was open before', pod(), nodes(node(), node({}, x)), false],
    ['NodeUnschedulable', 'a node that is closed', pod(), nodes(node(), node({ unschedulable: true })), false],
    [
      'NodeUnschedulable',
      'a toleration of its own',
      pod(),
      itself(pod(), pod({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] })),
      true,
    ],
    ['NodeUnschedulable', 'a pod that is gone', pod(), pods(other(), undefined), false],

    ['NodeName', 'the node that it names', pod({ nodeName: 'a' }), nodes(undefined, node()), true],
    ['NodeName', 'another node', pod({ nodeName: 'b' }), nodes(undefined, node()), false],

    ['TaintToleration', 'a taint that is gone', pod(), nodes(node({ taints: [taint] }), node()), true],
    [
      'TaintToleration',
      'one of two taints that is gone',
      pod(),
      nodes(node({ taints: [taint, { ...taint, key: 'l' }] }), node({ taints: [taint] })),
      false,
    ],
    ['TaintToleration', 'a new node without taints', pod(), nodes(undefined, node()), true],
    ['TaintToleration', 'a label of a node without taints', pod(), nodes(node(), node({}, x)), false],
    ['TaintToleration', 'a toleration of its own', pod(), itself(pod(), pod({ tolerations: [{ operator: 'Exists' }] })), true],
    ['TaintToleration', 'a label of its own', pod(), itself(pod(), pod({}, x)), false],

    ['NodeAffinity', 'the label that it selects', pod({ nodeSelector: { zone: 'z' } }), nodes(node(), inZone('z')), true],
    ['NodeAffinity', 'another value of it', pod({ nodeSelector: { zone: 'z' } }), nodes(node(), inZone('y')), false],
    [
      'NodeAffinity',
      'a change of a node that it selected before',
      pod({ nodeSelector: { zone: 'z' } }),
      nodes(inZone('z'), inZone('z')),
      false,
    ],
    ['NodeAffinity', 'a new node that it selects', pod({ nodeSelector: { zone: 'z' } }), nodes(undefined, inZone('z')), true],

    ['NodePorts', 'the end of a pod with its port', pod(port(80)), pods(other(port(80)), undefined), true],
    ['NodePorts', 'the end of a pod with another port', pod(port(80)), pods(other(port(81)), undefined), false],
    ['NodePorts', 'a new node', pod(port(80)), nodes(undefined, node()), true],
    ['NodePorts', 'a change of a node', pod(port(80)), nodes(node(), inZone('z')), false],

    ['NodeResourcesFit', 'the end of a pod', pod(), pods(other(), undefined), true],
    ['NodeResourcesFit', 'a pod that has been placed', pod(), pods(undefined, other()), false],
    [
      'NodeResourcesFit',
      'a pod that takes less of what it asks for',
      pod({}, { cpu: '1' }),
      pods(other({}, { cpu: '1' }), other({}, { cpu: '500m' })),
      true,
    ],
    [
      'NodeResourcesFit',
      'a pod that takes less of something else',
      pod(),
      pods(other({}, { cpu: '1' }), other({}, { cpu: '500m' })),
      false,
    ],
    ['NodeResourcesFit', 'a new node that is large enough', pod({}, { cpu: '2' }), nodes(undefined, node()), true],
    ['NodeResourcesFit', 'a new node that is too small', pod({}, { cpu: '3' }), nodes(undefined, node()), false],
    ['NodeResourcesFit', 'a node that has grown', pod({}, { cpu: '2' }), nodes(node({}, { allocatable: { cpu: '1' } }), node()), true],
    [
      'NodeResourcesFit',
      'a node that has grown in something else',
      pod({}, { cpu: '2' }),
      nodes(node({}, { allocatable: { memory: '1Gi' } }), node()),
      false,
    ],
    ['NodeResourcesFit', 'room for more pods', pod(), nodes(node({}, { allocatable: { pods: '1' } }), node()), true],
    ['NodeResourcesFit', 'to ask for less itself', pod({}, { cpu: '1' }), itself(pod({}, { cpu: '2' }), pod({}, { cpu: '1' })), true],
    ['NodeResourcesFit', 'to ask for more itself', pod({}, { cpu: '2' }), itself(pod({}, { cpu: '1' }), pod({}, { cpu: '2' })), false],

    ['PodTopologySpread', 'a pod that it counts', pod(spread, x), pods(undefined, other({}, x)), true],
    ['PodTopologySpread', 'the end of one', pod(spread, x), pods(other({}, x), undefined), true],
    ['PodTopologySpread', 'a pod that it does not count', pod(spread, x), pods(undefined, other()), false],
    ['PodTopologySpread', 'a pod of another namespace', pod(spread, x), pods(undefined, other({}, { ...x, namespace: 'other' })), false],
    ['PodTopologySpread', 'a pod that it counts no longer', pod(spread, x), pods(other({}, x), other()), true],
    ['PodTopologySpread', 'a new domain', pod(spread, x), nodes(undefined, inZone('z')), true],
    ['PodTopologySpread', 'a domain that is gone', pod(spread, x), nodes(inZone('z'), undefined), true],
    ['PodTopologySpread', 'a node that has moved', pod(spread, x), nodes(inZone('y'), inZone('z')), true],
    ['PodTopologySpread', 'a node outside of all domains', pod(spread, x), nodes(undefined, node()), false],

    ['InterPodAffinity', 'a pod that it wants to be near to', pod(near), pods(undefined, other({}, x)), true],
    ['InterPodAffinity', 'another pod', pod(near), pods(undefined, other()), false],
    ['InterPodAffinity', 'a pod that gets the label', pod(near), pods(other(), other({}, x)), true],
    ['InterPodAffinity', 'the end of a pod that it keeps away from', pod(far), pods(other({}, x), undefined), true],
    ['InterPodAffinity', 'the end of another pod', pod(far), pods(other(), undefined), false],
    ['InterPodAffinity', 'the end of a pod that kept it away', pod({}, x), pods(other(far), undefined), true],
    ['InterPodAffinity', 'a node of a domain', pod(near), nodes(undefined, inZone('z')), true],
    ['InterPodAffinity', 'a node of none', pod(near), nodes(undefined, node()), false],

    [
      'VolumeBinding',
      'a change of its claim',
      pod(claiming),
      { of: 'PersistentVolumeClaim', before: claim('data'), after: claim('data') },
      true,
    ],
    ['VolumeBinding', 'a change of another claim', pod(claiming), { of: 'PersistentVolumeClaim', after: claim('more') }, false],
    ['VolumeBinding', 'a claim of another namespace', pod(claiming), { of: 'PersistentVolumeClaim', after: claim('data', 'other') }, false],
    ['VolumeBinding', 'a new node', pod(claiming), nodes(undefined, node()), true],
    ['VolumeBinding', 'a node with other taints', pod(claiming), nodes(node(), node({ taints: [taint] })), false],
    ['VolumeBinding', 'a volume', pod(claiming), { of: 'PersistentVolume', after: claim('v') }, true],
    ['VolumeZone', 'a volume that is gone', pod(claiming), { of: 'PersistentVolume', before: claim('v') }, false],
    ['VolumeZone', 'a class', pod(claiming), { of: 'StorageClass', after: claim('fast') }, true],

    ['VolumeRestrictions', 'the end of a pod with its claim', pod(claiming), pods(other(claiming), undefined), true],
    ['VolumeRestrictions', 'the end of another pod', pod(claiming), pods(other(), undefined), false],
    ['VolumeRestrictions', 'a change of its claim', pod(claiming), { of: 'PersistentVolumeClaim', after: claim('data') }, true],

    ['DynamicResources', 'anything', pod(), nodes(undefined, node()), false],

    ['SchedulingGates', 'the end of its gates', pod(), itself(pod({ schedulingGates: [{ name: 'g' }] }), pod()), true],
    ['SchedulingGates', 'a change of a node', pod(), nodes(node(), inZone('z')), false],
  ])('by %s: %s', (...[rule, , waiting, event, expected]) => {
    expect(helps(rule, waiting, event)).toBe(expected)
  })

  it.each<[string, ClusterEvent, boolean]>([
    ['a heartbeat of a node', nodes(node(), node()), false],
    ['a node with other labels', nodes(node(), inZone('z')), true],
    ['a node with more to give', nodes(node(), node({}, { allocatable: { cpu: '9' } })), true],
    ['a pod that is ready', pods(other(), { ...other(), status: { phase: 'Running' } } as never), false],
    ['a pod with another label', pods(other(), other({}, x)), true],
    ['a pod that is gone', pods(other(), undefined), true],
    ['a pod without a node', pods(undefined, undefined), false],
    ['its own condition', itself(pod(), { ...pod(), status: { conditions: [] } } as never), false],
  ])('is not looked for in news that are none: %s', (...[, event, expected]) => {
    expect(couldHelp(event)).toBe(expected)
  })
})
