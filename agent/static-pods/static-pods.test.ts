import { describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { systemClock } from '../../common/clock.ts'
import { silentLogger } from '../../common/log.ts'
import { readManifest } from './manifest.ts'
import { mirrorOf, planMirror } from './plan-mirror.ts'
import { StaticPods } from './static-pods.ts'

const manifest = (name: string, command = 'sleep', spec = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  containers: [{ name: c, image: busybox, command: [${command}] }]
  ${spec}`
const context = { nodeName: 'node-1', path: '/manifests/web.yaml', now: new Date('2026-01-01T00:00:00Z') }
const read = (text: string, path = context.path) => readManifest(text, { ...context, path })

describe('a manifest', () => {
  it('becomes a pod of this node, complete with defaults', () => {
    const { metadata, spec, status } = read(manifest('web'))
    expect(metadata).toMatchObject({
      name: 'web-node-1',
      namespace: 'default',
      annotations: { 'kubernetes.io/config.hash': metadata.uid, 'kubernetes.io/config.source': 'file' },
    })
    expect(metadata.uid).toMatch(/^[0-9a-f]{32}$/)
    expect(spec).toMatchObject({ nodeName: 'node-1', restartPolicy: 'Always', tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] })
    expect(status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  })
  it('has a uid that follows from its content and its file', () => {
    expect(read(manifest('web')).metadata.uid).toBe(read(manifest('web')).metadata.uid)
    expect(read(manifest('web', 'other')).metadata.uid).not.toBe(read(manifest('web')).metadata.uid)
    expect(read(manifest('web'), '/other').metadata.uid).not.toBe(read(manifest('web')).metadata.uid)
  })
  it('may be JSON', () => {
    const json = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'busybox' }] } }
    expect(read(JSON.stringify(json)).metadata.name).toBe('web-node-1')
  })
  it.each([
    ['is no pod', 'apiVersion: v1\nkind: Service\nmetadata: { name: web }', 'invalid pod'],
    ['is no valid pod', manifest('web', 'sleep', 'restartPolicy: Sometimes'), 'spec.restartPolicy'],
    ['has unknown fields', manifest('web', 'sleep', 'colour: red'), 'unknown field "spec.colour"'],
    [
      'refers to a secret',
      manifest('web', 'sleep', 'volumes: [{ name: s, secret: { secretName: x } }]'),
      'static pods may not reference secrets',
    ],
    ['has a service account', manifest('web', 'sleep', 'serviceAccountName: x'), 'static pods may not reference serviceaccounts'],
  ])('is refused when it %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message)
  })
})

describe('the mirror of a static pod', () => {
  const pod = read(manifest('web'))
  const mirror = mirrorOf(pod, { name: 'node-1', uid: 'n' }) as unknown as Pod
  const deleted = (of: Pod): Pod => ({ ...of, metadata: { ...of.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })

  it('names the hash of what it shows and belongs to the node', () => {
    expect(mirror.metadata).toMatchObject({
      annotations: { 'kubernetes.io/config.mirror': pod.metadata.uid },
      ownerReferences: [{ kind: 'Node', name: 'node-1', uid: 'n', controller: true }],
    })
  })
  it.each<[string, Pod | undefined, Pod | undefined, string]>([
    ['is made when it is missing', pod, undefined, 'create'],
    ['shows what runs', pod, mirror, 'show'],
    ['goes when it is deleted, to be made again', pod, deleted(mirror), 'delete'],
    ['goes when it shows another pod', read(manifest('web', 'other')), mirror, 'delete'],
    ['goes when nothing runs', undefined, mirror, 'delete'],
    ['stays while its pod ends', deleted(pod), mirror, 'show'],
    ['is not made of a pod that ends', deleted(pod), undefined, 'nothing'],
    ['does not take the place of somebody else', pod, { ...pod, metadata: { ...pod.metadata, annotations: {} } }, 'nothing'],
  ])('%s', (_, running, found, plan) => {
    expect(planMirror(running, found)).toBe(plan)
  })
})

describe('static pods', () => {
  const setUp = () => {
    const told: string[] = []
    const current = new Map<string, Pod>()
    const pods = new StaticPods({
      nodeName: 'n',
      workers: {
        update: pod => void current.set(pod.metadata.uid, pod),
        terminate: uid => void told.push(`terminate ${nameOf(uid)}`),
        gone: pod => void told.push(`gone ${nameOf(pod.metadata.uid)}`),
      },
      onChange: key => told.push(`changed ${key}`),
      clock: systemClock,
      log: silentLogger,
    })
    const nameOf = (uid: string) => current.get(uid)?.spec.containers[0]?.command?.[0] ?? ''
    const give = (...commands: string[]) => pods.read(commands.map(command => ({ path: '/web.yaml', text: manifest('web', command) })))
    return { pods, told, give, running: () => pods.get('default/web-n') }
  }

  it('start when their manifest comes, once', () => {
    const { told, give, running } = setUp()
    give('one')
    give('one')
    expect(told).toEqual(['changed default/web-n'])
    expect(running()?.metadata.deletionTimestamp).toBeUndefined()
  })
  it('end when it goes', () => {
    const { pods, told, give, running } = setUp()
    give('one')
    const before = running()
    give()
    expect(told.slice(1)).toEqual(['terminate one'])
    if (before) pods.released(before)
    expect(told.slice(2)).toEqual(['gone one', 'changed default/web-n'])
    expect(running()).toBeUndefined()
  })
  it('are replaced when it changes, the new one when the old one has ended', () => {
    const { pods, told, give, running } = setUp()
    give('one')
    const before = running()
    give('two')
    expect(running()?.metadata.uid).toBe(before?.metadata.uid)
    if (before) pods.released(before)
    expect(told.slice(1)).toEqual(['terminate one', 'gone one', 'changed default/web-n', 'changed default/web-n'])
    expect(running()?.spec.containers[0]?.command).toEqual(['two'])
  })
  it('do not run from a manifest that cannot be read', () => {
    const { pods, running } = setUp()
    pods.read([{ path: '/web.yaml', text: '{' }])
    expect(running()).toBeUndefined()
    expect(pods.hasRead).toBe(true)
  })
})
