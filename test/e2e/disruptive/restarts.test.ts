import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pod } from '../../../api/core/pod.ts'
import { eventually } from '../../support/eventually.ts'
import { docker, kubectlOfCluster, ownNamespace, podContainers, serviceContainer } from '../../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-restarts'
const in_ = `-n ${NAMESPACE}`
const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: steady }
spec:
  replicas: 3
  selector: { matchLabels: { app: steady } }
  template:
    metadata: { labels: { app: steady } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{ name: c, image: 'busybox:1.36', command: [sleep, '100000'] }]
`
const pods = async (): Promise<Pod[]> => (JSON.parse(await kubectl(`get pods ${in_} -o json`)) as { items: Pod[] }).items
const ready = (pod: Pod) => pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
const uids = (list: Pod[]) => list.map(pod => pod.metadata.uid).sort()

describe('restarts', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    await kubectl(`apply ${in_} -f -`, { input: manifest })
    await kubectl(`rollout status deployment/steady ${in_} --timeout=60s`)
  }, 120_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it('leaves every container running and every status true when an agent is killed', async () => {
    const before = await pods()
    const containers = await Promise.all(before.map(pod => podContainers(pod.metadata.uid)))
    for (const node of ['node-1', 'node-2', 'node-3']) {
      await docker('exec', await serviceContainer(node), 'sh', '-c', 'kill -9 $(pidof node)')
    }
    await sleep(1_000)
    await eventually(async () => (await kubectl('get nodes --no-headers')).split('\n').filter(line => / Ready /.test(line)).length === 3)
    await sleep(3_000)
    const after = await pods()
    expect(uids(after)).toEqual(uids(before))
    expect(after.map(pod => pod.status.containerStatuses?.[0]?.restartCount)).toEqual([0, 0, 0])
    expect(await Promise.all(before.map(pod => podContainers(pod.metadata.uid)))).toEqual(containers)
    expect(after.every(ready)).toBe(true)
  }, 90_000)

  it('brings back the same pods when every container of the cluster is restarted', async () => {
    const before = await pods()
    const everything = (await docker('ps', '-q', '--filter', `label=io.kubeling.cluster=${process.env['KUBELING_CLUSTER'] ?? 'kubeling'}`))
      .trim()
      .split('\n')
    await docker('restart', '-t', '2', ...everything)
    const after = await eventually(
      async () => {
        const list = await pods()
        return (
          list.length === 3 && list.every(ready) && list.every(pod => (pod.status.containerStatuses?.[0]?.restartCount ?? 0) >= 1) && list
        )
      },
      { seconds: 90, what: 'the pods of before, running again' },
    )
    expect(uids(after)).toEqual(uids(before))
    // Docker also restarts containers that the agent has replaced meanwhile: such strays are stopped when the agent looks again.
    for (const pod of after) {
      await eventually(async () => [...(await podContainers(pod.metadata.uid)).values()].sort().join() === 'POD,c', {
        seconds: 30,
        what: 'one sandbox and one container for each pod',
      })
    }
    const [first, second] = await eventually(async () => {
      const list = await pods()
      return list.every(ready) && list
    })
    const ping = await eventually(() => kubectl(`exec ${in_} ${first?.metadata.name} -- ping -c1 -W1 ${second?.status.podIP}`))
    expect(ping).toContain('1 packets received')
  }, 180_000)

  it('starts what must run again after a node was off, and nothing twice', async () => {
    const [pod] = await pods()
    const node = pod?.spec.nodeName ?? ''
    await docker('stop', '-t', '2', await serviceContainer(node))
    await docker('rm', '-f', ...(await podContainers(pod?.metadata.uid ?? '')).keys())
    await docker('start', await serviceContainer(node, true))
    await eventually(
      async () => {
        const again = (await pods()).find(({ metadata }) => metadata.uid === pod?.metadata.uid)
        return again && ready(again) && (await podContainers(again.metadata.uid)).size === 2
      },
      { seconds: 60 },
    )
  }, 120_000)
})
