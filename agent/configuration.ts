import { goDuration } from '../common/go-duration.ts'
import type { AgentConfig } from './config.ts'

/** What /configz shows: the agent's options in the words of upstream's KubeletConfiguration, as far as it has them. */
export function configuration(config: AgentConfig): object {
  return {
    enableServer: true,
    port: config.port,
    serializeImagePulls: config.images.parallelPulls === 1,
    maxParallelImagePulls: config.images.parallelPulls,
    registryPullQPS: config.images.pullRate.qps,
    registryBurst: config.images.pullRate.burst,
    authentication: { x509: { clientCAFile: config.caFile }, webhook: { enabled: true, cacheTTL: '2m0s' }, anonymous: { enabled: false } },
    authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '5m0s', cacheUnauthorizedTTL: '30s' } },
    serverTLSBootstrap: true,
    rotateCertificates: true,
    clusterDomain: config.clusterDomain,
    clusterDNS: [config.clusterDns],
    imageMinimumGCAge: goDuration(config.imageGc.minAgeMs),
    imageMaximumGCAge: goDuration(config.imageGc.maxAgeMs),
    imageGCHighThresholdPercent: config.imageGc.highThresholdPercent,
    imageGCLowThresholdPercent: config.imageGc.lowThresholdPercent,
    nodeStatusUpdateFrequency: goDuration(config.nodeStatusUpdateFrequencyMs),
    nodeStatusReportFrequency: goDuration(config.nodeStatusReportFrequencyMs),
    nodeLeaseDurationSeconds: config.nodeLeaseDurationSeconds,
    kubeReserved: config.kubeReserved,
    systemReserved: config.systemReserved,
    evictionPressureTransitionPeriod: goDuration(config.evictionPressureTransitionPeriodMs),
    evictionMaxPodGracePeriod: config.evictionMaxPodGracePeriod,
    staticPodPath: config.staticPodPath,
    fileCheckFrequency: goDuration(config.fileCheckFrequencyMs),
    maxPods: config.maxPods,
    podPidsLimit: config.podPidsLimit ?? -1,
    seccompDefault: config.seccompDefault,
    allowedUnsafeSysctls: config.allowedUnsafeSysctls,
    crashLoopBackOff: { maxContainerRestartPeriod: goDuration(config.crashBackoff.maxMs) },
    enableDebuggingHandlers: true,
    enableSystemLogHandler: false,
    enableProfilingHandler: false,
    enableDebugFlagsHandler: false,
    registerWithTaints: config.registerWithTaints,
    containerRuntimeEndpoint: `unix://${config.dockerSocket}`,
  }
}
