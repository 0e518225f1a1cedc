import { mkdir, readFile } from 'node:fs/promises'
import { getHeapStatistics } from 'node:v8'
import { Node } from '../api/core/node.ts'
import { Service } from '../api/core/service.ts'
import { EndpointSlice } from '../api/discovery/endpoint-slice.ts'
import { quantityToNumber } from '../api/quantity.ts'
import type { Client } from '../client/client.ts'
import { runController } from '../client/controller.ts'
import { EventRecorder } from '../client/event-recorder.ts'
import { createClient } from '../client/http-client.ts'
import { Informers } from '../client/informers.ts'
import { sleepUnlessAborted, systemClock } from '../common/clock.ts'
import { messageOf } from '../common/error-message.ts'
import type { Logger } from '../common/log.ts'
import { runAll, type Runnable } from '../common/run.ts'
import type { AgentConfig } from './config.ts'
import { configuration } from './configuration.ts'
import { delegatedAccess } from './delegated-access.ts'
import { informedView } from './dns/cluster-view.ts'
import { DnsServer } from './dns/dns-server.ts'
import { observeMachine } from './eviction/machine.ts'
import type { Pressure } from './eviction/thresholds.ts'
import { haltOnShutdown } from './halt-on-shutdown.ts'
import { ImageReport } from './images/image-report.ts'
import { createKubelet, nodeReference } from './kubelet.ts'
import { LoadBalancer } from './load-balancer/load-balancer.ts'
import { NetworkPolicies } from './network/network-policies.ts'
import { NodeNetwork } from './network/node-network.ts'
import { becomeRouter, networkOf, takeAddress } from './network/routes.ts'
import { gatherFacts, ownAddress } from './node/facts.ts'
import { NodeIdentity } from './node/identity.ts'
import { NodeLease } from './node/lease.ts'
import { whyNotReady, type NodeState } from './node/node-state.ts'
import { NodeStatusManager } from './node/node-status.ts'
import { NodeWatch } from './node/node-watch.ts'
import { knowsPodCidr, podCidrOf } from './node/pod-cidr.ts'
import { persist } from './persist.ts'
import type { NodeSecurity } from './pods/node-security.ts'
import { parseResolvConf, type DnsOptions } from './pods/pod-dns.ts'
import type { NetworkReady } from './pods/pod-starter.ts'
import { QuietCollection } from './quiet-collection.ts'
import { connectDocker, type DockerEngine } from './runtime/docker/connect.ts'
import { DockerPortPublisher } from './runtime/docker/docker-port-publisher.ts'
import { DockerRuntime } from './runtime/docker/docker-runtime.ts'
import { removeHelpers } from './runtime/docker/helper-container.ts'
import { findVolumeStore } from './runtime/docker/node-volumes.ts'
import { ensurePodNetwork } from './runtime/docker/pod-network.ts'
import type { Runtime } from './runtime/runtime.ts'
import { createAgentServer } from './server/agent-server.ts'
import { volumeReclaimer } from './volumes/volume-reclaimer.ts'

const clock = systemClock
const warmUpAfterMs = 5000

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
      const { identity, client } = await join(config, { nodeIp, log, signal: starting })
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
      const background = runAll([informers, recorder, lease({ config, client, log, nodeStatus })], together, { graceMs: GRACE_MS })
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
        const pods = kubelet({ ...parts, security, nodeDns: resolver })
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

/** What others make of the Node is put right by who owns it. */
function followNode(informers: Informers, nodeName: string, nodeStatus: NodeStatusManager): void {
  const isOwn = ({ metadata }: Node) => metadata.name === nodeName
  const seen = (node: Node) => {
    if (isOwn(node)) nodeStatus.seen(node)
  }
  informers.for(Node).addListener({
    added: seen,
    updated: seen,
    deleted: node => {
      if (isOwn(node)) nodeStatus.gone(node.metadata.uid)
    },
  })
}

interface Joining {
  readonly nodeIp: string
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Gets the node its certificates, as often as it takes: the API server may not be there yet. */
function join(config: AgentConfig, { nodeIp, log, signal }: Joining): Promise<{ identity: NodeIdentity; client: Client }> {
  const attempt = async () => {
    const ca = config.ca ?? (await readFile(config.caFile, 'utf8'))
    const base = { server: config.server, ca, userAgent: 'kubelet' }
    const client: Client = createClient({ ...base, certificate: () => identity.client })
    const identity: NodeIdentity = new NodeIdentity({
      nodeName: config.nodeName,
      nodeAddress: nodeIp,
      directory: config.dataDirectory,
      bootstrapClient: async () =>
        createClient({ ...base, token: config.bootstrapToken ?? (await readFile(config.tokenFile, 'utf8')).trim() }),
      client: () => client,
      clock,
      log: log.child({ component: 'identity' }),
    })
    await identity.ensureClient()
    return { identity, client }
  }
  const failed = (error: unknown) => log.warn('the node could not join the cluster; trying again', { server: config.server, error })
  return persist(attempt, { clock, signal, failed })
}

interface Registration {
  readonly config: AgentConfig
  readonly docker: DockerEngine
  readonly client: Client
  readonly log: Logger
  readonly nodeIp: string
  readonly state: NodeState
  readonly recorder: EventRecorder
}

async function nodeStatusOf({ config, docker, client, log, nodeIp, state, recorder }: Registration): Promise<NodeStatusManager> {
  // The engine can be asked about itself before there is a network for pods.
  const engine = new DockerRuntime({ docker, ...runtimeOptions(config, log), podNetwork: '' })
  const facts = await gatherFacts(engine, {
    nodeName: config.nodeName,
    address: nodeIp,
    externalIp: config.externalIp,
    tunnelEndpoint: config.tunnelEndpoint,
    clusterCidr: config.clusterCidr,
    kubeletPort: config.port,
    maxImages: config.nodeStatusMaxImages,
    schedulable: config.registerSchedulable,
    providerId: config.providerId,
    reserved: [config.kubeReserved, config.systemReserved],
    evictionThresholds: config.evictionThresholds,
    dataDirectory: config.dataDirectory,
    cpus: config.cpus,
    memoryBytes: config.memoryBytes,
    pods: config.maxPods,
    extendedResources: config.extendedResources,
    labels: config.nodeLabels,
    taints: config.registerWithTaints,
  })
  return new NodeStatusManager({
    client,
    clock,
    log: log.child({ component: 'node' }),
    facts: () => facts,
    record: reason =>
      recorder.event(nodeReference(config.nodeName), {
        type: 'Normal',
        reason,
        message: `Node ${config.nodeName} status is now: ${reason}`,
      }),
    updateMs: config.nodeStatusUpdateFrequencyMs,
    reportMs: config.nodeStatusReportFrequencyMs,
    health: () => ({
      notReady: whyNotReady(state),
      pressures: state.pressures,
      images: state.images.map(({ tags, digests, sizeBytes }) => ({ names: [...digests, ...tags], sizeBytes })),
    }),
  })
}

const lease = ({
  config,
  client,
  log,
  nodeStatus,
}: Pick<Registration, 'config' | 'client' | 'log'> & { nodeStatus: NodeStatusManager }): Runnable =>
  new NodeLease({
    client,
    nodeName: config.nodeName,
    nodeUid: () => nodeStatus.node?.metadata.uid,
    durationSeconds: config.nodeLeaseDurationSeconds,
    clock,
    log: log.child({ component: 'lease' }),
  })

const runtimeOptions = (config: AgentConfig, log: Logger) => ({
  cluster: config.cluster,
  nodeName: config.nodeName,
  nodeContainer: config.nodeContainer,
  pauseImage: config.pauseImage,
  log: log.child({ component: 'runtime' }),
  seccompDefault: config.seccompDefault ? ('RuntimeDefault' as const) : ('Unconfined' as const),
  ...(config.hostPathRoot ? { hostPathRoot: config.hostPathRoot } : {}),
})

async function podRuntime({
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

/** Opens ports of the machine for services, while this is the node that does it, unless nothing is to be opened. */
function loadBalancers({
  config,
  client,
  docker,
  informers,
  log,
}: Pick<KubeletParts, 'config' | 'client' | 'informers' | 'log'> & { docker: DockerEngine }): Runnable[] {
  const { cluster, nodeName, nodeContainer, publishAddress } = config
  if (!publishAddress) return []
  const component = 'load-balancer'
  const recorder = new EventRecorder({ client, component: 'service-controller', log: log.child({ component }), clock })
  const publisher = new DockerPortPublisher({ docker, cluster, nodeName, nodeContainer, address: publishAddress })
  // Every address of the machine includes that of the machine itself.
  const address = publishAddress === '0.0.0.0' ? '127.0.0.1' : publishAddress
  return [recorder, new LoadBalancer({ nodeName, publisher, address, client, informers, recorder, clock, log: log.child({ component }) })]
}

/** Answers for names at the cluster's DNS address, from what the service proxy knows too. */
const dnsServer = ({
  config,
  informers,
  upstream,
  log,
}: Pick<KubeletParts, 'config' | 'informers' | 'log'> & { upstream: readonly string[] }) =>
  new DnsServer({
    zone: { domain: config.clusterDomain, address: config.clusterDns },
    listen: { address: config.clusterDns, port: 53 },
    view: informedView(informers),
    upstream,
    ready: signal => Promise.all([informers.for(Service).synced(signal), informers.for(EndpointSlice).synced(signal)]),
    log: log.child({ component: 'dns' }),
  })

/** Not at once: what it does would slow down the start of this node and of its neighbours. A pod that comes earlier waits for it. */
const warmUp = (runtime: DockerRuntime, log: Logger): Runnable => ({
  async run(signal) {
    await sleepUnlessAborted(clock, warmUpAfterMs, signal)
    if (signal.aborted) return
    await runtime.warmUp().catch((error: unknown) => log.warn('the engine could not be probed', { error }))
  },
})

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

interface KubeletParts {
  readonly config: AgentConfig
  readonly client: Client
  readonly runtime: Runtime
  readonly log: Logger
  readonly nodeIp: string
  readonly informers: Informers
  readonly recorder: EventRecorder
  readonly onPressure: (pressures: readonly Pressure[]) => void
  readonly security: NodeSecurity
  readonly nodeDns: DnsOptions['node']
  readonly networkReady: NetworkReady
}

const kubelet = ({ config, informers, onPressure, nodeDns, ...parts }: KubeletParts) =>
  createKubelet({
    ...parts,
    nodeName: config.nodeName,
    clock,
    node: () =>
      informers
        .for(Node)
        .cache.list()
        .find(({ metadata }) => metadata.name === config.nodeName),
    services: () => informers.for(Service).cache.list(),
    dns: { clusterDns: [config.clusterDns], clusterDomain: config.clusterDomain, node: nodeDns },
    podPidsLimit: config.podPidsLimit,
    images: config.images,
    imageGc: config.imageGc,
    pullRecordsFile: `${config.dataDirectory}/image-pulls.json`,
    eviction: {
      thresholds: config.evictionThresholds,
      pressureTransitionPeriodMs: config.evictionPressureTransitionPeriodMs,
      maxPodGracePeriodSeconds: config.evictionMaxPodGracePeriod,
      monitoringPeriodMs: config.evictionMonitoringPeriodMs,
      memory: { capacityBytes: config.memoryBytes, reservedBytes: reservedMemory(config) },
      observeMachine: () => observeMachine(config.dataDirectory),
      onPressure,
    },
    shutdownPeriods: config.shutdownGracePeriods,
    ...(config.staticPodPath ? { staticPods: { path: config.staticPodPath, checkMs: config.fileCheckFrequencyMs } } : {}),
    timings: {
      relistMs: config.relistMs,
      housekeepingMs: config.housekeepingMs,
      restartBackoffInitialMs: config.crashBackoff.initialMs,
      restartBackoffMaxMs: config.crashBackoff.maxMs,
    },
  })

/** Docker's own resolver answers at the same address in every network namespace: what the node asks, its pods can ask. */
const nodeDns = async () => parseResolvConf(await readFile('/etc/resolv.conf', 'utf8'))

async function nodeSecurity(config: AgentConfig, runtime: Pick<Runtime, 'info'>): Promise<NodeSecurity> {
  const { appArmor, userNamespaces } = await runtime.info()
  const seccompDirectory = `${config.dataDirectory}/seccomp`
  // There for the node's owner to put profiles into.
  await mkdir(seccompDirectory, { recursive: true })
  return { appArmor, userNamespaces, seccompDirectory, allowedUnsafeSysctls: config.allowedUnsafeSysctls }
}

const reservedMemory = ({ kubeReserved, systemReserved }: AgentConfig): number =>
  [kubeReserved, systemReserved].reduce((sum, { memory = '0' }) => sum + quantityToNumber(memory), 0)

interface ServerParts {
  readonly config: AgentConfig
  readonly client: Client
  readonly identity: NodeIdentity
  readonly pods: ReturnType<typeof createKubelet>
  readonly log: Logger
}

/** Serves as soon as the node has a certificate for it, which takes a moment when its address is a new one. */
const agentServer = ({ config, client, identity, pods, log }: ServerParts): Runnable => ({
  async run(signal) {
    const failed = (error: unknown) => log.warn('the node has no serving certificate yet; trying again', { error })
    try {
      await persist(() => identity.ensureServing(), { clock, signal, failed })
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    const ca = config.ca ?? (await readFile(config.caFile))
    const tls = () => {
      if (!identity.serving) throw new Error('the node has no serving certificate')
      return { ...identity.serving, ca }
    }
    const server = createAgentServer({
      runtime: pods.runtime,
      pods: pods.served,
      metrics: pods.metrics,
      tls,
      log: log.child({ component: 'server' }),
      port: config.port,
      nodeName: config.nodeName,
      dataDirectory: config.dataDirectory,
      configuration: configuration(config),
      ...delegatedAccess(client, config.nodeName),
    })
    await server.run(signal)
  },
})
