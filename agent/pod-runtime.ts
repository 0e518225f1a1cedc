import { sleepUnlessAborted, systemClock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import type { AgentConfig } from './config.ts'
import { becomeRouter } from './network/routes.ts'
import type { DockerEngine } from './runtime/docker/connect.ts'
import { DockerRuntime } from './runtime/docker/docker-runtime.ts'
import { findVolumeStore } from './runtime/docker/node-volumes.ts'
import { ensurePodNetwork } from './runtime/docker/pod-network.ts'

const clock = systemClock

const warmUpAfterMs = 5000

/** What the runtime is told wherever it is used. */
export const runtimeOptions = (config: AgentConfig, log: Logger) => ({
  cluster: config.cluster,
  nodeName: config.nodeName,
  nodeContainer: config.nodeContainer,
  pauseImage: config.pauseImage,
  log: log.child({ component: 'runtime' }),
  seccompDefault: config.seccompDefault ? ('RuntimeDefault' as const) : ('Unconfined' as const),
  ...(config.hostPathRoot ? { hostPathRoot: config.hostPathRoot } : {}),
})

/** The network of the node's pods, and the runtime that makes their containers. */
export async function podRuntime({
  config,
  docker,
  log,
  podCidr,
}: {
  config: AgentConfig
  docker: DockerEngine
  log: Logger
  podCidr: string
}): Promise<{ runtime: DockerRuntime; gateway: string }> {
  const { cluster, nodeName, nodeContainer } = config
  const [network, volumeStore] = await Promise.all([
    ensurePodNetwork(docker, { cluster, nodeName, nodeContainer, podCidr }),
    findVolumeStore(docker, nodeContainer, config.dataDirectory),
  ])
  await becomeRouter({ podCidr, ...network })
  const { name, gateway } = network
  const runtime = new DockerRuntime({
    docker,
    ...runtimeOptions(config, log),
    podNetwork: name,
    podGateway: gateway,
    podCidr,
    ...(volumeStore ? { volumeStore } : {}),
  })
  return { runtime, gateway }
}

/** Not at once: what it does would slow down the start of this node and of its neighbours. A pod that comes earlier waits for it. */
export const warmUp = (runtime: DockerRuntime, log: Logger): Runnable => ({
  async run(signal) {
    await sleepUnlessAborted(clock, warmUpAfterMs, signal)
    if (signal.aborted) return
    await runtime.warmUp().catch((error: unknown) => log.warn('the engine could not be probed', { error }))
  },
})
