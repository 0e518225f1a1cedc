import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Job } from '../../api/batch/job.ts'
import { findCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/core/pod.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const namespace = 'e2e-conformance-apps'
const in_ = `-n ${namespace}`
const json = async <O>(what: string) => JSON.parse(await kubectl(`get ${what} ${in_} -o json`)) as O
const podsOf = async (selector: string) => (await json<{ items: Pod[] }>(`pods -l ${selector}`)).items
const jobOf = (name: string) => json<Job>(`job/${name}`)

const podSpec = (script: string, container: object = {}, spec: object = {}) => ({
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script], ...container }],
  ...spec,
})
const serveHostname = podSpec('mkdir /www && hostname > /www/index.html && exec httpd -f -p 9376 -h /www', {
  ports: [{ containerPort: 9376 }],
})
const replicated = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  metadata: { name },
  spec: {
    replicas: 2,
    ...(kind === 'ReplicaSet' ? { selector: { matchLabels: { app: name } } } : {}),
    template: { metadata: { labels: { app: name } }, spec: serveHostname },
  },
})
/** Bound to one node past the scheduler, and there to a port of the node's. */
const conflicting = podSpec('sleep 1000', { ports: [{ containerPort: 21017, hostPort: 21017 }] }, { nodeName: 'node-2' })
const job = (name: string, spec: object, template: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { ...spec, template: { spec: template } },
})
const waitsForGo = podSpec(
  'until [ -e /config/go ]; do sleep 1; done',
  { volumeMounts: [{ name: 'config', mountPath: '/config' }] },
  { restartPolicy: 'Never', volumes: [{ name: 'config', configMap: { name: 'go', optional: true } }] },
)
const failsOnce = podSpec(
  'if [ -e /data/there ]; then exit 0; fi; touch /data/there; exit 1',
  { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
  { restartPolicy: 'OnFailure', volumes: [{ name: 'data', emptyDir: {} }] },
)
const ignoresDisruption = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] }

/** All there at once: each test looks at its own part. */
const objects = [
  replicated('apps/v1', 'ReplicaSet', 'serving-rs'),
  replicated('v1', 'ReplicationController', 'serving-rc'),
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'holder' }, spec: conflicting },
  job('fails-once', { parallelism: 2, completions: 2 }, failsOnce),
  job('disrupted', { backoffLimit: 0, podFailurePolicy: ignoresDisruption }, waitsForGo),
]

describe('what upstream asks of workloads, on real containers', () => {
  let own: AsyncDisposable
  beforeAll(async () => {
    own = await ownNamespace(kubectl, namespace)
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) })
  }, 60_000)
  afterAll(() => own[Symbol.asyncDispose](), 120_000)

  it.each(['serving-rs', 'serving-rc'])(
    '%s answers with the name of each of its pods, through the proxy of the API server',
    async name => {
      const pods = await eventually(async () => {
        const found = await podsOf(`app=${name}`)
        return found.length === 2 && found.every(({ status }) => status.phase === 'Running') && found
      })
      const answers = pods.map(({ metadata }) =>
        eventually(async () => {
          const answer = await kubectl(`get --raw /api/v1/namespaces/${namespace}/pods/${metadata.name}/proxy/`)
          return answer.trim() === metadata.name
        }),
      )
      await Promise.all(answers)
    },
    60_000,
  )

  it('makes the pod of a StatefulSet again and again that its node refuses, until it runs', async () => {
    await kubectl(`wait ${in_} --for=condition=Ready pod/holder --timeout=30s`)
    const template = { metadata: { labels: { app: 'refused' } }, spec: conflicting }
    const spec = { serviceName: 'refused', replicas: 1, selector: { matchLabels: { app: 'refused' } }, template }
    const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'refused' }, spec }
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify(set) })
    const seen = new Map<string, Pod>()
    await eventually(async () => {
      for (const pod of await podsOf('app=refused')) seen.set(pod.metadata.uid, pod)
      return seen.size > 2 && [...seen.values()].some(({ status }) => status.reason === 'NodePorts')
    })
    expect([...seen.values()].find(({ status }) => status.reason === 'NodePorts')?.status.phase).toBe('Failed')
    await kubectl(`delete pod holder ${in_}`)
    await eventually(async () => (await podsOf('app=refused')).some(({ status }) => status.phase === 'Running'))
  }, 60_000)

  it('does not count the failure of a Job’s evicted pod where its policy ignores disruptions', async () => {
    const selector = 'batch.kubernetes.io/job-name=disrupted'
    const [first] = await eventually(async () => {
      const found = await podsOf(selector)
      return found[0]?.status.phase === 'Running' && found
    })
    const { name = '', uid } = first?.metadata ?? {}
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
    await kubectl(`create --raw /api/v1/namespaces/${namespace}/pods/${name}/eviction -f -`, { input: JSON.stringify(eviction) })
    await eventually(async () => (await podsOf(selector)).every(pod => pod.metadata.uid !== uid && pod.status.phase !== 'Failed'))
    await kubectl(`create configmap go ${in_} --from-literal=go=1`)
    const { status } = await eventually(async () => {
      const current = await jobOf('disrupted')
      return current.status.completionTime !== undefined && current
    })
    expect([findCondition(status.conditions, 'Complete')?.status, status.succeeded, status.failed ?? 0]).toEqual(['True', 1, 0])
  }, 90_000)

  it('completes a Job whose containers fail once and are started again where they are', async () => {
    const { status } = await eventually(async () => {
      const current = await jobOf('fails-once')
      return current.status.completionTime !== undefined && current
    })
    expect([status.succeeded, status.failed ?? 0]).toEqual([2, 0])
    const pods = await podsOf('batch.kubernetes.io/job-name=fails-once')
    expect(pods.map(pod => pod.status.containerStatuses?.[0]?.restartCount)).toEqual([1, 1])
  }, 60_000)
})
