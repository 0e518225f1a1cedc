import { mkdir, readFile } from 'node:fs/promises'
import { Node } from '../api/core/node.ts'
import { Service } from '../api/core/service.ts'
import type { Client } from '../client/client.ts'
import { createClient } from '../client/http-client.ts'
import { Informers } from '../client/informers.ts'
import { sleepUnlessAborted, systemClock } from '../common/clock.ts'
import { messageOf } from '../common/error-message.ts'
import type { Logger } from '../common/log.ts'
import { runAll, type Runnable } from '../common/run.ts'
import type { AgentConfig } from './config.ts'
import { configuration } from './configuration.ts'
import { delegatedAccess } from './delegated-access.ts'
import { createKubelet } from './kubelet.ts'
import { NodeNetwork } from './network/node-network.ts'
import { becomeRouter } from './network/routes.ts'
import { gatherFacts, ownAddress } from './node/facts.ts'
import { NodeIdentity } from './node/identity.ts'
import { NodeLease } from './node/lease.ts'
import { NodeStatusManager } from './node/node-status.ts'
import { NodeWatch } from './node/node-watch.ts'
import { persist } from './persist.ts'
import { connectDocker, type DockerEngine } from './runtime/docker/connect.ts'
import { DockerRuntime } from './runtime/docker/docker-runtime.ts'
import { findVolumeStore } from './runtime/docker/node-volumes.ts'
import { ensurePodNetwork } from './runtime/docker/pod-network.ts'
import type { ImageInfo, Runtime } from './runtime/runtime.ts'
import { createAgentServer } from './server/agent-server.ts'

const imageReportMs = 60_000
const clock = systemClock

/** One node: its identity, its Node object, its network, its pods, and the server that `kubectl logs` and `exec` reach. */
export function createAgent({ config, log }: { config: AgentConfig; log: Logger }): Runnable {
  return {
    async run(signal) {
      // 1. Who is this node, and may it speak?
      await mkdir(config.dataDirectory, { recursive: true })
      const nodeIp = config.nodeAddress ?? ownAddress(config.clusterCidr)
      const { identity, client } = await join(config, { nodeIp, log, signal })
      // 2. It tells what it is, and is given a range for its pods.
      const docker = await connectDocker({ socketPath: config.dockerSocket })
      const informers = new Informers(client, log.child({ component: 'informers' }))
      const images: ImageInfo[] = []
      const state = { notReady: networkNotReady('the pod network is not set up yet') as string | undefined }
      const nodeStatus = await nodeStatusOf({ config, docker, client, log, nodeIp, images, state })
      const failed = (error: unknown) => log.warn('the node could not be registered; trying again', { server: config.server, error })
      await persist(() => nodeStatus.register(), { clock, signal, failed })
      followNode(informers, config.nodeName, nodeStatus)
      const stop = new AbortController()
      const together = AbortSignal.any([signal, stop.signal])
      const background = runAll([informers, lease({ config, client, log, nodeStatus })], together)
      background.catch(() => stop.abort())
      try {
        const podCidr = await podCidrOf(informers, config.nodeName, together)
        // 3. The pods' network, and then everything that runs pods.
        const { runtime, gateway } = await podRuntime({ config, docker, log, podCidr }).catch(async (error: unknown) => {
          state.notReady = networkNotReady(messageOf(error))
          await nodeStatus.report()
          throw error
        })
        state.notReady = undefined
        const { clusterCidr, nodeName } = config
        const network = new NodeNetwork({
          nodeName,
          facts: { nodeAddress: nodeIp, podCidr, clusterCidr, serviceCidr: config.serviceCidr },
          informers,
          log: log.child({ component: 'network' }),
        })
        const watch = new NodeWatch({
          nodeName,
          nodeIp,
          podCidr,
          gateway,
          clusterCidr,
          informers,
          clock,
          log: log.child({ component: 'node' }),
        })
        const pods = kubelet({ config, client, runtime, log, nodeIp, informers })
        const server = agentServer({ config, client, identity, pods, log })
        log.info('the node is ready', { node: nodeName, address: nodeIp, podCidr })
        await runAll([nodeStatus, network, watch, pods, server, identity, imageReport(runtime, images, log)], together)
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
    const ca = await readFile(config.caFile, 'utf8')
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
  readonly images: readonly ImageInfo[]
  readonly state: { readonly notReady: string | undefined }
}

async function nodeStatusOf({ config, docker, client, log, nodeIp, images, state }: Registration): Promise<NodeStatusManager> {
  // The engine can be asked about itself before there is a network for pods.
  const engine = new DockerRuntime({ docker, ...runtimeOptions(config, log), podNetwork: '' })
  const facts = await gatherFacts(engine, {
    nodeName: config.nodeName,
    address: nodeIp,
    clusterCidr: config.clusterCidr,
    kubeletPort: config.port,
    dataDirectory: config.dataDirectory,
    cpus: config.cpus,
    memoryBytes: config.memoryBytes,
    pods: config.pods,
    extendedResources: config.extendedResources,
    labels: config.labels,
    taints: config.taints,
  })
  return new NodeStatusManager({
    client,
    clock,
    log: log.child({ component: 'node' }),
    facts: () => facts,
    health: () => ({
      notReady: state.notReady,
      images: images.map(({ tags, digests, sizeBytes }) => ({ names: [...digests, ...tags], sizeBytes })),
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
    clock,
    log: log.child({ component: 'lease' }),
  })

/** Resolves once the control plane has given the node a range for its pods. */
function podCidrOf(informers: Informers, nodeName: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = ({ metadata, spec }: Node) => {
      if (metadata.name === nodeName && spec.podCIDR) resolve(spec.podCIDR)
    }
    informers.for(Node).addListener({ added: look, updated: look })
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

const runtimeOptions = (config: AgentConfig, log: Logger) => ({
  cluster: config.cluster,
  nodeName: config.nodeName,
  nodeContainer: config.nodeContainer,
  pauseImage: config.pauseImage,
  log: log.child({ component: 'runtime' }),
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
}): Promise<{ runtime: Runtime; gateway: string }> {
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

interface KubeletParts {
  readonly config: AgentConfig
  readonly client: Client
  readonly runtime: Runtime
  readonly log: Logger
  readonly nodeIp: string
  readonly informers: Informers
}

const kubelet = ({ config, client, runtime, log, nodeIp, informers }: KubeletParts) =>
  createKubelet({
    nodeName: config.nodeName,
    client,
    runtime,
    clock,
    log,
    nodeIp,
    node: () =>
      informers
        .for(Node)
        .cache.list()
        .find(({ metadata }) => metadata.name === config.nodeName),
    services: () => informers.for(Service).cache.list(),
    dns: { clusterDns: [config.clusterDns], clusterDomain: config.clusterDomain, node: nodeDns() },
    parallelPulls: config.parallelPulls,
    timings: {
      relistMs: config.relistMs,
      housekeepingMs: config.housekeepingMs,
      restartBackoffInitialMs: config.crashBackoff.initialMs,
      restartBackoffMaxMs: config.crashBackoff.maxMs,
      imageBackoffInitialMs: config.imageBackoff.initialMs,
      imageBackoffMaxMs: config.imageBackoff.maxMs,
    },
  })

/** Pods with the node's DNS get what Docker gives the node's neighbours by default. */
const nodeDns = () => ({ servers: [], searches: [], options: [] })

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
    const ca = await readFile(config.caFile)
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

/** Keeps the list of images for the Node object. */
const imageReport = (runtime: Runtime, images: ImageInfo[], log: Logger): Runnable => ({
  async run(signal) {
    while (!signal.aborted) {
      try {
        images.splice(0, images.length, ...(await runtime.listImages()))
      } catch (error) {
        log.warn('images could not be listed', { error })
      }
      await sleepUnlessAborted(clock, imageReportMs, signal)
    }
  },
})
