import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Job } from '../../api/batch/job.ts'
import { findCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/core/pod.ts'
import { eventually as within } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const namespace = 'e2e-conformance-apps'
const in_ = `-n ${namespace}`
const json = async <O>(what: string) => JSON.parse(await kubectl(`get ${what} ${in_} -o json`)) as O
const podsOf = async (selector: string) => (await json<{ items: Pod[] }>(`pods -l ${selector}`)).items
const jobOf = (name: string) => json<Job>(`job/${name}`)

/** Long, for a machine that does other things too: what is expected takes a few seconds. */
const eventually = <T>(attempt: () => Promise<T | undefined | false>) => within(attempt, { seconds: 100 })

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

/** The status of a pod that its node refused; resolves when the pod's successor runs, in place of the one that held the port. */
async function replaceRefusedPod(): Promise<Pod['status']> {
  await kubectl(`wait ${in_} --for=condition=Ready pod/holder --timeout=100s`, { timeoutSeconds: 110 })
  const labels = { app: 'refused' }
  const spec = {
    serviceName: 'refused',
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: conflicting },
  }
  const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'refused' }, spec }
  await kubectl(`apply ${in_} -f -`, { input: JSON.stringify(set) })
  const seen = new Map<string, Pod['status']>()
  const refused = await eventually(async () => {
    for (const { metadata, status } of await podsOf('app=refused')) seen.set(metadata.uid, status)
    return seen.size > 2 && [...seen.values()].find(({ reason }) => reason === 'NodePorts')
  })
  await kubectl(`delete pod holder ${in_}`)
  await eventually(async () => (await podsOf('app=refused')).some(({ status }) => status.phase === 'Running'))
  return refused
}

/** The status of a Job that completes after its first pod was evicted. */
async function completeDisruptedJob(): Promise<Job['status']> {
  const selector = 'batch.kubernetes.io/job-name=disrupted'
  const first = await eventually(async () => (await podsOf(selector)).find(({ status }) => status.phase === 'Running'))
  const { name, uid } = first.metadata
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
  await kubectl(`create --raw /api/v1/namespaces/${namespace}/pods/${name}/eviction -f -`, { input: JSON.stringify(eviction) })
  await eventually(async () => (await podsOf(selector)).every(({ metadata }) => metadata.uid !== uid))
  await kubectl(`create configmap go ${in_} --from-literal=go=1`)
  const { status } = await eventually(async () => {
    const current = await jobOf('disrupted')
    return current.status.completionTime !== undefined && current
  })
  return status
}

/** What goes on beside the tests, and fails in the one that waits for it. */
function beside<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

describe('what upstream asks of workloads, on real containers', () => {
  let own: AsyncDisposable
  let refusedPod: Promise<Pod['status']>
  let disruptedJob: Promise<Job['status']>
  beforeAll(async () => {
    own = await ownNamespace(kubectl, namespace)
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) })
    refusedPod = beside(replaceRefusedPod())
    disruptedJob = beside(completeDisruptedJob())
  }, 60_000)
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
  }, 120_000)

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
    const refused = await refusedPod
    expect(refused).toMatchObject({ phase: 'Failed', reason: 'NodePorts' })
  }, 120_000)

  it('does not count the failure of a Job’s evicted pod where its policy ignores disruptions', async () => {
    const { conditions, succeeded, failed = 0 } = await disruptedJob
    expect([findCondition(conditions, 'Complete')?.status, succeeded, failed]).toEqual(['True', 1, 0])
  }, 120_000)

  it('completes a Job whose containers fail once and are started again where they are', async () => {
    const { status } = await eventually(async () => {
      const current = await jobOf('fails-once')
      return current.status.completionTime !== undefined && current
    })
    expect([status.succeeded, status.failed ?? 0]).toEqual([2, 0])
    const pods = await podsOf('batch.kubernetes.io/job-name=fails-once')
    expect(pods.map(pod => pod.status.containerStatuses?.[0]?.restartCount)).toEqual([1, 1])
  }, 120_000)
})
