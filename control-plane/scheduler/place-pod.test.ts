import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import type { Pod } from '../../api/core/pod.ts'
import { accountedSpec } from './accounted-spec.ts'
import { nodeInfoOf } from './node-info.ts'
import { placePod } from './place-pod.ts'
import { plugins } from './plugins/index.ts'
import { podRequests } from './resources.ts'

const node = (name: string, spec: object = {}, labels: Record<string, string> = {}) =>
  ({
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' } },
  }) as unknown as Node
const pod = (name: string, spec: object = {}, cpu = '0') =>
  ({
    metadata: { name, namespace: 'default', uid: name },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...spec },
    status: {},
  }) as unknown as Pod
const place = (wanted: Pod, nodes: readonly [Node, ...Pod[]][]) =>
  placePod(
    wanted,
    { nodes: nodes.map(([each, ...pods]) => nodeInfoOf(each, pods)), namespaces: [], services: [], claims: [] },
    { plugins, random: () => 0 },
  )
const failure = (what: string, nodes: number) => `0/${nodes} nodes are available: ${what}.`

describe('placing a pod', () => {
  it.each([
    ['there are no nodes', pod('p'), [], 'no nodes available to schedule pods'],
    ['it asks for more than there is', pod('p', {}, '1000'), [[node('a')]], failure('1 Insufficient cpu', 1)],
    ['no agent has said what there is', pod('p'), [[{ ...node('a'), status: {} } as Node]], failure('1 Too many pods', 1)],
    ['others use what there is', pod('p', {}, '1'), [[node('a'), pod('q', {}, '1500m')]], failure('1 Insufficient cpu', 1)],
    [
      'no node has the labels',
      pod('p', { nodeSelector: { nope: 'x' } }),
      [[node('a')]],
      failure("1 node(s) didn't match Pod's node affinity/selector", 1),
    ],
    ['all are cordoned', pod('p'), [[node('a', { unschedulable: true })]], failure('1 node(s) were unschedulable', 1)],
    [
      'each node has its own reason',
      pod('p', {}, '1'),
      [[node('a'), pod('q', {}, '2')], [node('b', { taints: [{ key: 'k', effect: 'NoSchedule' }] })]],
      failure('1 Insufficient cpu, 1 node(s) had untolerated taint(s)', 2),
    ],
  ] as [string, Pod, [Node, ...Pod[]][], string][])('it says why when %s', (...[, wanted, nodes, why]) => {
    expect(place(wanted, nodes)).toMatchObject({ why })
  })

  it.each([
    ['is not there', {}, 'persistentvolumeclaim "data" not found. not found'],
    [
      'is another namespace’s',
      { metadata: { name: 'data', namespace: 'other' }, spec: {}, status: {} },
      'persistentvolumeclaim "data" not found. not found',
    ],
    [
      'is not bound',
      { metadata: { name: 'data', namespace: 'default' }, spec: {}, status: {} },
      'pod has unbound immediate PersistentVolumeClaims. not found',
    ],
    [
      'is bound',
      {
        metadata: { name: 'data', namespace: 'default', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
        spec: { volumeName: 'v' },
        status: { phase: 'Bound' },
      },
      undefined,
    ],
  ])('waits for a claim that %s', (_, claim, why) => {
    const wanted = pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] })
    const claims = 'metadata' in claim ? [claim as unknown as PersistentVolumeClaim] : []
    const placed = placePod(wanted, { nodes: [nodeInfoOf(node('a'), [])], namespaces: [], services: [], claims }, { plugins })
    expect('why' in placed ? placed.why : undefined).toBe(why && `0/1 nodes are available: ${why}`)
  })

  it('waits when it claims devices, which nobody allocates', () => {
    const placed = place(pod('p', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }), [[node('a')]])
    expect('why' in placed ? placed.why : undefined).toBe('0/1 nodes are available: cannot allocate all claims')
  })

  it('prefers the node with fewer pods of the same owner', () => {
    const owned = (name: string): Pod => {
      const each = pod(name)
      return {
        ...each,
        metadata: { ...each.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'o', uid: 'o', controller: true }] },
      }
    }
    const placed = place(owned('p'), [[node('a'), owned('q')], [node('b')]])
    expect(placed.node?.node.metadata.name).toBe('b')
  })

  it('tolerates what it says it tolerates', () => {
    const tolerant = pod('p', { tolerations: [{ key: 'k', operator: 'Exists' }] })
    expect(place(tolerant, [[node('a', { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] })]]).node?.node.metadata.name).toBe('a')
  })
})

describe('what a pod takes', () => {
  it('is its containers and sidecars, or the hungriest initialisation', () => {
    const asks = (cpu: string, extra: object = {}) => ({ name: cpu, resources: { requests: { cpu } }, ...extra })
    const spec = { initContainers: [asks('3'), asks('500m', { restartPolicy: 'Always' }), asks('1')], containers: [asks('1')] }
    expect(podRequests(spec as never)).toEqual({ cpu: 3000 })
    expect(podRequests({ ...spec, initContainers: spec.initContainers.slice(1), overhead: { cpu: '250m' } } as never)).toEqual({
      cpu: 1750,
    })
  })

  it('is the most of what a pod that is resized wants, was granted and has; what it will never get does not count', () => {
    const resized = (reason: string) => ({
      ...pod('p', { containers: [{ name: 'c', resources: { requests: { cpu: '3' } } }] }),
      status: {
        conditions: [{ type: 'PodResizePending', status: 'True', reason }],
        containerStatuses: [{ name: 'c', allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '2' } } }],
      },
    })
    expect(podRequests(accountedSpec(resized('Deferred') as never))).toEqual({ cpu: 3000 })
    expect(podRequests(accountedSpec(resized('Infeasible') as never))).toEqual({ cpu: 2000 })
  })
})
