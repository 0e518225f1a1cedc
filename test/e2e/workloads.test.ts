import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Deployment } from '../../api/apps/deployment.ts'
import type { Pod } from '../../api/core/pod.ts'
import { eventually } from '../support/eventually.ts'
import { docker, kubectlOfCluster, ownNamespace, podContainers } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-workloads'
const in_ = `-n ${NAMESPACE}`
const pods = async (selector: string): Promise<Pod[]> =>
  (JSON.parse(await kubectl(`get pods ${in_} -l ${selector} -o json`)) as { items: Pod[] }).items
const isReady = (pod: Pod) => pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

const nginx = (image: string, grace = 5) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: ${grace}
      containers:
        - name: nginx
          image: ${image}
          imagePullPolicy: IfNotPresent
          ports: [{ containerPort: 80 }]
`

describe('workloads on real Docker', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
  }, 60_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it('spreads a Deployment of three over three nodes', async () => {
    await kubectl(`apply ${in_} -f -`, { input: nginx('nginx:1.26') })
    await kubectl(`rollout status deployment/web ${in_} --timeout=60s`)
    const running = await pods('app=web')
    expect(new Set(running.map(pod => pod.spec.nodeName)).size).toBe(3)
    expect(running.map(pod => pod.status.phase)).toEqual(['Running', 'Running', 'Running'])
  }, 90_000)

  it('answers on its pods’ addresses and on its Service, from a pod of another node', async () => {
    await kubectl(`expose deployment web ${in_} --port=80`)
    await kubectl(`run client ${in_} --image=busybox:1.36 --image-pull-policy=IfNotPresent -- sleep 1000`)
    await kubectl(`wait ${in_} --for=condition=Ready pod/client --timeout=30s`)
    const client = JSON.parse(await kubectl(`get pod client ${in_} -o json`)) as Pod
    const elsewhere = (await pods('app=web')).find(pod => pod.spec.nodeName !== client.spec.nodeName)
    const { spec } = JSON.parse(await kubectl(`get service web ${in_} -o json`)) as { spec: { clusterIP: string } }
    for (const address of [elsewhere?.status.podIP, spec.clusterIP]) {
      const page = await eventually(() => kubectl(`exec ${in_} client -- wget -qO- -T 5 http://${address}/`), { seconds: 10 })
      expect(page).toContain('Welcome to nginx!')
    }
    await kubectl(`delete pod client ${in_} --grace-period=0 --force`)
  }, 60_000)

  it('replaces a pod that is deleted', async () => {
    const [victim] = await pods('app=web')
    await kubectl(`delete pod ${in_} ${victim?.metadata.name}`)
    const after = await eventually(async () => {
      const running = (await pods('app=web')).filter(isReady)
      return running.length === 3 && running
    })
    expect(after.map(pod => pod.metadata.uid)).not.toContain(victim?.metadata.uid)
  }, 60_000)

  it('rolls to a new image without ever falling below what is allowed', async () => {
    const before = new Set((await pods('app=web')).map(pod => pod.metadata.uid))
    await kubectl(`set image deployment/web nginx=nginx:1.27 ${in_}`)
    let fewest = 3
    await eventually(
      async () => {
        const running = await pods('app=web')
        fewest = Math.min(fewest, running.filter(pod => isReady(pod) && !pod.metadata.deletionTimestamp).length)
        return running.length === 3 && running.every(pod => !before.has(pod.metadata.uid) && isReady(pod))
      },
      { seconds: 60 },
    )
    expect(fewest).toBeGreaterThanOrEqual(3)
    const deployment = JSON.parse(await kubectl(`get deployment web ${in_} -o json`)) as Deployment
    expect(deployment.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2')
    expect(await kubectl(`rollout history deployment/web ${in_}`)).toContain('2')
  }, 90_000)

  it('restarts a container that is killed behind its back', async () => {
    const [pod] = await pods('app=web')
    const uid = pod?.metadata.uid ?? ''
    const killed = [...(await podContainers(uid))].find(([, name]) => name === 'nginx')?.[0] ?? ''
    await docker('kill', killed)
    const restarted = await eventually(
      async () => {
        const again = (await pods('app=web')).find(({ metadata }) => metadata.uid === uid)
        return again?.status.containerStatuses?.[0]?.restartCount === 1 && isReady(again) && again
      },
      { seconds: 40 },
    )
    expect(restarted.status.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' })
    expect(restarted.status.podIP).toBe(pod?.status.podIP)
  }, 60_000)

  it('runs init containers, a sidecar, hooks and the app in their order, and stops them in theirs', async () => {
    const log = (what: string) => `echo "$(date +%s%N | cut -c1-13) ${what}" >> /shared/log`
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'ordered', labels: { app: 'ordered' } },
      spec: {
        terminationGracePeriodSeconds: 20,
        initContainers: [
          {
            name: 'first',
            image: 'busybox:1.36',
            command: ['sh', '-c', `${log('first')}; sleep 0.3; ${log('first-done')}`],
            volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
          },
          {
            name: 'sidecar',
            image: 'busybox:1.36',
            restartPolicy: 'Always',
            command: [
              'sh',
              '-c',
              `${log('sidecar')}; trap '${log('sidecar-term').replaceAll("'", "'\\''")}; exit 0' TERM; while :; do sleep 0.1; done`,
            ],
            volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
          },
          {
            name: 'second',
            image: 'busybox:1.36',
            command: ['sh', '-c', `${log('second')}; sleep 0.3; ${log('second-done')}`],
            volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
          },
        ],
        containers: [
          {
            name: 'app',
            image: 'busybox:1.36',
            command: [
              'sh',
              '-c',
              `${log('app')}; trap '${log('app-term').replaceAll("'", "'\\''")}; exit 0' TERM; while :; do sleep 0.1; done`,
            ],
            lifecycle: {
              postStart: { exec: { command: ['sh', '-c', `sleep 0.5; ${log('post-start')}`] } },
              preStop: { exec: { command: ['sh', '-c', `${log('pre-stop')}; sleep 0.5; ${log('pre-stop-done')}`] } },
            },
            volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
          },
        ],
        // On the host, so that the log outlives the pod: what it says of the end is read by another pod.
        volumes: [{ name: 'shared', hostPath: { path: `/tmp/kubeling-e2e-${process.pid}`, type: 'DirectoryOrCreate' } }],
      },
    }
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify(manifest) })
    await kubectl(`wait ${in_} --for=condition=Ready pod/ordered --timeout=30s`)
    expect(await kubectl(`get pod ordered ${in_} --no-headers`)).toMatch(/ordered\s+2\/2\s+Running\s+0/)
    const { spec } = JSON.parse(await kubectl(`get pod ordered ${in_} -o json`)) as Pod
    await kubectl(`delete pod ordered ${in_}`)
    const reader = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'reader' },
      spec: {
        restartPolicy: 'Never',
        nodeName: spec.nodeName,
        containers: [
          {
            name: 'c',
            image: 'busybox:1.36',
            command: ['sh', '-c', 'cat /shared/log; rm /shared/log'],
            volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
          },
        ],
        volumes: manifest.spec.volumes,
      },
    }
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify(reader) })
    await kubectl(`wait ${in_} --for=jsonpath={.status.phase}=Succeeded pod/reader --timeout=30s`)
    const lines = (await kubectl(`logs reader ${in_}`)).trim().split('\n')
    const order = lines.map(line => line.split(' ')[1])
    expect(order).toEqual([
      'first',
      'first-done',
      'sidecar',
      'second',
      'second-done',
      'app',
      'post-start',
      'pre-stop',
      'pre-stop-done',
      'app-term',
      'sidecar-term',
    ])
    const times = lines.map(line => Number(line.split(' ')[0]))
    expect([...times].sort((a, b) => a - b)).toEqual(times)
  }, 120_000)

  it('shares an emptyDir between the containers of a pod', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'shared' },
      spec: {
        restartPolicy: 'Never',
        initContainers: [
          {
            name: 'writer',
            image: 'busybox:1.36',
            command: ['sh', '-c', 'echo hello > /data/greeting'],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
        containers: [
          {
            name: 'reader',
            image: 'busybox:1.36',
            command: ['cat', '/data/greeting'],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
      },
    }
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify(manifest) })
    await kubectl(`wait ${in_} --for=jsonpath={.status.phase}=Succeeded pod/shared --timeout=30s`)
    expect(await kubectl(`logs shared ${in_}`)).toBe('hello\n')
  }, 60_000)
})
