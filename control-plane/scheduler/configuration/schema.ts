import { NodeAffinity, TopologySpreadConstraint } from '../../../api/core/affinity.ts'
import { boolean, int32, int64, json, list, string, type Schema, type Static } from '../../../api/schema/schema.ts'

/** A struct of the configuration. It is read from files only: it has no place in OpenAPI, and no protobuf numbers. */
const struct = <const F extends Readonly<Record<string, Schema>>>(
  name: string,
  properties: F,
): Schema<{ readonly [K in keyof F]?: Static<F[K]> | undefined }> => ({
  type: 'object',
  properties,
  message: { name: `io.k8s.kube-scheduler.config.v1.${name}`, description: '', numbers: {} },
})

/** Zero is something else than absent. */
const pointer = { presence: 'pointer' } as const

const PluginEntry = struct('Plugin', { name: string(), weight: int32() })
const PluginSet = struct('PluginSet', { enabled: list(PluginEntry), disabled: list(PluginEntry) })
export type PluginSet = Static<typeof PluginSet>

export const extensionPoints = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const
export type ExtensionPoint = (typeof extensionPoints)[number]

const Plugins = struct('Plugins', {
  multiPoint: PluginSet,
  preEnqueue: PluginSet,
  queueSort: PluginSet,
  preFilter: PluginSet,
  filter: PluginSet,
  postFilter: PluginSet,
  preScore: PluginSet,
  score: PluginSet,
  reserve: PluginSet,
  permit: PluginSet,
  preBind: PluginSet,
  bind: PluginSet,
  postBind: PluginSet,
})
export type PluginsOf = Static<typeof Plugins>

const PluginConfig = struct('PluginConfig', { name: string(), args: json() })
const KubeSchedulerProfile = struct('KubeSchedulerProfile', {
  schedulerName: string(pointer),
  percentageOfNodesToScore: int32(pointer),
  plugins: Plugins,
  pluginConfig: list(PluginConfig),
})
export type KubeSchedulerProfile = Static<typeof KubeSchedulerProfile>

/** kubescheduler.config.k8s.io/v1. What only says how upstream's program runs is kept as it is. */
export const KubeSchedulerConfiguration = struct('KubeSchedulerConfiguration', {
  apiVersion: string(),
  kind: string(),
  parallelism: int32(pointer),
  leaderElection: json(),
  clientConnection: json(),
  enableProfiling: boolean(pointer),
  enableContentionProfiling: boolean(pointer),
  percentageOfNodesToScore: int32(pointer),
  podInitialBackoffSeconds: int64(pointer),
  podMaxBackoffSeconds: int64(pointer),
  profiles: list(KubeSchedulerProfile),
  extenders: list(json()),
  delayCacheUntilActive: boolean(),
})
export type KubeSchedulerConfiguration = Static<typeof KubeSchedulerConfiguration>

const ResourceSpec = struct('ResourceSpec', { name: string(), weight: int64() })
const UtilizationShapePoint = struct('UtilizationShapePoint', { utilization: int32(), score: int32() })
export type Shape = Static<typeof UtilizationShapePoint>[]

/** What `pluginConfig` may say, by the names of the rules. */
export const argsSchemas = {
  DefaultPreemption: struct('DefaultPreemptionArgs', {
    minCandidateNodesPercentage: int32(pointer),
    minCandidateNodesAbsolute: int32(pointer),
  }),
  InterPodAffinity: struct('InterPodAffinityArgs', {
    hardPodAffinityWeight: int32(pointer),
    ignorePreferredTermsOfExistingPods: boolean(),
  }),
  NodeAffinity: struct('NodeAffinityArgs', { addedAffinity: NodeAffinity }),
  NodeResourcesBalancedAllocation: struct('NodeResourcesBalancedAllocationArgs', { resources: list(ResourceSpec) }),
  NodeResourcesFit: struct('NodeResourcesFitArgs', {
    ignoredResources: list(string()),
    ignoredResourceGroups: list(string()),
    scoringStrategy: struct('ScoringStrategy', {
      type: string(),
      resources: list(ResourceSpec),
      requestedToCapacityRatio: struct('RequestedToCapacityRatioParam', { shape: list(UtilizationShapePoint) }),
    }),
  }),
  PodTopologySpread: struct('PodTopologySpreadArgs', { defaultConstraints: list(TopologySpreadConstraint), defaultingType: string() }),
  VolumeBinding: struct('VolumeBindingArgs', { bindTimeoutSeconds: int64(pointer), shape: list(UtilizationShapePoint) }),
} as const
export type ArgsName = keyof typeof argsSchemas
export type ArgsOf<N extends ArgsName> = Static<(typeof argsSchemas)[N]>
/** Every rule's arguments, with defaults filled in. */
export type Args = { readonly [N in ArgsName]: ArgsOf<N> }
