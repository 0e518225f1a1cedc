import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Node } from '../../api/core/node.ts'
import type { Client } from '../../client/client.ts'
import type { Figure } from './figures.ts'

const execute = promisify(execFile)

/** From a stopped cluster: how long until the API server answers, and until every node says it is ready, in this run. */
export async function startFigures(client: Client, cluster: string): Promise<Figure[]> {
  const { stdout } = await execute('docker', [
    'ps',
    '-q',
    '--filter',
    `label=io.kubeling.cluster=${cluster}`,
    '--filter',
    'label=com.docker.compose.service',
  ])
  const containers = stdout.trim().split('\n')
  await execute('docker', ['stop', '-t', '10', ...containers])
  const begin = performance.now()
  const stoppedAt = Date.now()
  const starting = Promise.all(containers.map(id => execute('docker', ['start', id])))
  const elapsed = async (done: () => Promise<boolean>) => {
    for (;;) {
      if (await done().catch(() => false)) return (performance.now() - begin) / 1000
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  const server = await elapsed(async () => (await client.list(Node)).items.length > 0)
  // Ready counts only when this start's kubelet said so: by a status or a lease written since.
  const nodes = await elapsed(async () => {
    const { items } = await client.list(Node)
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
