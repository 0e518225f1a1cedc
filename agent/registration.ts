import { Node } from '../api/core/node.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import type { Informers } from '../client/informers.ts'
import { systemClock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import type { AgentConfig } from './config.ts'
import { nodeReference } from './kubelet.ts'
import { gatherFacts } from './node/facts.ts'
import { NodeLease } from './node/lease.ts'
import { whyNotReady, type NodeState } from './node/node-state.ts'
import { NodeStatusManager } from './node/node-status.ts'
import type { DockerEngine } from './runtime/docker/connect.ts'
import { DockerRuntime } from './runtime/docker/docker-runtime.ts'
import { runtimeOptions } from './pod-runtime.ts'

const clock = systemClock

interface Registration {
  readonly config: AgentConfig
  readonly docker: DockerEngine
  readonly client: Client
  readonly log: Logger
  readonly nodeIp: string
  readonly state: NodeState
  readonly recorder: EventRecorder
}

/** Who writes the Node: what the machine is, and how it is. */
export async function nodeStatusOf({ config, docker, client, log, nodeIp, state, recorder }: Registration): Promise<NodeStatusManager> {
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

/** Says every few seconds that the node is alive. */
export const nodeLease = ({
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

/** What others make of the Node is put right by who owns it. */
export function followNode(informers: Informers, nodeName: string, nodeStatus: NodeStatusManager): void {
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
