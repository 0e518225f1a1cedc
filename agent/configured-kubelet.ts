import { mkdir, readFile } from 'node:fs/promises'
import { Node } from '../api/core/node.ts'
import { Service } from '../api/core/service.ts'
import { quantityToNumber } from '../api/quantity.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import type { Informers } from '../client/informers.ts'
import { systemClock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { AgentConfig } from './config.ts'
import { observeMachine } from './eviction/machine.ts'
import type { Pressure } from './eviction/thresholds.ts'
import { createKubelet } from './kubelet.ts'
import type { NodeSecurity } from './pods/node-security.ts'
import { parseResolvConf, type DnsOptions } from './pods/pod-dns.ts'
import type { NetworkReady } from './pods/pod-starter.ts'
import type { Runtime } from './runtime/runtime.ts'

const clock = systemClock

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

/** The kubelet as the node's configuration has it. */
export const configuredKubelet = ({ config, informers, onPressure, nodeDns, ...parts }: KubeletParts) =>
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
export const nodeDns = async () => parseResolvConf(await readFile('/etc/resolv.conf', 'utf8'))

/** What the engine, and the node's owner, let pods have. */
export async function nodeSecurity(config: AgentConfig, runtime: Pick<Runtime, 'info'>): Promise<NodeSecurity> {
  const { appArmor, userNamespaces } = await runtime.info()
  const seccompDirectory = `${config.dataDirectory}/seccomp`
  // There for the node's owner to put profiles into.
  await mkdir(seccompDirectory, { recursive: true })
  return { appArmor, userNamespaces, seccompDirectory, allowedUnsafeSysctls: config.allowedUnsafeSysctls }
}

const reservedMemory = ({ kubeReserved, systemReserved }: AgentConfig): number =>
  [kubeReserved, systemReserved].reduce((sum, { memory = '0' }) => sum + quantityToNumber(memory), 0)
