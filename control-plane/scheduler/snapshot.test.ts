import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { placePod } from './place-pod.ts'
import { plugins } from './plugins/index.ts'
import { Snapshot } from './snapshot.ts'
import { Verdicts } from './verdicts.ts'

const node = (name: string, { images = [], cpu = '2' }: { images?: object[]; cpu?: string } = {}) =>
  ({
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: {},
    status: { allocatable: { cpu, memory: '4Gi', pods: '110' }, images },
  }) as unknown as Node
const pod = (name: string, { cpu = '1', spec = {}, labels = {}, phase = 'Pending' } = {}) =>
  ({
    metadata: { name, namespace: 'default', uid: name, labels },
    spec: { containers: [{ name: 'c', image: 'busybox', resources: { requests: { cpu } } }], ...spec },
    status: { phase },
  }) as unknown as Pod
const apart = {
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {}, topologyKey: 'zone' }] } },
}
const requested = (snapshot: Snapshot) => snapshot.nodes.map(({ node, requested }) => [node.metadata.name, requested['cpu'] ?? 0])

describe('the snapshot of the cluster', () => {
  it('counts a pod from the decision on, once, until it ends', () => {
    const snapshot = new Snapshot()
    snapshot.setNode(node('a'))
    snapshot.setNode(node('b'))
    snapshot.assume(pod('p'), 'a')
    snapshot.setPod(pod('p', { spec: { nodeName: 'a' } }))
    expect(requested(snapshot)).toEqual([
      ['a', 1000],
      ['b', 0],
    ])
    snapshot.setPod(pod('p', { spec: { nodeName: 'a' }, cpu: '500m' }))
    expect(requested(snapshot)[0]).toEqual(['a', 500])
    snapshot.setPod(pod('p', { spec: { nodeName: 'a' }, phase: 'Succeeded' }))
    expect(requested(snapshot)[0]).toEqual(['a', 0])
  })

  it('moves a pod that somebody else has bound elsewhere', () => {
    const snapshot = new Snapshot()
    snapshot.setNode(node('a'))
    snapshot.assume(pod('p'), 'a')
    snapshot.setPod(pod('p', { spec: { nodeName: 'b' } }))
    snapshot.setNode(node('b'))
    expect(requested(snapshot)).toEqual([
      ['a', 0],
      ['b', 1000],
    ])
  })

  it('knows where pods are that have something to say about others', () => {
    const snapshot = new Snapshot()
    snapshot.setNode(node('a'))
    snapshot.assume(pod('p', { spec: apart }), 'a')
    expect(snapshot.affine.map(({ affine }) => affine.length)).toEqual([1])
    snapshot.assume(pod('p', { spec: apart, labels: { x: 'y' } }), 'a')
    expect(snapshot.affine[0]?.affine[0]?.metadata.labels).toEqual({ x: 'y' })
    snapshot.removePod('p')
    expect(snapshot.affine).toEqual([])
  })

  it('counts images by every name that pods may use', () => {
    const snapshot = new Snapshot()
    const images = [{ names: ['docker.io/library/busybox:1.36'], sizeBytes: 5 }]
    for (const name of ['a', 'b']) snapshot.setNode(node(name, { images }))
    const counted = (name: string) => snapshot.images.get(name)
    expect(['busybox:1.36', 'library/busybox:1.36', 'docker.io/library/busybox:1.36'].map(counted)).toEqual([2, 2, 2])
    snapshot.removeNode('b')
    expect(counted('busybox:1.36')).toBe(1)
    snapshot.setNode(node('a'))
    expect(counted('busybox:1.36')).toBeUndefined()
  })
})

describe('what is remembered of nodes', () => {
  it('never differs from what the rules say, whatever happens to nodes and pods', () => {
    const snapshot = new Snapshot()
    const verdicts = new Verdicts()
    const check = () => {
      for (const cpu of ['500m', '1']) {
        const { nodes } = snapshot
        const cluster = { nodes, namespaces: [], services: [], claims: [] }
        const placed = (options: object) => placePod(pod('wanted', { cpu }), cluster, { plugins, random: () => 0, ...options })
        expect(placed({ verdicts })).toEqual(placed({}))
      }
    }
    for (const name of ['a', 'b', 'c']) {
      snapshot.setNode(node(name))
      check()
    }
    for (const [index, name] of ['a', 'b', 'c', 'a', 'b', 'c'].entries()) {
      snapshot.assume(pod(`p${index}`), name)
      check()
    }
    snapshot.removePod('p1')
    check()
    snapshot.removeNode('a')
    check()
    snapshot.setNode(node('b', { cpu: '4' }))
    check()
  })
})
