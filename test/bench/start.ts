import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Node } from '../../api/core/node.ts'
import type { Client } from '../../client/client.ts'
import type { Figure } from './figures.ts'

const execute = promisify(execFile)

/** From a stopped cluster: how long until the API server answers, and until every node says it is ready, in this run. */
export async function startFigures(client: Client, cluster: string): Promise<Figure[]> {
  const controlPlane = await containersOf(cluster, 'control-plane')
  const containers = [...controlPlane, ...(await containersOf(cluster)).filter(id => !controlPlane.includes(id))]
  await execute('docker', ['stop', '-t', '10', ...containers])
  const begin = performance.now()
  const stoppedAt = Date.now()
  // In compose's order: what the nodes depend on comes first.
  const starting = execute('docker', ['start', ...containers])
  const elapsed = async (done: () => Promise<boolean>) => {
    for (;;) {
      if (await done().catch(() => false)) return (performance.now() - begin) / 1000
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  // An attempt made before the container has its address waits a second for its packet to be sent again: give up sooner.
  const nodesNow = () => client.list(Node, { signal: AbortSignal.timeout(200) })
  const server = await elapsed(async () => (await nodesNow()).items.length > 0)
  // Ready counts only when this start's kubelet said so: by a status or a lease written since.
  const nodes = await elapsed(async () => {
    const { items } = await nodesNow()
    return items.every(({ status }) =>
      status.conditions?.some(
        ({ type, status, lastHeartbeatTime }) =>
          type === 'Ready' && status === 'True' && Date.parse(lastHeartbeatTime ?? '') >= Math.floor(stoppedAt / 1000) * 1000,
      ),
    )
  })
  await starting
  return [
    { name: 'API server answers', value: server, unit: 's', aim: { bound: 'most', value: 1 } },
    { name: `${containers.length - 1} nodes Ready`, value: nodes, unit: 's', aim: { bound: 'most', value: 3 } },
  ]
}

/** The containers of compose, or those of one service. */
async function containersOf(cluster: string, service?: string): Promise<string[]> {
  const labels = [`io.kubeling.cluster=${cluster}`, `com.docker.compose.service${service ? `=${service}` : ''}`]
  const { stdout } = await execute('docker', ['ps', '-aq', ...labels.flatMap(label => ['--filter', `label=${label}`])])
  return stdout.trim().split('\n')
}
