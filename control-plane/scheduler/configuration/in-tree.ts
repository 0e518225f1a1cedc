import type { ExtensionPoint } from './schema.ts'

interface InTree {
  /** Where upstream's plugin of this name can be enabled. */
  readonly points: readonly ExtensionPoint[]
  /** Of its score, where it is not 1. */
  readonly weight?: number
}

const filtersAndScores = ['preFilter', 'filter', 'preScore', 'score'] as const

/** Upstream's plugins in the order in which a profile has them that says nothing about plugins (getDefaultPlugins). */
export const inTree = new Map<string, InTree>([
  ['SchedulingGates', { points: ['preEnqueue'] }],
  ['PrioritySort', { points: ['queueSort'] }],
  ['NodeUnschedulable', { points: ['filter'] }],
  ['NodeName', { points: ['filter'] }],
  ['TaintToleration', { points: ['filter', 'preScore', 'score'], weight: 3 }],
  ['NodeAffinity', { points: filtersAndScores, weight: 2 }],
  ['NodePorts', { points: ['preFilter', 'filter'] }],
  ['NodeResourcesFit', { points: filtersAndScores, weight: 1 }],
  ['VolumeRestrictions', { points: ['preFilter', 'filter'] }],
  ['NodeVolumeLimits', { points: ['preFilter', 'filter'] }],
  ['VolumeBinding', { points: ['preFilter', 'filter', 'reserve', 'preBind', 'preScore', 'score'] }],
  ['VolumeZone', { points: ['preFilter', 'filter'] }],
  ['PodTopologySpread', { points: filtersAndScores, weight: 2 }],
  ['InterPodAffinity', { points: filtersAndScores, weight: 2 }],
  ['DynamicResources', { points: ['preEnqueue', 'preFilter', 'filter', 'postFilter', 'reserve', 'preBind'] }],
  ['DefaultPreemption', { points: ['postFilter'] }],
  ['NodeResourcesBalancedAllocation', { points: ['preScore', 'score'], weight: 1 }],
  ['ImageLocality', { points: ['score'], weight: 1 }],
  ['DefaultBinder', { points: ['bind'] }],
])

/** Plugins that there were once, which upstream refuses by name. */
export const removed: readonly string[] = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits']
