import { mkdir } from 'node:fs/promises'
import { getHeapStatistics } from 'node:v8'
import { runController } from '../client/controller.ts'
import { EventRecorder } from '../client/event-recorder.ts'
import { Informers } from '../client/informers.ts'
import { systemClock } from '../common/clock.ts'
import { messageOf } from '../common/error-message.ts'
import type { Logger } from '../common/log.ts'
import { runAll, type Runnable } from '../common/run.ts'
import type { AgentConfig } from './config.ts'
import type { Pressure } from './eviction/thresholds.ts'
import { haltOnShutdown } from './halt-on-shutdown.ts'
import { ImageReport } from './images/image-report.ts'
import { nodeReference } from './kubelet.ts'
import { NetworkPolicies } from './network/network-policies.ts'
import { NodeNetwork } from './network/node-network.ts'
import { networkOf, takeAddress } from './network/routes.ts'
import { ownAddress } from './node/facts.ts'
import type { NodeState } from './node/node-state.ts'
import { NodeWatch } from './node/node-watch.ts'
import { knowsPodCidr, podCidrOf } from './node/pod-cidr.ts'
import { persist } from './persist.ts'
import type { NetworkReady } from './pods/pod-starter.ts'
import { QuietCollection } from './quiet-collection.ts'
import { connectDocker } from './runtime/docker/connect.ts'
import { removeHelpers } from './runtime/docker/helper-container.ts'
import { volumeReclaimer } from './volumes/volume-reclaimer.ts'
import { configuredKubelet, nodeDns, nodeSecurity } from './configured-kubelet.ts'
import { joinCluster } from './join-cluster.ts'
import { podRuntime, warmUp } from './pod-runtime.ts'
import { followNode, nodeLease, nodeStatusOf } from './registration.ts'
import { dnsServer, loadBalancers } from './service-access.ts'
import { agentServer } from './serving.ts'

const clock = systemClock

export interface AgentParts {
  readonly config: AgentConfig
  readonly log: Logger
  /** Aborts when the node is about to be switched off: its pods are ended, and the agent with them. */
  readonly shutdown: AbortSignal
}

/**
 * Who is told to stop has so long for it. A request over a connection that leads nowhere any more, as when the node's network was
 * unplugged, would be waited for until the kernel gives it up; pods run on in any case, and the next agent looks at what is there.
 */
const GRACE_MS = 5_000

/** One node: its identity, its Node object, its network, its pods, and the server that `kubectl logs` and `exec` reach. */
export function createAgent({ config, log, shutdown }: AgentParts): Runnable {
  return {
    async run(signal) {
      const stop = new AbortController()
      const together = AbortSignal.any([signal, stop.signal])
      const starting = AbortSignal.any([together, shutdown])
      const { nodeName } = config
      // 1. Who is this node, and may it speak?
      await mkdir(config.dataDirectory, { recursive: true })
      const nodeIp = config.nodeIp ?? ownAddress(config.clusterCidr)
      const { identity, client } = await joinCluster(config, { nodeIp, log, signal: starting })
      // 2. It tells what it is, and is given a range for its pods.
      const docker = await connectDocker({ socketPath: config.dockerSocket })
      await removeHelpers(docker, config)
      const informers = new Informers(client, log.child({ component: 'informers' }))
      const recorder = new EventRecorder({ client, component: 'kubelet', host: nodeName, log: log.child({ component: 'events' }), clock })
      const notReady = networkNotReady('the pod network is not set up yet')
      const state: NodeState = { notReady, pressures: [], shuttingDown: false, images: [] }
      const nodeStatus = await nodeStatusOf({ config, docker, client, log, nodeIp, state, recorder })
      const failed = (error: unknown) => log.warn('the node could not be registered; trying again', { server: config.server, error })
      if (!knowsPodCidr(config.dataDirectory)) await persist(() => nodeStatus.register(), { clock, signal: starting, failed })
      followNode(informers, nodeName, nodeStatus)
      const background = runAll([informers, recorder, nodeLease({ config, client, log, nodeStatus })], together, { graceMs: GRACE_MS })
      background.catch(() => stop.abort())
      try {
        const podCidr = await podCidrOf({ informers, nodeName, directory: config.dataDirectory }, starting)
        // 3. The pods' network, and then everything that runs pods.
        const { runtime, gateway } = await podRuntime({ config, docker, log, podCidr }).catch(async (error: unknown) => {
          state.notReady = networkNotReady(messageOf(error))
          await nodeStatus.report()
          throw error
        })
        state.notReady = undefined
        const { clusterCidr, serviceCidr } = config
        const addresses = { nodeAddresses: [nodeIp, gateway], nodeCidr: networkOf(nodeIp) }
        const facts = { ...addresses, podCidr, clusterCidr, serviceCidr, clusterDns: config.clusterDns }
        await takeAddress(config.clusterDns)
        const policies = new NetworkPolicies({
          ...{ client, informers, log: log.child({ component: 'network-policies' }) },
          facts: { nodeName, clusterDns: config.clusterDns },
        })
        const watch = new NodeWatch({
          ...{ nodeName, nodeIp, podCidr, gateway, clusterCidr, informers, clock },
          log: log.child({ component: 'node' }),
        })
        const onPressure = (pressures: readonly Pressure[]) => {
          state.pressures = pressures
          nodeStatus.poke()
        }
        const images = new ImageReport({
          ...{ runtime, clock, log: log.child({ component: 'images' }) },
          report: found => {
            state.images = found
            nodeStatus.poke()
          },
        })
        const security = await nodeSecurity(config, runtime)
        const networkReady: NetworkReady = (pod, address) => policies.admit(pod, address)
        const parts = { config, client, runtime, log, nodeIp, informers, recorder, onPressure, networkReady }
        const resolver = await nodeDns()
        const pods = configuredKubelet({ ...parts, security, nodeDns: resolver })
        const reclaimer = runController({
          controller: volumeReclaimer({ nodeName, client, informers, runtime, recorder, log: log.child({ component: 'volumes' }) }),
          ...{ informers, log: log.child({ component: 'volumes' }) },
        })
        const network = new NodeNetwork({ nodeName, facts, informers, pods: pods.pods, log: log.child({ component: 'network' }) })
        const names = dnsServer({ config, informers, upstream: resolver.servers, log })
        const server = agentServer({ config, client, identity, pods, log })
        const halt = haltOnShutdown({ shutdown, stop, state, nodeStatus, pods, recorder, nodeName, clock, log })
        recorder.event(nodeReference(nodeName), { type: 'Normal', reason: 'Starting', message: 'Starting kubelet.' })
        log.info('the node is ready', { node: nodeName, address: nodeIp, podCidr })
        const balancers = loadBalancers({ config, client, docker, informers, log })
        await runAll(
          [
            nodeStatus,
            network,
            policies,
            ...balancers,
            watch,
            pods,
            server,
            identity,
            images,
            halt,
            names,
            reclaimer,
            warmUp(runtime, log),
            ...quietCollection(),
          ],
          together,
        )
      } finally {
        stop.abort()
        await background
      }
    },
  }
}

const networkNotReady = (why: string) => `container runtime network not ready: ${why}`

/** Where Node.js was told to say how to collect; elsewhere V8 does as it likes. */
function quietCollection(): Runnable[] {
  const { gc } = globalThis
  if (!gc) return []
  const used = () => {
    const { used_heap_size, external_memory } = getHeapStatistics()
    return used_heap_size + external_memory
  }
  return [new QuietCollection({ collect: () => void gc(), used, clock })]
}
