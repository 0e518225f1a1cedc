import { loadavg } from 'node:os'
import Docker from 'dockerode'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { apiFigures } from './api.ts'
import { withControlPlane } from './control-plane.ts'
import { dnsFigures } from './dns.ts'
import { printFigures } from './figures.ts'
import { memoryFigures } from './memory.ts'
import { podFigures, withIdlePods } from './pods.ts'
import { scaleFigures } from './scale.ts'
import { rolloutFigures } from './rollout.ts'
import { schedulingFigures, type SchedulingLoad } from './scheduling.ts'
import { serviceRuleFigures } from './service-rules.ts'
import { serviceTrafficFigures } from './service-traffic.ts'
import { startFigures } from './start.ts'

/** `npm run bench [api|scale|scheduling|rollout|dns|services|pods|start|memory|crowd …]`: everything unless told otherwise. scripts/bench sees to the cluster. */
const wanted = process.argv.slice(2)
/** Fifty pods for each of three nodes. */
const CROWD = 150
/** The aim is for the last of them; the first shows how it grows. */
const SCHEDULING: readonly SchedulingLoad[] = [
  { nodes: 100, pods: 2500 },
  { nodes: 1000, pods: 5000, aim: 400 },
]
const ROLLOUT = { pods: 500, nodes: 20, startMilliseconds: 5000 }
const measure = (name: string) => wanted.length === 0 || wanted.includes(name)

if (measure('api')) printFigures(`API server (load average before: ${loadavg()[0]?.toFixed(1)})`, await withControlPlane(apiFigures))
if (measure('scale')) printFigures('Many objects', await scaleFigures())
if (measure('dns')) printFigures(`DNS of a node (load average before: ${loadavg()[0]?.toFixed(1)})`, await dnsFigures())
if (measure('scheduling')) {
  for (const size of SCHEDULING) printFigures('Scheduling', await withControlPlane(plane => schedulingFigures(plane, size)))
}
if (measure('rollout')) printFigures('Rollout', await withControlPlane(plane => rolloutFigures(plane, ROLLOUT)))
if (measure('services')) printFigures('Service proxy of a node: 5,000 services, 10,000 endpoints', await serviceRuleFigures(new Docker()))
if (['services', 'pods', 'start', 'memory', 'crowd'].some(measure)) {
  const client = createClient(await loadKubeconfig(process.env['KUBECONFIG'] ?? '.kubeling/kubeconfig'))
  const cluster = process.env['KUBELING_CLUSTER'] ?? 'kubeling'
  const docker = new Docker()
  if (measure('services'))
    printFigures(`Services on the cluster (load average before: ${loadavg()[0]?.toFixed(1)})`, await serviceTrafficFigures(client))
  if (measure('start')) printFigures('Start of a stopped cluster', await startFigures(client, docker, cluster))
  if (measure('memory')) printFigures('Idle', await memoryFigures(cluster, { controlPlane: 150, agent: 80 }))
  if (measure('pods')) printFigures('Pods', await podFigures(client, docker))
  if (measure('crowd')) {
    const figures = await withIdlePods({ client, docker, count: CROWD }, () => memoryFigures(cluster, { agent: 80, agentCpu: 1 }))
    printFigures(`Idle with ${CROWD} pods without probes on three nodes`, figures)
  }
}
process.exit(0)
