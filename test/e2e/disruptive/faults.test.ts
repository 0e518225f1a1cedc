import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { eventually } from '../../support/eventually.ts'
import { PrivateEngine, privateEngineObstacle } from '../../support/private-engine.ts'
import { docker, kubectlOfCluster, ownNamespace, podContainers, serviceContainer, testCluster } from '../../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-faults'
const in_ = `-n ${NAMESPACE}`
const sleeper = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name.replace(/-\d+$/, '') } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '100000'], volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', emptyDir: {} }],
    ...spec,
  },
})
const apply = (...items: object[]) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const pod = async (name: string) => JSON.parse(await kubectl(`get pod ${name} ${in_} -o json`)) as Pod
const pods = async (app: string) => (JSON.parse(await kubectl(`get pods ${in_} -l app=${app} -o json`)) as { items: Pod[] }).items
const node = async (name: string) => JSON.parse(await kubectl(`get node ${name} -o json`)) as Node
const readiness = ({ status }: Node) => status.conditions?.find(({ type }) => type === 'Ready')?.status
const isReady = ({ status }: Pod) => status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
const waitReady = (name: string) => kubectl(`wait ${in_} --for=condition=Ready pod/${name} --timeout=40s`)
/** Everything the engine has of a pod, dead or alive: containers and volumes. */
const leftovers = async (uid: string) => {
  const filter = `label=io.kubernetes.pod.uid=${uid}`
  return (await docker('ps', '-aq', '--filter', filter)).trim() + (await docker('volume', 'ls', '-q', '--filter', filter)).trim()
}

describe('faults', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
  }, 60_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it('lets agents be killed while they create pods', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`)
    await apply(...names.map(name => sleeper(name)))
    await sleep(700)
    for (const service of ['node-1', 'node-2', 'node-3'])
      await docker('exec', await serviceContainer(service), 'sh', '-c', 'kill -9 $(pidof node)')
    const running = await eventually(
      async () => {
        const list = await pods('many')
        return list.length === 20 && list.every(isReady) && list
      },
      { seconds: 90, what: 'twenty running pods' },
    )
    for (const { metadata } of running) expect([...(await podContainers(metadata.uid)).values()].sort()).toEqual(['POD', 'c'])
    await kubectl(`delete pods ${in_} -l app=many --timeout=60s`, { timeoutSeconds: 70 })
    for (const { metadata } of running) expect(await leftovers(metadata.uid)).toBe('')
  }, 180_000)

  it('starts again what was removed by hand, and a pod whose sandbox was killed, and leaves the others alone', async () => {
    await apply(sleeper('hand-removed'), sleeper('hand-pause'), sleeper('hand-spared'))
    const names = ['hand-removed', 'hand-pause', 'hand-spared'] as const
    await Promise.all(names.map(waitReady))
    const [removed, pause, spared] = await Promise.all(names.map(pod))
    const untouched = await podContainers(spared?.metadata.uid ?? '')
    const idOf = async (found: Pod | undefined, wanted: string) =>
      [...(await podContainers(found?.metadata.uid ?? ''))].find(([, name]) => name === wanted)?.[0] ?? ''
    const [container, sandbox] = [await idOf(removed, 'c'), await idOf(pause, 'POD')]
    await Promise.all([docker('rm', '-f', container), docker('kill', sandbox)])
    for (const [found, gone] of [[removed, container] as const, [pause, sandbox] as const]) {
      await eventually(
        async () => {
          const now = await podContainers(found?.metadata.uid ?? '')
          return !now.has(gone) && [...now.values()].sort().join() === 'POD,c' && isReady(await pod(found?.metadata.name ?? ''))
        },
        { seconds: 90, what: `${found?.metadata.name}, running again` },
      )
    }
    expect(await podContainers(spared?.metadata.uid ?? '')).toEqual(untouched)
    await kubectl(`delete pods ${in_} ${names.join(' ')} --timeout=60s`, { timeoutSeconds: 70 })
    for (const found of [removed, pause, spared]) expect(await leftovers(found?.metadata.uid ?? '')).toBe('')
  }, 240_000)

  it('keeps pods running without an API server, and tells it afterwards what happened', async () => {
    await apply(sleeper('steady'), sleeper('killed'))
    await Promise.all([waitReady('steady'), waitReady('killed')])
    const [steady, killed] = [await pod('steady'), await pod('killed')]
    const before = await podContainers(steady.metadata.uid)
    const plane = await serviceContainer('control-plane')
    await docker('stop', '-t', '2', plane)
    const victim = [...(await podContainers(killed.metadata.uid))].find(([, name]) => name === 'c')?.[0] ?? ''
    await docker('kill', victim)
    await eventually(async () => [...(await podContainers(killed.metadata.uid)).values()].includes('c'), { seconds: 20 })
    await docker('start', plane)
    const told = await eventually(
      async () => {
        const now = await pod('killed')
        return now.status.containerStatuses?.[0]?.restartCount === 1 && isReady(now) && now
      },
      { seconds: 40, what: 'the news of the restart' },
    )
    expect(told.status.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' })
    expect(await podContainers(steady.metadata.uid)).toEqual(before)
    expect((await pod('steady')).status.containerStatuses?.[0]?.restartCount).toBe(0)
  }, 120_000)

  it('clears away what was deleted while the agent was off, and nothing of others', async () => {
    await apply(sleeper('forgotten'))
    await waitReady('forgotten')
    const { metadata, spec } = await pod('forgotten')
    const own = ['--label', `io.kubeling.node=${spec.nodeName}`, '--label', 'io.kubernetes.pod.uid=of-another-cluster']
    const foreign = (await docker('volume', 'create', '--label', 'io.kubeling.cluster=another', ...own)).trim()
    const container = await serviceContainer(spec.nodeName ?? '')
    await docker('stop', '-t', '2', container)
    await kubectl(`delete pod forgotten ${in_} --grace-period=0 --force`)
    expect(await leftovers(metadata.uid)).not.toBe('')
    await docker('start', container)
    await eventually(async () => (await leftovers(metadata.uid)) === '', { seconds: 40, what: 'the removal of what is left' })
    expect((await docker('volume', 'ls', '-q', '--filter', `name=${foreign}`)).trim()).toBe(foreign)
    await docker('volume', 'rm', foreign)
  }, 90_000)

  it('registers a node again whose object was deleted', async () => {
    const { metadata } = await node('node-3')
    await kubectl('delete node node-3')
    const again = await eventually(
      async () => {
        const found = await node('node-3')
        return readiness(found) === 'True' && found
      },
      { seconds: 40 },
    )
    expect(again.metadata.uid).not.toBe(metadata.uid)
    await apply(sleeper('on-new', { nodeName: 'node-3' }))
    await waitReady('on-new')
  }, 90_000)

  it('evicts from a node that is cut off, and heals when it is connected again', async () => {
    const toleration = (key: string) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 2 })
    const tolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(toleration)
    await apply(sleeper('evicted', { nodeName: 'node-2', tolerations }), sleeper('stays', { nodeName: 'node-2' }))
    await Promise.all([waitReady('evicted'), waitReady('stays')])
    const [evicted, stays] = [await pod('evicted'), await pod('stays')]
    const before = await podContainers(stays.metadata.uid)
    const network = `${testCluster.name}_nodes`
    const container = await serviceContainer('node-2')
    await docker('network', 'disconnect', network, container)
    try {
      await eventually(async () => readiness(await node('node-2')) === 'Unknown', { seconds: 60, what: 'a node that is not ready' })
      await eventually(async () => (await pod('evicted')).metadata.deletionTimestamp !== undefined, { seconds: 20, what: 'the eviction' })
      expect((await node('node-2')).spec.taints?.map(({ key }) => key)).toContain('node.kubernetes.io/unreachable')
      await eventually(async () => !isReady(await pod('stays')), { seconds: 10 })
    } finally {
      await docker('network', 'connect', network, container)
    }
    await eventually(
      async () => {
        const healed = await node('node-2')
        return readiness(healed) === 'True' && (healed.spec.taints ?? []).length === 0
      },
      { seconds: 30, what: 'a healed node' },
    )
    await eventually(async () => isReady(await pod('stays')), { seconds: 20, what: 'the pod that stays, ready again' })
    expect(await podContainers(stays.metadata.uid)).toEqual(before)
    await eventually(async () => (await leftovers(evicted.metadata.uid)) === '', { seconds: 20 })
    expect(await kubectl(`exec ${in_} stays -- true`)).toBe('')
  }, 180_000)
})

const obstacle = await privateEngineObstacle()
if (obstacle) console.log(`the restart of the engine is not tested: ${obstacle}`)
const onOwnEngine = obstacle ? it.skip : it

onOwnEngine(
  'brings every pod back when the engine itself is restarted, and loses and leaves nothing',
  async () => {
    const state = await mkdtemp(join(tmpdir(), 'kubeling-private-'))
    await using engine = await PrivateEngine.start()
    const at = async (...args: string[]) => {
      const { code, stdout, stderr } = await engine.inside(kubectl.path, args, { env: { KUBECONFIG: join(state, 'kubeconfig') } })
      if (code !== 0) throw new Error(stderr)
      return stdout
    }
    try {
      await engine.up({ name: 'kubeling-private', tag: process.env['KUBELING_TAG'] ?? 'latest', state })
      const list = async () => (JSON.parse(await at('get', 'pods', '-o', 'json')) as { items: Pod[] }).items
      const before = await list()
      // The engine makes its own bridge anew at every start.
      const networksNow = async () =>
        (await engine.docker('network', 'ls', '-q', '--no-trunc', '--filter', 'type=custom')).split('\n').sort()
      const networks = await networksNow()
      const began = Date.now()
      await engine.restartDaemon()
      const after = await eventually(
        async () => {
          const all = await list()
          const back = all.every(found => isReady(found) && (found.status.containerStatuses?.[0]?.restartCount ?? 0) >= 1)
          return all.length === before.length && back && all
        },
        { seconds: 120, what: 'every pod, running again' },
      )
      console.log(`the pods are ready ${((Date.now() - began) / 1000).toFixed(1)} s after the restart of the engine began`)
      expect(after.map(({ metadata }) => metadata.uid).sort()).toEqual(before.map(({ metadata }) => metadata.uid).sort())
      expect(await networksNow()).toEqual(networks)
      await at('delete', 'deployment', 'demo', '--timeout=60s')
      const ofPods = ['--filter', 'label=io.kubernetes.pod.uid']
      await eventually(
        async () => (await engine.docker('ps', '-aq', ...ofPods)) + (await engine.docker('volume', 'ls', '-q', ...ofPods)) === '',
        {
          seconds: 60,
          what: 'the removal of everything',
        },
      )
    } finally {
      await rm(state, { recursive: true, force: true })
    }
  },
  420_000,
)
