import { setTimeout as sleep } from 'node:timers/promises'
import { Lease } from '../../api/coordination/lease.ts'
import { ConfigMap } from '../../api/core/config-map.ts'
import { Pod } from '../../api/core/pod.ts'
import { microTimestamp } from '../../api/time.ts'
import type { Client } from '../../client/client.ts'
import { createClient } from '../../client/http-client.ts'
import { Informers } from '../../client/informers.ts'
import { createLogger } from '../../common/log.ts'
import { addHollowNode } from '../support/hollow-nodes.ts'
import type { MeasuredControlPlane } from './control-plane.ts'
import { decisionFigures } from './decisions.ts'
import { load, percentile, type Figure } from './figures.ts'

const SINGLE = 100
const MAPS = 1000
const namespace = 'default'

export interface SchedulingLoad {
  readonly nodes: number
  readonly pods: number
  readonly aim?: number
}

/** Pods from their creation to their binding, on nodes that are only written down; API server, scheduler and controllers in one process. */
export async function schedulingFigures(plane: MeasuredControlPlane, { nodes, pods, aim }: SchedulingLoad): Promise<Figure[]> {
  const client = createClient(plane.config)
  const stop = new AbortController()
  const names = Array.from({ length: nodes }, (_, index) => `node-${index}`)
  await load(nodes, 32, index => addHollowNode(client, names[index] ?? ''))
  const beating = keepAlive(client, names, stop.signal)
  const bound = new BoundPods(client)
  const watching = bound.run(stop.signal)
  try {
    await sleep(2000)
    const alone: number[] = []
    for (let index = 0; index < SINGLE; index++) alone.push(await bound.timeOf(`alone-${index}`, () => create(client, `alone-${index}`)))
    const before = plane.processorTime()
    const started = performance.now()
    const all = Array.from({ length: pods }, (_, index) => bound.timeOf(`pod-${index}`))
    await load(pods, 32, index => create(client, `pod-${index}`))
    const created = performance.now()
    await Promise.all(all)
    const seconds = (performance.now() - started) / 1000
    const ofPod = (plane.processorTime() - before) / pods
    const ofMap = await processorTimeOfMaps(plane, client)
    return [
      {
        name: `pods bound, ${pods} on ${nodes} nodes`,
        value: pods / seconds,
        unit: '/s',
        ...(aim === undefined ? {} : { aim: { bound: 'least' as const, value: aim }, beside: 'kube-scheduler 205/s on 100 nodes' }),
      },
      { name: 'pods created meanwhile', value: pods / ((created - started) / 1000), unit: '/s' },
      { name: 'one at a time, created until bound, p50', value: percentile(alone, 0.5), unit: 'ms' },
      { name: 'one at a time, created until bound, p99', value: percentile(alone, 0.99), unit: 'ms' },
      {
        name: 'processor time of the control plane, a pod',
        value: ofPod,
        unit: 'ms',
        beside: `${(ofPod / ofMap).toFixed(1)} × that of creating a ConfigMap, ${ofMap.toPrecision(3)} ms`,
      },
      ...decisionFigures({ nodes, pods }),
      { name: 'resident afterwards', value: plane.residentMegabytes(), unit: 'MB' },
    ]
  } finally {
    stop.abort()
    await Promise.allSettled([beating, watching])
  }
}

/** What says more about the machine than about the scheduler. */
async function processorTimeOfMaps(plane: MeasuredControlPlane, client: Client): Promise<number> {
  const before = plane.processorTime()
  await load(MAPS, 32, index => client.create(ConfigMap, { metadata: { name: `map-${index}`, namespace }, data: { a: 'b' } }))
  return (plane.processorTime() - before) / MAPS
}

const resources = { requests: { cpu: '10m', memory: '16Mi' } }
const create = (client: Client, name: string) =>
  client.create(Pod, {
    metadata: { name, namespace, labels: { app: 'bench' } },
    spec: { containers: [{ name: 'c', image: 'x', resources }] },
  })

/** Leases of nodes that nobody runs, renewed as kubelets would, who try again when they could not. */
export async function keepAlive(client: Client, names: readonly string[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(10_000, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const body = { spec: { renewTime: microTimestamp(new Date()) } }
    const renew = (name: string) => client.patch(Lease, { name, namespace: 'kube-node-lease' }, { type: 'merge', body })
    await load(names.length, 4, index =>
      renew(names[index] ?? '').catch((error: unknown) => console.log(`  lease of ${names[index]} not renewed: ${String(error)}`)),
    )
  }
}

/** When each pod was seen on a node. */
class BoundPods {
  readonly #waiting = new Map<string, () => void>()
  readonly #informers: Informers

  constructor(client: Client) {
    this.#informers = new Informers(client, createLogger({ level: 'error' }))
    const look = ({ metadata, spec }: Pod) => {
      if (spec.nodeName) this.#waiting.get(metadata.name)?.()
    }
    this.#informers.for(Pod).addListener({ added: look, updated: look, deleted: () => undefined })
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#informers.run(signal)
  }

  /** Milliseconds from the call until the pod is bound; `begin` creates it. */
  async timeOf(name: string, begin?: () => Promise<unknown>): Promise<number> {
    const started = performance.now()
    const seen = new Promise<void>(resolve => this.#waiting.set(name, resolve))
    await begin?.()
    await seen
    return performance.now() - started
  }
}
