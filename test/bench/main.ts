import { loadavg } from 'node:os'
import Docker from 'dockerode'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { apiFigures } from './api.ts'
import { withControlPlane } from './control-plane.ts'
import { printFigures } from './figures.ts'
import { memoryFigures } from './memory.ts'
import { podFigures } from './pods.ts'
import { startFigures } from './start.ts'

/** `npm run bench [api|pods|start|memory …]`: everything unless told otherwise. scripts/bench sees to the cluster. */
const wanted = process.argv.slice(2)
const measure = (name: string) => wanted.length === 0 || wanted.includes(name)

if (measure('api')) printFigures(`API server (load average before: ${loadavg()[0]?.toFixed(1)})`, await withControlPlane(apiFigures))
if (['pods', 'start', 'memory'].some(measure)) {
  const client = createClient(await loadKubeconfig(process.env['KUBECONFIG'] ?? '.kubeling/kubeconfig'))
  const cluster = process.env['KUBELING_CLUSTER'] ?? 'kubeling'
  if (measure('start')) printFigures('Start of a stopped cluster', await startFigures(client, cluster))
  if (measure('memory')) printFigures('Idle', await memoryFigures(cluster))
  if (measure('pods')) printFigures('Pods', await podFigures(client, new Docker()))
}
process.exit(0)
