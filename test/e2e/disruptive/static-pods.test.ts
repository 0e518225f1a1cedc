import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.ts'
import { extraNode, type ExtraNode } from '../../support/extra-node.ts'
import { containerId, viewOf } from '../../support/namespace-view.ts'
import { run } from '../../support/shell.ts'
import { docker, kubectlOfCluster, ownNamespace, podContainers, serviceContainer } from '../../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-static'
const in_ = `-n ${NAMESPACE}`
const MANIFESTS = '/var/lib/kubeling/manifests'
const { get, podIn, eventsOf, eventOf } = viewOf(kubectl, NAMESPACE)

const container = (script: string) => ({ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script] })

describe('static pods', () => {
  let namespace: AsyncDisposable
  let node: ExtraNode
  beforeAll(async () => {
    const settings = { KUBELING_STATIC_POD_PATH: MANIFESTS }
    ;[namespace, node] = await Promise.all([ownNamespace(kubectl, NAMESPACE), extraNode('extra-static', { settings })])
  }, 300_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
    await node[Symbol.asyncDispose]()
  }, 180_000)

  const manifest = (message: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: NAMESPACE, labels: { app: 'web' } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container(`echo ${message}; sleep 100000`)] },
  })
  const write = (file: string, text: string) =>
    docker('exec', node.container, 'sh', '-c', `mkdir -p ${MANIFESTS} && printf '%s' "$0" > ${MANIFESTS}/${file}`, text)
  const remove = (file: string) => docker('exec', node.container, 'rm', `${MANIFESTS}/${file}`)
  const mirror = () => podIn('web-extra-static', 'Running')
  const killAgent = () => docker('exec', node.container, 'sh', '-c', 'kill -9 $(pidof node)')

  it('runs what a manifest says, and shows it as a mirror pod', async () => {
    await write('web.yaml', JSON.stringify(manifest('first')))
    const { metadata, spec } = await mirror()
    const hash = metadata.annotations?.['kubernetes.io/config.hash'] ?? ''
    expect(metadata).toMatchObject({
      labels: { app: 'web' },
      annotations: { 'kubernetes.io/config.mirror': hash, 'kubernetes.io/config.source': 'file' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'extra-static', controller: true }],
    })
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect(spec.tolerations).toContainEqual({ operator: 'Exists', effect: 'NoExecute' })
    expect([...(await podContainers(hash)).values()].sort()).toEqual(['POD', 'c'])
    expect(await kubectl(`logs web-extra-static ${in_}`)).toBe('first\n')
  }, 60_000)

  it('makes the mirror again when it is deleted, and does nothing to the pod', async () => {
    const before = await mirror()
    await kubectl(`delete pod web-extra-static ${in_} --wait=false`)
    const after = await eventually(
      async () => {
        const now = await get('web-extra-static')
        return now.metadata.uid !== before.metadata.uid && now.status.phase === 'Running' && now
      },
      { what: 'the new mirror' },
    )
    expect(containerId(after)).toBe(containerId(before))
  }, 60_000)

  it('goes on after its agent was killed, with the same containers', async () => {
    const before = await mirror()
    await killAgent()
    await eventOf('Node', 'extra-static', 'Starting')
    await eventually(
      async () => (await eventsOf('Node', 'extra-static', 'default')).filter(({ reason }) => reason === 'Starting').length > 1,
      {
        seconds: 40,
        what: 'the new agent',
      },
    )
    const after = await mirror()
    expect([after.metadata.uid, containerId(after)]).toEqual([before.metadata.uid, containerId(before)])
  }, 90_000)

  it('runs another pod when the manifest changes, and refuses what refers to objects of the API', async () => {
    const before = await mirror()
    await write('web.yaml', JSON.stringify(manifest('second')))
    const secret = { ...manifest('never'), metadata: { name: 'secretive', namespace: NAMESPACE } }
    const volumes = [{ name: 's', secret: { secretName: 'any' } }]
    await write('secretive.json', JSON.stringify({ ...secret, spec: { ...secret.spec, volumes } }))
    const after = await eventually(async () => {
      const now = await get('web-extra-static')
      return now.metadata.annotations?.['kubernetes.io/config.hash'] !== before.metadata.annotations?.['kubernetes.io/config.hash'] && now
    })
    await mirror()
    expect(after.metadata.uid).not.toBe(before.metadata.uid)
    expect(await eventually(() => kubectl(`logs web-extra-static ${in_}`))).toBe('second\n')
    await eventually(async () => (await run('docker', ['logs', node.container])).stderr.includes('static pods may not reference secrets'))
    expect((await kubectl.try(`get pod secretive-extra-static ${in_}`)).stderr).toContain('NotFound')
    await remove('secretive.json')
  }, 60_000)

  it('needs no API server for them, not even to start', async () => {
    const plane = await serviceContainer('control-plane')
    await docker('stop', '-t', '2', plane)
    try {
      await killAgent()
      await write('alone.yaml', JSON.stringify({ ...manifest('alone'), metadata: { name: 'alone', namespace: NAMESPACE } }))
      const filter = ['--filter', 'label=io.kubernetes.pod.name=alone-extra-static', '--filter', 'label=io.kubernetes.container.name=c']
      const began = Date.now()
      await eventually(async () => (await docker('ps', '-q', ...filter)).trim() !== '', {
        seconds: 40,
        what: 'a pod without an API server',
      })
      process.stdout.write(`static pod of a new agent without an API server: ${((Date.now() - began) / 1000).toFixed(1)} s\n`)
    } finally {
      await docker('start', plane)
    }
    await eventually(async () => (await get('alone-extra-static')).status.phase === 'Running', { seconds: 60, what: 'its mirror' })
  }, 150_000)

  it('ends what has no manifest any more', async () => {
    const { metadata } = await mirror()
    const hash = metadata.annotations?.['kubernetes.io/config.hash'] ?? ''
    await remove('web.yaml')
    await remove('alone.yaml')
    for (const name of ['web', 'alone'])
      await eventually(async () => (await kubectl.try(`get pod ${name}-extra-static ${in_}`)).stderr.includes('NotFound'))
    await eventually(async () => (await podContainers(hash)).size === 0)
  }, 60_000)
})
