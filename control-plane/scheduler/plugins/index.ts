import type { Plugin } from '../plugin.ts'
import { balancedAllocation, type BalancedAllocationArgs } from './balanced-allocation.ts'
import { dynamicResources } from './dynamic-resources.ts'
import { imageLocality } from './image-locality.ts'
import { interPodAffinity, type InterPodAffinityArgs } from './inter-pod-affinity.ts'
import { nodeAffinity, type NodeAffinityArgs } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeResourcesFit, type NodeResourcesFitArgs } from './node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import { nodeVolumeLimits } from './node-volume-limits.ts'
import { podTopologySpread, type PodTopologySpreadArgs } from './pod-topology-spread.ts'
import { schedulingGates } from './scheduling-gates.ts'
import { taintToleration } from './taint-toleration.ts'
import { volumeBinding } from './volume-binding.ts'
import { volumeRestrictions } from './volume-restrictions.ts'
import { volumeZone } from './volume-zone.ts'

/** What can be said about single rules, by their names. */
export interface PluginArgs {
  readonly NodeAffinity?: NodeAffinityArgs
  readonly NodeResourcesFit?: NodeResourcesFitArgs
  readonly NodeResourcesBalancedAllocation?: BalancedAllocationArgs
  readonly PodTopologySpread?: PodTopologySpreadArgs
  readonly InterPodAffinity?: InterPodAffinityArgs
}

/** The rules in upstream's order: the first that rejects a node names the reason. */
export const pluginsWith = (args: PluginArgs): readonly Plugin[] => [
  schedulingGates,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity(args.NodeAffinity),
  nodePorts,
  nodeResourcesFit(args.NodeResourcesFit),
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread(args.PodTopologySpread),
  interPodAffinity(args.InterPodAffinity),
  dynamicResources,
  balancedAllocation(args.NodeResourcesBalancedAllocation),
  imageLocality,
]

/** The rules as they are unless anything is said about them. */
export const plugins = pluginsWith({})
