import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '../../common/log.ts'
import { runAll } from '../../common/run.ts'
import { readConfig } from '../../control-plane/config.ts'
import { startControlPlane } from '../../control-plane/control-plane.ts'
import { createControllers } from '../../control-plane/controllers/index.ts'
import { defaultConfiguration, type SchedulerConfiguration } from '../../control-plane/scheduler/configuration/configuration.ts'
import { createScheduler } from '../../control-plane/scheduler/scheduler.ts'
import { addHollowNode, hollowKubelets, type HollowKubelets } from './hollow-nodes.ts'

export interface HollowClusterOptions {
  readonly nodes?: readonly string[]
  readonly disabled?: readonly string[]
  readonly scheduler?: SchedulerConfiguration
  /** Whether anybody runs the pods, and which. */
  readonly kubelets?: boolean | HollowKubelets
}

/** A control plane with scheduler and controllers on a directory of its own, and nodes that only pretend to run pods. */
export async function startHollowCluster(options: HollowClusterOptions = {}) {
  const {
    nodes = ['node-1', 'node-2', 'node-3'],
    disabled = [],
    kubelets = true,
    scheduler: configuration = defaultConfiguration,
  } = options
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-hollow-'))
  const flags = ['--port=0', '--listen-address=127.0.0.1', '--scheduler=false', '--controllers=false', `--data-dir=${directory}/data`]
  const log = createLogger({ level: 'error' })
  const plane = await startControlPlane(readConfig(flags, {}), log)
  const { client } = plane
  const stop = new AbortController()
  const running = runAll(
    [
      createScheduler({ client: plane.clientAs('scheduler'), log: log.child({ component: 'scheduler' }), configuration }),
      createControllers({
        client: plane.clientAs('controllerManager'),
        log,
        clusterCidr: '10.244.0.0/16',
        serviceCidr: '10.96.0.0/16',
        authority: plane.identity.authority,
        disabled,
      }),
      ...(kubelets ? [hollowKubelets(client, log, kubelets === true ? {} : kubelets)] : []),
    ],
    stop.signal,
  )
  for (const name of nodes) await addHollowNode(client, name)
  return {
    client,
    plane,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      await plane.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
