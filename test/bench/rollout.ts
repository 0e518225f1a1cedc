import { setTimeout as sleep } from 'node:timers/promises'
import { Deployment } from '../../api/apps/deployment.ts'
import type { Client } from '../../client/client.ts'
import { createClient } from '../../client/http-client.ts'
import { createLogger } from '../../common/log.ts'
import { runAll } from '../../common/run.ts'
import { addHollowNode, hollowKubelets } from '../support/hollow-nodes.ts'
import { RolloutBudget } from '../support/rollout-budget.ts'
import type { MeasuredControlPlane } from './control-plane.ts'
import { load, type Figure } from './figures.ts'
import { rawClient, type RawClient } from './raw-client.ts'
import { keepAlive } from './scheduling.ts'

const namespace = 'default'
const name = 'rolling'
const labels = { app: name }

export interface RolloutLoad {
  readonly pods: number
  readonly nodes: number
  /** From a pod's binding until it is ready. */
  readonly startMilliseconds: number
}

/**
 * A Deployment of many pods, on nodes that only pretend, gets another image. With a quarter of surge and a quarter that may be
 * missing, half of the new pods start at once and the other half when those are ready: it cannot take less than two starts.
 */
export async function rolloutFigures(plane: MeasuredControlPlane, { pods, nodes, startMilliseconds }: RolloutLoad): Promise<Figure[]> {
  const client = createClient(plane.config)
  const raw = rawClient(plane.config, 2)
  const log = createLogger({ level: 'error' })
  const stop = new AbortController()
  const names = Array.from({ length: nodes }, (_, index) => `node-${index}`)
  await load(nodes, 16, index => addHollowNode(client, names[index] ?? ''))
  const deployment = await client.create(Deployment, rolling('x:1', pods) as never)
  const budget = new RolloutBudget({ client, deployment, log })
  const beating = { run: (signal: AbortSignal) => keepAlive(client, names, signal) }
  const running = runAll([budget, hollowKubelets(client, log, { startMilliseconds }), beating], stop.signal)
  const roll = async (): Promise<Figure[]> => {
    await complete(client, pods)
    while (budget.size.available < pods) await sleep(100)
    budget.begin()
    const before = await requests(raw)
    const processorTime = plane.processorTime()
    const started = performance.now()
    const body = { spec: { template: { spec: { containers: [{ name: 'c', image: 'x:2' }] } } } }
    await client.patch(Deployment, { name, namespace }, { type: 'strategic', body })
    await complete(client, pods)
    const seconds = (performance.now() - started) / 1000
    const spent = (plane.processorTime() - processorTime) / pods
    const after = await requests(raw)
    const { events, most, fewestAvailable, broken } = budget.report
    for (const each of broken.slice(0, 5)) console.log(`  broken: ${each}`)
    const starts = (2 * startMilliseconds) / 1000
    return [
      { name: `rollout of ${pods} pods`, value: seconds, unit: 's', beside: `${starts} s for two pod starts` },
      { name: 'most pods at once', value: most, unit: '', aim: { bound: 'most', value: pods + Math.ceil(pods / 4) } },
      { name: 'fewest available pods', value: fewestAvailable, unit: '', aim: { bound: 'least', value: pods - Math.floor(pods / 4) } },
      {
        name: 'events after which the budget was broken',
        value: broken.length,
        unit: '',
        aim: { bound: 'most', value: 0 },
        beside: `of ${events}`,
      },
      ...trafficFigures(before, after, pods),
      { name: 'processor time of the control plane, a pod', value: spent, unit: 'ms' },
    ]
  }
  try {
    // When the nodes fail, the rollout waits for ever.
    return await Promise.race([roll(), running.then(() => Promise.reject(new Error('the nodes ended')))])
  } finally {
    stop.abort()
    raw.close()
    await running
  }
}

const rolling = (image: string, replicas: number) => ({
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image, resources: { requests: { cpu: '1m' } } }] } },
  },
})

async function complete(client: Client, pods: number): Promise<void> {
  for (;;) {
    const { metadata, status } = await client.get(Deployment, { name, namespace })
    const isObserved = status.observedGeneration === metadata.generation
    if (isObserved && [status.replicas, status.updatedReplicas, status.availableReplicas].every(count => count === pods)) return
    await sleep(250)
  }
}

/** Requests so far, by verb and resource, as the API server counts them. */
async function requests(raw: RawClient): Promise<ReadonlyMap<string, number>> {
  const text = (await raw.send('GET', '/metrics')).body.toString()
  const counts = new Map<string, number>()
  for (const [, labels = '', value = ''] of text.matchAll(/^apiserver_request_total\{(.*)\} (\d+)$/gm)) {
    const label = (of: string) => new RegExp(`(?:^|,)${of}="([^"]*)"`).exec(labels)?.[1] ?? ''
    const subresource = label('subresource')
    const sort = `${label('verb')} ${label('resource')}${subresource ? `/${subresource}` : ''}`
    counts.set(sort, (counts.get(sort) ?? 0) + Number(value))
  }
  return counts
}

/** What a pod costs in requests: all of them, and those of which there are some for every tenth pod at least. Watches and the bench's own looks are left out. */
function trafficFigures(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, pods: number): Figure[] {
  const spent = [...after]
    .map(([sort, count]) => ({ sort, each: (count - (before.get(sort) ?? 0)) / pods }))
    .filter(
      ({ sort, each }) => each > 0 && !sort.startsWith('WATCH') && sort !== 'PATCH leases' && sort !== 'GET deployments' && sort !== 'GET ',
    )
    .sort((a, b) => b.each - a.each)
  const all = spent.reduce((sum, { each }) => sum + each, 0)
  return [
    { name: 'API requests for a pod that takes over from another', value: all, unit: '' },
    ...spent.filter(({ each }) => each >= 0.1).map(({ sort, each }) => ({ name: `  ${sort}`, value: each, unit: '' })),
  ]
}
