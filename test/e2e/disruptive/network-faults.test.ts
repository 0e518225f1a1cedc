import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Deployment } from '../../../api/apps/deployment.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { Service } from '../../../api/core/service.ts'
import { eventually } from '../../support/eventually.ts'
import { nodeFault } from '../../support/node-faults.ts'
import { kubectlOfCluster, ownNamespace } from '../../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const namespace = 'e2e-network-faults'
const in_ = `-n ${namespace}`
const get = async <O>(what: string) => JSON.parse(await kubectl(`get ${what} ${in_} -o json`)) as O

const web = {
  name: 'main',
  image: 'busybox:1.36',
  command: ['sh', '-c', 'mkdir /www; hostname > /www/index.html; head -c 300000 /dev/zero > /www/large; exec httpd -f -p 8080 -h /www'],
  readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
}
const tolerations = ['not-ready', 'unreachable'].map(condition => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 2,
}))
const readiness = ({ status }: Node) => status.conditions?.find(({ type }) => type === 'Ready')?.status

describe('a node with a bad network', () => {
  let own: AsyncDisposable
  let clusterIp = ''
  beforeAll(async () => {
    own = await ownNamespace(kubectl, namespace)
    const labels = { app: 'web' }
    const spread = {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: labels },
    }
    const template = {
      metadata: { labels },
      spec: { containers: [web], tolerations, topologySpreadConstraints: [spread], terminationGracePeriodSeconds: 1 },
    }
    const items = [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { replicas: 3, selector: { matchLabels: labels }, template },
      },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'client' },
        spec: {
          nodeName: 'node-1',
          terminationGracePeriodSeconds: 0,
          containers: [{ ...web, command: ['sleep', '3600'], readinessProbe: undefined }],
        },
      },
    ]
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
    await kubectl(`wait --for=condition=Available deployment/web ${in_} --timeout=90s`, { timeoutSeconds: 100 })
    await kubectl(`wait --for=condition=Ready pod/client ${in_} --timeout=60s`, { timeoutSeconds: 70 })
    clusterIp = (await get<Service>('service web')).spec.clusterIP ?? ''
  }, 240_000)
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
  }, 180_000)

  const node = async (name: string) => JSON.parse(await kubectl(`get node ${name} -o json`)) as Node
  const pods = async () => (await get<{ items: Pod[] }>('pods -l app=web')).items
  /** The pod that answers a request to the Service, or nothing. */
  const ask = async (address = clusterIp) => (await kubectl.try(`exec ${in_} client -- wget -qO- -T 2 http://${address}/`)).stdout.trim()
  const podOn = async (name: string) => {
    const found = (await pods()).find(({ spec, metadata }) => spec.nodeName === name && !metadata.deletionTimestamp)
    if (!found) throw new Error(`no pod on ${name}`)
    return found
  }
  const seconds = async (command: string) => {
    const began = Date.now()
    await kubectl(`exec ${in_} client -- ${command}`)
    return (Date.now() - began) / 1000
  }

  it('that is cut off is NotReady, gets no requests any more, loses its pods, and heals', async () => {
    const lost = await podOn('node-2')
    {
      await using _ = await nodeFault('cut', 'node-2')
      await eventually(async () => readiness(await node('node-2')) === 'Unknown', { seconds: 90, what: 'a node that is not ready' })
      await eventually(
        async () => {
          const [ready] = [(await get<Deployment>('deployment web')).status.readyReplicas]
          const elsewhere = (await pods()).filter(({ spec, metadata }) => spec.nodeName !== 'node-2' && !metadata.deletionTimestamp)
          return ready === 3 && elsewhere.length === 3
        },
        { seconds: 60, what: 'three pods on other nodes' },
      )
      // Nobody is sent to the pod that nobody reaches.
      for (let round = 0; round < 15; round++) {
        const answer = await ask()
        expect(answer).toMatch(/^web-/)
        expect(answer).not.toBe(lost.metadata.name)
      }
    }
    await eventually(async () => readiness(await node('node-2')) === 'True', { seconds: 60, what: 'a healed node' })
    await eventually(async () => !(await pods()).some(({ metadata }) => metadata.uid === lost.metadata.uid), { seconds: 60 })
  }, 300_000)

  it('that loses all packets is not reached, and is again when it is healed', async () => {
    const { status } = await podOn('node-3')
    const address = `${status.podIP}:8080`
    await eventually(async () => (await ask(address)) !== '', { seconds: 20, what: 'an answer before' })
    {
      await using _ = await nodeFault('lose', 'node-3', '100')
      expect(await ask(address)).toBe('')
    }
    await eventually(async () => (await ask(address)) !== '', { seconds: 20, what: 'an answer afterwards' })
  }, 90_000)

  it('that is slow takes longer', async () => {
    const { status } = await podOn('node-3')
    const large = `wget -qO /dev/null http://${status.podIP}:8080/large`
    {
      // 300 kB at 400 kbit/s are six seconds.
      await using _ = await nodeFault('slow', 'node-3', '400kbit')
      expect(await seconds(large)).toBeGreaterThan(3)
    }
    await eventually(async () => (await seconds(large)) < 3, { seconds: 60, what: 'speed' })
  }, 120_000)
})
