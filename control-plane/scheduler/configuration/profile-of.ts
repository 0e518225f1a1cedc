import { defaultPreemption, defaultProfile, type Profile } from '../profile.ts'
import type { Plugin } from '../plugin.ts'
import { pluginsWith, type PluginArgs } from '../plugins/index.ts'
import type { ScoringStrategy } from '../plugins/scoring-strategy.ts'
import { expandPlugins } from './expand-plugins.ts'
import type { Args, KubeSchedulerProfile } from './schema.ts'

/** A profile of a configuration as the scheduler follows it. Throws in upstream's words when its plugins cannot work like that. */
export function profileOf(profile: KubeSchedulerProfile, args: Args): Profile {
  const { schedulerName = '', percentageOfNodesToScore = 0 } = profile
  const points = expandPlugins(profile.plugins)
  const owner = `profile with scheduler name ${JSON.stringify(schedulerName)}`
  if (points.queueSort.length !== 1) throw new Error(`only one queue sort plugin required for ${owner}, but got ${points.queueSort.length}`)
  if (points.bind.length === 0) throw new Error(`at least one bind plugin is needed for ${owner}`)
  const known = new Map(pluginsWith(argsOf(args)).map(plugin => [plugin.name, plugin]))
  const rulesAt = (enabled: readonly { readonly name: string; readonly weight: number }[], use: Use): Plugin[] =>
    enabled.flatMap(({ name, weight }) => {
      const plugin = known.get(name)
      return plugin ? [use(plugin, weight)] : []
    })
  const rules = [
    ...rulesAt(points.preEnqueue, ({ name, preEnqueue, helps }) => only({ name, preEnqueue, helps })),
    ...rulesAt(points.preFilter, ({ name, preFilter, helps }) => only({ name, preFilter, helps })),
    ...rulesAt(points.filter, ({ name, filter, sign, helps }) => only({ name, filter, sign, helps })),
    ...rulesAt(points.score, ({ name, score, sign }, weight) => only({ name, sign, score: score && { ...score, weight } })),
  ]
  const limits = {
    minCandidateNodesPercentage: args.DefaultPreemption.minCandidateNodesPercentage ?? defaultPreemption.minCandidateNodesPercentage,
    minCandidateNodesAbsolute: args.DefaultPreemption.minCandidateNodesAbsolute ?? defaultPreemption.minCandidateNodesAbsolute,
  }
  const preempts = points.postFilter.some(({ name }) => name === 'DefaultPreemption')
  return {
    schedulerName,
    rules: rules.filter(({ preEnqueue, preFilter, filter, score }) => preEnqueue ?? preFilter ?? filter ?? score),
    preemption: preempts ? limits : undefined,
    percentageOfNodesToScore,
    bindTimeoutSeconds: args.VolumeBinding.bindTimeoutSeconds ?? defaultProfile.bindTimeoutSeconds,
    steps: new Set([...points.reserve, ...points.preBind].map(({ name }) => name)),
  }
}

type Use = (plugin: Plugin, weight: number) => Plugin

/** Without what is undefined. */
const only = (plugin: { readonly [K in keyof Plugin]: Plugin[K] | undefined }): Plugin =>
  Object.fromEntries(Object.entries(plugin).filter(([, part]) => part !== undefined)) as unknown as Plugin

/** Arguments that have been validated, as the rules take them. */
function argsOf(args: Args): PluginArgs {
  const resources = (specs: Args['NodeResourcesBalancedAllocation']['resources'] = []) =>
    specs.map(({ name = '', weight = 1 }) => ({ name, weight }))
  const { scoringStrategy: strategy, ...fit } = args.NodeResourcesFit
  const shape = (strategy?.requestedToCapacityRatio?.shape ?? []).map(({ utilization = 0, score = 0 }) => ({ utilization, score }))
  return {
    NodeAffinity: args.NodeAffinity,
    NodeResourcesFit: {
      ...fit,
      scoringStrategy: {
        type: strategy?.type as ScoringStrategy['type'],
        resources: resources(strategy?.resources),
        requestedToCapacityRatio: { shape },
      },
    },
    NodeResourcesBalancedAllocation: { resources: resources(args.NodeResourcesBalancedAllocation.resources) },
    PodTopologySpread: { ...args.PodTopologySpread, defaultingType: args.PodTopologySpread.defaultingType as 'System' | 'List' },
    InterPodAffinity: args.InterPodAffinity,
  }
}
