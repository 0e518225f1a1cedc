import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Event } from '../../api/core/event.ts'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { compare, complete, expectationOf, type Expectation, type Outcome, type Step } from '../support/golden-comparison.ts'
import { goldenPods, neutralEvent, neutralStatus, neutralText, type GoldenPod, type RunNames } from '../support/golden-pods.ts'
import { kubectlOfCluster, ownNamespace, testCluster } from '../support/test-cluster.ts'

const NAMESPACE = 'golden-pods'
/** Pods of one run at a time: as many as two cores start without their probes timing out. */
const atOnce = 16
const patienceMs = 25_000

/** All states and events of a namespace, as they come. */
class Recorder {
  readonly #versions = new Map<string, Pod[]>()
  readonly #events = new Map<string, Event[]>()

  versions = (name: string): readonly Pod[] => this.#versions.get(name) ?? []
  events = (name: string): readonly Event[] => this.#events.get(name) ?? []

  async watchPods(client: Client, signal: AbortSignal): Promise<void> {
    for await (const { type, object } of client.watch(Pod, { namespace: NAMESPACE, resourceVersion: '0', signal }))
      if (type === 'ADDED' || type === 'MODIFIED') append(this.#versions, object.metadata.name, object)
  }
  async watchEvents(client: Client, signal: AbortSignal): Promise<void> {
    for await (const { type, object } of client.watch(Event, { namespace: NAMESPACE, resourceVersion: '0', signal }))
      if (type === 'ADDED' || type === 'MODIFIED') append(this.#events, object.involvedObject.name ?? '', object)
  }
}

function append<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name)
  if (list) list.push(item)
  else lists.set(name, [item])
}

const namesOf = (versions: readonly Pod[]): RunNames => ({
  namespace: NAMESPACE,
  uid: versions[0]?.metadata.uid ?? '<none>',
  podIp: versions.find(({ status }) => status.podIP)?.status.podIP,
  node: versions.find(({ spec }) => spec.nodeName)?.spec.nodeName,
})

/** What a run of a case has shown so far. */
function seen(recorder: Recorder, name: string): { steps: Step[]; events: Set<string> } {
  const versions = recorder.versions(name)
  const run = namesOf(versions)
  return {
    steps: versions.map(({ metadata, status }) => ({
      deleting: metadata.deletionTimestamp !== undefined,
      status: neutralStatus(status, run),
    })),
    events: new Set(
      recorder.events(name).map(({ type = '', reason = '', message = '', source, reportingComponent, involvedObject }) => {
        const from = reportingComponent || source?.component || ''
        return neutralEvent(
          { type, reason, message, from, ...(involvedObject.fieldPath ? { fieldPath: involvedObject.fieldPath } : {}) },
          run,
        )
      }),
    ),
  }
}

interface Run extends Outcome {
  readonly case: string
  readonly logs: readonly string[]
  readonly seconds: number
}

const goldens = goldenPods()

describe('pods', () => {
  if (!goldens) {
    it.skip('show what a real kubelet showed: the recordings are not here', () => undefined)
    return
  }
  const kubectl = kubectlOfCluster()
  const recorder = new Recorder()
  const stop = new AbortController()
  const runs = new Map<string, Run>()
  let namespace: AsyncDisposable | undefined

  const runCase = async (client: Client, golden: GoldenPod): Promise<Run> => {
    const began = Date.now()
    const name = golden.case
    const wanted: Expectation = expectationOf(golden)
    // The recorded pods carried these too.
    await client.create(Pod, { metadata: { name, namespace: NAMESPACE, labels: { case: name } }, spec: golden.spec })
    let deleted = !wanted.deletes
    const running = wanted.steps.findLastIndex(({ step }) => !step.deleting)
    for (;;) {
      const { steps, events } = seen(recorder, name)
      if (
        !deleted &&
        (Date.now() - began > patienceMs / 2 ||
          complete({ ...wanted, steps: wanted.steps.slice(0, running + 1), events: [] }, steps, events))
      ) {
        deleted = true
        await client.delete(Pod, { name, namespace: NAMESPACE })
      }
      const finished = complete(wanted, steps, events)
      if (finished || Date.now() - began > patienceMs) {
        const logs =
          golden.logs === undefined
            ? []
            : compareLogs(golden.logs, (await kubectl.try(`logs -n ${NAMESPACE} ${name}`)).stdout, namesOf(recorder.versions(name)))
        if (golden.logs === undefined && !wanted.deletes)
          await client.delete(Pod, { name, namespace: NAMESPACE }, { gracePeriodSeconds: 0 })
        return { case: name, ...compare(wanted, steps, events), logs, seconds: (Date.now() - began) / 1000 }
      }
      await sleep(200)
    }
  }

  beforeAll(async () => {
    const client = createClient(await loadKubeconfig(testCluster.kubeconfig))
    namespace = await ownNamespace(kubectl, NAMESPACE)
    const watching = Promise.all([recorder.watchPods(client, stop.signal), recorder.watchEvents(client, stop.signal)])
    watching.catch((error: unknown) => {
      if (!stop.signal.aborted) throw error
    })
    const queue = [...goldens]
    const worker = async () => {
      for (let golden = queue.shift(); golden; golden = queue.shift()) runs.set(golden.case, await runCase(client, golden))
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    const report = goldens.map(golden => ({ ...runs.get(golden.case), seen: seen(recorder, golden.case) }))
    const file = `${dirname(testCluster.kubeconfig)}/golden-pods.json`
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify(report, undefined, 1))
  }, 240_000)
  afterAll(async () => {
    stop.abort()
    await namespace?.[Symbol.asyncDispose]()
  }, 120_000)

  it('show what a real kubelet showed', () => {
    const all = [...runs.values()]
    const faults = all.map(run => ({ name: run.case, faults: [...run.states, ...run.events, ...run.logs] }))
    const text = faults
      .filter(each => each.faults.length > 0)
      .map(each => `${each.name}\n${each.faults.map(fault => `    ${fault}`).join('\n')}`)
    process.stdout.write(`\nmatched ${all.length - text.length} of ${all.length}\n${text.join('\n')}\n`)
    expect(all.length - text.length).toBeGreaterThan(0)
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
    .replace(/^([d-][rwxt-]{9} \d+ root root) \d+ /, '$1 <size> ')
    .replace(/\b10\.\d+\.0\.(?=1\b|10\b)/g, '<services>.')
