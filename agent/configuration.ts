import type { AgentConfig } from './config.ts'

const seconds = (milliseconds: number): string => `${milliseconds / 1000}s`

/** What /configz shows: the agent's options in the words of upstream's KubeletConfiguration, as far as it has them. */
export function configuration(config: AgentConfig): object {
  return {
    enableServer: true,
    port: config.port,
    serializeImagePulls: config.parallelPulls === 1,
    maxParallelImagePulls: config.parallelPulls,
    authentication: { x509: { clientCAFile: config.caFile }, webhook: { enabled: true, cacheTTL: '2m0s' }, anonymous: { enabled: false } },
    authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '5m0s', cacheUnauthorizedTTL: '30s' } },
    serverTLSBootstrap: true,
    rotateCertificates: true,
    clusterDomain: config.clusterDomain,
    clusterDNS: [config.clusterDns],
    maxPods: config.pods,
    crashLoopBackOff: { maxContainerRestartPeriod: seconds(config.crashBackoff.maxMs) },
    enableDebuggingHandlers: true,
    enableSystemLogHandler: false,
    enableProfilingHandler: false,
    enableDebugFlagsHandler: false,
    registerWithTaints: config.taints,
    containerRuntimeEndpoint: `unix://${config.dockerSocket}`,
  }
}
