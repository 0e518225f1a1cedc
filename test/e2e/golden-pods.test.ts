import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { compare, complete, expectationOf, type Step } from '../support/golden-comparison.ts'
import { goldenPods, neutralEvent, neutralStatus, neutralText, type GoldenPod, type RunNames } from '../support/golden-pods.ts'
import { PodRecorder } from '../support/pod-recorder.ts'
import { kubectlOfCluster, ownNamespace, testCluster } from '../support/test-cluster.ts'

const NAMESPACE = 'golden-pods'
/** How long a pod may take to show everything; an eviction alone takes ten seconds. */
const patienceMs = 40_000

/** What departs from the recordings here, and why. Everything else has to match. */
const differences: Readonly<Record<string, string>> = {
  'poststart-http-fails': 'the hook fails before the shell has set its trap, so that its exit code is a matter of luck',
}

const namesOf = (uid: string, versions: readonly Pod[]): RunNames => ({
  namespace: NAMESPACE,
  uid,
  podIp: versions.find(({ status }) => status.podIP)?.status.podIP,
  node: versions.find(({ spec }) => spec.nodeName)?.spec.nodeName,
})

/** What a pod has shown so far. */
function seen(recorder: PodRecorder, uid: string): { steps: Step[]; events: Set<string> } {
  const versions = recorder.versions(uid)
  const run = namesOf(uid, versions)
  return {
    steps: versions.map(({ metadata, status }) => ({
      deleting: metadata.deletionTimestamp !== undefined,
      status: neutralStatus(status, run),
    })),
    events: new Set(
      recorder.events(uid).map(({ type = '', reason = '', message = '', source, reportingComponent, involvedObject }) => {
        const from = reportingComponent || source?.component || ''
        return neutralEvent(
          { type, reason, message, from, ...(involvedObject.fieldPath ? { fieldPath: involvedObject.fieldPath } : {}) },
          run,
        )
      }),
    ),
  }
}

/** A recording, and where a pod of ours departed from it. */
interface Run {
  readonly name: string
  readonly uid: string
  readonly faults: readonly string[]
}

const goldens = goldenPods()

describe('pods', () => {
  if (!goldens) {
    it.skip('show what a real kubelet showed: the recordings are not here', () => undefined)
    return
  }
  const kubectl = kubectlOfCluster()
  const recorder = new PodRecorder(NAMESPACE)
  const stop = new AbortController()
  const runs = new Map<string, Run>()
  let namespace: AsyncDisposable | undefined

  const logsOf = async ({ case: name, logs }: GoldenPod, uid: string): Promise<string[]> =>
    logs === undefined
      ? []
      : compareLogs(logs, (await kubectl.try(`logs -n ${NAMESPACE} ${name}`)).stdout, namesOf(uid, recorder.versions(uid)))

  const runCase = async (client: Client, golden: GoldenPod): Promise<void> => {
    const name = golden.case
    const wanted = expectationOf(golden)
    const alive = { ...wanted, steps: wanted.steps.filter(({ step }) => !step.deleting), events: [] }
    const deadline = Date.now() + patienceMs
    const { metadata } = await client.create(Pod, { metadata: { name, namespace: NAMESPACE, labels: { case: name } }, spec: golden.spec })
    let deleted = false
    for (;;) {
      const { steps, events } = seen(recorder, metadata.uid)
      if (wanted.deletes && !deleted && (complete(alive, steps, events) || Date.now() > deadline - patienceMs / 2)) {
        deleted = true
        await client.delete(Pod, { name, namespace: NAMESPACE })
      }
      if (complete(wanted, steps, events) || Date.now() > deadline) {
        const faults = [...compare(wanted, steps, events), ...(await logsOf(golden, metadata.uid))]
        runs.set(name, { name, uid: metadata.uid, faults })
        if (!deleted) await client.delete(Pod, { name, namespace: NAMESPACE }, { gracePeriodSeconds: 0 })
        return
      }
      await sleep(200)
    }
  }

  const runAll = async (client: Client, cases: readonly GoldenPod[], atOnce: number): Promise<void> => {
    const queue = [...cases]
    const worker = async () => {
      for (let golden = queue.shift(); golden; golden = queue.shift()) await runCase(client, golden)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }

  beforeAll(async () => {
    const client = createClient(await loadKubeconfig(testCluster.kubeconfig))
    namespace = await ownNamespace(kubectl, NAMESPACE)
    void recorder.run(client, stop.signal)
    await runAll(client, goldens, 16)
    // What a busy machine spoiled gets a second chance with less company.
    const spoiled = goldens.filter(({ case: name }) => runs.get(name)?.faults.length !== 0 && !(name in differences))
    await runAll(client, spoiled, 4)
  }, 300_000)
  afterAll(async () => {
    stop.abort()
    await namespace?.[Symbol.asyncDispose]()
  }, 120_000)

  it('show what a real kubelet showed', () => {
    const faulty = [...runs.values()].filter(({ faults }) => faults.length > 0)
    const report = faulty.map(({ name, faults }) => [`${name}: ${differences[name] ?? ''}`, ...faults].join('\n    '))
    process.stdout.write(`\nmatched ${runs.size - faulty.length} of ${runs.size}\n${report.join('\n')}\n`)
    expect(faulty.filter(({ name }) => !(name in differences))).toEqual([])
  })
})

/** Lines of a container's output that differ, as a set: sizes, times and addresses do not count. */
function compareLogs(wanted: string, got: string, run: RunNames): string[] {
  const lines = (text: string) =>
    neutralText(text, run)
      .split('\n')
      .map(neutralLine)
      .filter(line => !foreign.test(line))
  const [a, b] = [lines(wanted), lines(got)]
  return [
    ...a.filter(line => !b.includes(line)).map(line => `log lacks: ${line}`),
    ...b.filter(line => !a.includes(line)).map(line => `unknown log: ${line}`),
  ]
}

/** The recorded cluster had one more file in its service account volume; images have their own PATH. */
const foreign = /service-ca\.crt|^PATH=|^total /
const neutralLine = (line: string): string =>
  line
    .replace(/\.\.\d{4}(_\d\d){5}\.\d+/g, '..<time>')
    .replace(/\s+/g, ' ')
    .replace(/^([dl-][rwxt-]{9} \d+ root root) \d+ /, '$1 <size> ')
    .replace(/\b10\.\d+\.0\.(?=1\b|10\b)/g, '<services>.')
