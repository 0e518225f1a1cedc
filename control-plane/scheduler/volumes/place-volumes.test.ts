import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../../api/core/pod.ts'
import type { CSINode } from '../../../api/storage/csi-node.ts'
import { claimRefOf, claimWith, classWith, onlyFrom, readyNode, volumeWith } from '../../../api/storage/testing.ts'
import { nodeInfoOf } from '../node-info.ts'
import { placePod } from '../place-pod.ts'
import { plugins } from '../plugins/index.ts'
import { placeVolumes, type VolumePlacement } from './place-volumes.ts'
import { podClaims } from './pod-claims.ts'

const late = classWith('late', { volumeBindingMode: 'WaitForFirstConsumer' })
const byHand = classWith('by-hand', { volumeBindingMode: 'WaitForFirstConsumer', provisioner: 'kubernetes.io/no-provisioner' })
const inZoneB = classWith('in-zone-b', {
  volumeBindingMode: 'WaitForFirstConsumer',
  allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['b'] }] }],
})
const disks = classWith('disks', { volumeBindingMode: 'WaitForFirstConsumer', provisioner: 'disks' })
const classes = [disks, late, byHand, inZoneB, classWith('now')]
const waiting = (name: string, storageClassName = 'late', rest: { storage?: string; node?: string } = {}) =>
  claimWith(name, {
    metadata: rest.node ? { annotations: { 'volume.kubernetes.io/selected-node': rest.node } } : {},
    spec: { storageClassName, resources: { requests: { storage: rest.storage ?? '1Gi' } } },
  })
const bound = (name: string, volumeName: string, spec: object = {}) =>
  claimWith(name, {
    metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { volumeName, ...spec },
    status: { phase: 'Bound' },
  })
const podOf = (name: string, ...claims: ReturnType<typeof claimWith>[]) =>
  ({
    metadata: { name, namespace: 'ns', uid: name },
    spec: {
      containers: [],
      volumes: claims.map(({ metadata }) => ({ name: metadata.name, persistentVolumeClaim: { claimName: metadata.name } })),
    },
    status: {},
  }) as unknown as Pod
const node = (name: string, labels: Record<string, string> = {}) => {
  const { status, ...rest } = readyNode(name, labels)
  return { ...rest, status: { ...status, allocatable: { cpu: '2', memory: '4Gi', pods: '110' } } }
}

/** For each node what the pod's claims would have there. */
function placed(claims: readonly ReturnType<typeof claimWith>[], volumes: readonly ReturnType<typeof volumeWith>[], on = node('n1')) {
  const storage = { volumes, classes, csiNodes: [] }
  const given = placeVolumes(podClaims(podOf('p', ...claims), { claims, storage }), on, storage)
  return 'bindings' in given ? summary(given) : given
}
const summary = ({ bindings, provisions }: VolumePlacement) => ({
  bindings: bindings.map(({ claim, volume }) => `${claim.metadata.name}=${volume.metadata.name}`),
  provisions: provisions.map(({ metadata }) => metadata.name),
})
const inLate = { storageClassName: 'late' }

describe('the volumes of a pod on a node', () => {
  it.each<[string, ReturnType<typeof placed>, Parameters<typeof placed>]>([
    ['are those that are there', { bindings: [], provisions: [] }, [[bound('c', 'v')], [volumeWith('v', { spec: onlyFrom('n1') })]]],
    [
      'are not there',
      ["node(s) didn't match PersistentVolume's node affinity"],
      [[bound('c', 'v')], [volumeWith('v', { spec: onlyFrom('n2') })]],
    ],
    ['are gone', ['node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'], [[bound('c', 'v')], []]],
    ['are found', { bindings: ['c=v'], provisions: [] }, [[waiting('c')], [volumeWith('v', { spec: { ...inLate, ...onlyFrom('n1') } })]]],
    ['are made', { bindings: [], provisions: ['c'] }, [[waiting('c')], [volumeWith('v', { spec: { ...inLate, ...onlyFrom('n2') } })]]],
    [
      'are found for the small claim first, and made for the other',
      { bindings: ['small=v'], provisions: ['large'] },
      [
        [waiting('large', 'late', { storage: '2Gi' }), waiting('small')],
        [volumeWith('v', { spec: { ...inLate, capacity: { storage: '3Gi' } } })],
      ],
    ],
    [
      'cannot be made where they are made by hand',
      ["node(s) didn't find available persistent volumes to bind"],
      [[waiting('c', 'by-hand')], []],
    ],
    [
      'cannot be made in other places than the class says',
      ["node(s) didn't find available persistent volumes to bind"],
      [[waiting('c', 'in-zone-b')], []],
    ],
    ['are made where the class says', { bindings: [], provisions: ['c'] }, [[waiting('c', 'in-zone-b')], [], node('n1', { zone: 'b' })]],
    [
      'are being made for another node',
      ["node(s) didn't find available persistent volumes to bind"],
      [[waiting('c', 'late', { node: 'n2' })], []],
    ],
    [
      'are being made for this one, whatever else has come',
      { bindings: [], provisions: ['c'] },
      [[waiting('c', 'late', { node: 'n1' })], [volumeWith('v', { spec: inLate })]],
    ],
  ])('%s', (_, expected, parameters) => {
    expect(placed(...parameters)).toEqual(expected)
  })
})

describe('placing a pod with claims', () => {
  const full = { metadata: { name: 'n1' }, spec: { drivers: [{ name: 'disks', nodeID: 'n1', allocatable: { count: 2 } }] } }
  const csiNodes = [full, { ...full, metadata: { name: 'n2' }, spec: { drivers: [] } }] as unknown as CSINode[]
  const place = (pod: Pod, claims: ReturnType<typeof claimWith>[], volumes: ReturnType<typeof volumeWith>[], others: Pod[] = []) => {
    const nodes = [
      nodeInfoOf(node('n1', { 'topology.kubernetes.io/zone': 'a' }), others),
      nodeInfoOf(node('n2', { 'topology.kubernetes.io/zone': 'b' }), []),
    ]
    const given = placePod(
      pod,
      { nodes, namespaces: [], services: [], claims, storage: { volumes, classes, csiNodes } },
      { plugins, random: () => 0 },
    )
    return given.node ? given.node.node.metadata.name : given.why
  }

  it('follows its volume', () => {
    const claim = bound('c', 'v')
    const volume = volumeWith('v', { spec: { claimRef: claimRefOf(claim), ...onlyFrom('n2') } })
    expect(place(podOf('p', claim), [claim], [volume])).toBe('n2')
    const zoned = volumeWith('v', {
      metadata: { labels: { 'topology.kubernetes.io/zone': 'b__c' } },
      spec: { claimRef: claimRefOf(claim) },
    })
    expect(place(podOf('p', claim), [claim], [zoned])).toBe('n2')
    const nowhere = { ...zoned, metadata: { ...zoned.metadata, labels: { 'topology.kubernetes.io/zone': 'c' } } }
    expect(place(podOf('p', claim), [claim], [nowhere])).toBe('0/2 nodes are available: 2 node(s) had no available volume zone.')
  })

  it('says where volumes are not to be had', () => {
    const claim = waiting('c', 'by-hand')
    expect(place(podOf('p', claim), [claim], [])).toBe(
      "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.",
    )
    const immediate = claimWith('c', { spec: { storageClassName: 'now' } })
    expect(place(podOf('p', immediate), [immediate], [])).toBe(
      '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    )
  })

  it('waits for what another has to itself', () => {
    const claim = bound('c', 'v', { accessModes: ['ReadWriteOncePod'] })
    const why = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'
    expect(place(podOf('p', claim), [claim], [volumeWith('v')], [podOf('q', claim)])).toBe(`0/2 nodes are available: 2 ${why}.`)
  })

  it('goes where there is room for its volumes', () => {
    const claims = ['a', 'b', 'c'].map(name => bound(name, `v-${name}`))
    const [a, b, c] = claims as [(typeof claims)[0], (typeof claims)[0], (typeof claims)[0]]
    const volumes = claims.map(({ metadata: { name } }) =>
      volumeWith(`v-${name}`, { spec: { csi: { driver: 'disks', volumeHandle: name } } }),
    )
    const made = claimWith('made', { spec: { storageClassName: 'disks' } })
    const withMade = [...claims, made]
    const there = [podOf('q', a), podOf('r', a, b)]
    const onlyHere = (pod: Pod) => ({ ...pod, spec: { ...pod.spec, nodeSelector: { 'topology.kubernetes.io/zone': 'a' } } }) as Pod
    const refused = "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) exceed max volume count."
    expect(place(onlyHere(podOf('p', c)), claims, volumes, there)).toBe(refused)
    expect(place(onlyHere(podOf('p', made)), withMade, volumes, there)).toBe(refused)
    expect(place(onlyHere(podOf('p', b)), claims, volumes, there)).toBe('n1')
    expect(place(onlyHere(podOf('p', c)), claims, volumes, [podOf('q', a)])).toBe('n1')
    expect(place(podOf('p', c), claims, volumes, there)).toBe('n2')
  })

  it('waits for the claim of an ephemeral volume, and does not take another’s', () => {
    const pod = podOf('p')
    const ephemeral = { ...pod, spec: { ...pod.spec, volumes: [{ name: 'c', ephemeral: {} }] } } as unknown as Pod
    const waits = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-c". not found'
    expect(place(ephemeral, [], [])).toBe(`0/2 nodes are available: ${waits}`)
    expect(place(ephemeral, [bound('p-c', 'v')], [volumeWith('v')])).toBe(
      '0/2 nodes are available: PVC ns/p-c was not created for pod ns/p (pod is not owner). not found',
    )
  })
})
