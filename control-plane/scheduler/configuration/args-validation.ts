import { validateNodeAffinity } from '../../../api/core/affinity-validation.ts'
import { qualifiedNameErrors } from '../../../api/names.ts'
import {
  fieldDuplicate,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  type FieldError,
} from '../../../api/schema/field-error.ts'
import type { Args, ArgsName, ArgsOf, Shape } from './schema.ts'

type Validate<N extends ArgsName> = (args: ArgsOf<N>, path: string) => FieldError[]

const outside = (value: number, [least, most]: readonly [number, number]): boolean => value < least || value > most
const labelName = (name: string, path: string): FieldError[] => qualifiedNameErrors(name).map(detail => fieldInvalid(path, name, detail))

const validateDefaultPreemption: Validate<'DefaultPreemption'> = (args, path) => {
  const { minCandidateNodesPercentage: percentage = 0, minCandidateNodesAbsolute: absolute = 0 } = args
  const at = { percentage: `${path}.minCandidateNodesPercentage`, absolute: `${path}.minCandidateNodesAbsolute` }
  return [
    ...(outside(percentage, [0, 100]) ? [fieldInvalid(at.percentage, percentage, 'not in valid range [0, 100]')] : []),
    ...(absolute < 0 ? [fieldInvalid(at.absolute, absolute, 'not in valid range [0, inf)')] : []),
    ...(percentage === 0 && absolute === 0
      ? [
          fieldInvalid(at.percentage, percentage, 'cannot be zero at the same time as minCandidateNodesAbsolute'),
          fieldInvalid(at.absolute, absolute, 'cannot be zero at the same time as minCandidateNodesPercentage'),
        ]
      : []),
  ]
}

const validateInterPodAffinity: Validate<'InterPodAffinity'> = ({ hardPodAffinityWeight: weight = 0 }, path) =>
  outside(weight, [0, 100]) ? [fieldInvalid(`${path}.hardPodAffinityWeight`, weight, 'not in valid range [0, 100]')] : []

const validateBalancedAllocation: Validate<'NodeResourcesBalancedAllocation'> = ({ resources = [] }, path) =>
  resources.flatMap(({ name = '', weight }, index) => [
    ...(resources.findIndex(each => each.name === name) < index ? [fieldDuplicate(`${path}.resources[${index}].name`, name)] : []),
    ...(weight === 1 ? [] : [fieldInvalid(`${path}.resources[${index}].weight`, weight, 'must be 1')]),
  ])

function validateShape(shape: Shape, path: string): FieldError[] {
  if (shape.length === 0) return [fieldRequired(path, 'at least one point must be specified')]
  const utilization = (index: number) => shape[index]?.utilization ?? 0
  const unsorted = shape.findIndex((_, index) => index > 0 && utilization(index - 1) >= utilization(index))
  return [
    ...(unsorted > 0
      ? [fieldInvalid(`${path}[${unsorted}].utilization`, utilization(unsorted), 'values must be sorted in increasing order')]
      : []),
    ...shape.flatMap(({ utilization = 0, score = 0 }, index) => [
      ...(outside(utilization, [0, 100])
        ? [fieldInvalid(`${path}[${index}].utilization`, utilization, 'not in valid range [0, 100]')]
        : []),
      ...(outside(score, [0, 10]) ? [fieldInvalid(`${path}[${index}].score`, score, 'not in valid range [0, 10]')] : []),
    ]),
  ]
}

const strategies = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio']

const validateNodeResourcesFit: Validate<'NodeResourcesFit'> = (args, path) => {
  const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy: strategy = {} } = args
  const at = `${path}.scoringStrategy`
  const { type = '', resources = [], requestedToCapacityRatio: ratio } = strategy
  return [
    ...ignoredResources.flatMap((name, index) => labelName(name, `${path}.ignoredResources[${index}]`)),
    ...ignoredResourceGroups.flatMap((group, index) => [
      ...(group.includes('/')
        ? [fieldInvalid(`${path}.ignoredResourceGroups[${index}]`, group, "resource group name can't contain '/'")]
        : []),
      ...labelName(group, `${path}.ignoredResourceGroups[${index}]`),
    ]),
    ...(strategies.includes(type) ? [] : [fieldNotSupported(`${at}.type`, type, strategies)]),
    ...resources.flatMap(({ name = '', weight = 0 }, index) =>
      outside(weight, [1, 100])
        ? [fieldInvalid(`${at}.resources[${index}].weight`, weight, `resource weight of ${name} not in valid range (0, 100]`)]
        : [],
    ),
    ...(type === 'RequestedToCapacityRatio'
      ? ratio
        ? validateShape(ratio.shape ?? [], `${at}.requestedToCapacityRatio.shape`)
        : [fieldRequired(`${at}.requestedToCapacityRatio`, 'must be specified when type is RequestedToCapacityRatio')]
      : ratio
        ? [fieldForbidden(`${at}.requestedToCapacityRatio`, 'must be nil when type is not RequestedToCapacityRatio')]
        : []),
  ]
}

const actions = ['DoNotSchedule', 'ScheduleAnyway']

const validatePodTopologySpread: Validate<'PodTopologySpread'> = ({ defaultingType = '', defaultConstraints = [] }, path) => {
  const at = `${path}.defaultConstraints`
  const seen = new Set<string>()
  return [
    ...(['System', 'List'].includes(defaultingType)
      ? defaultingType === 'System' && defaultConstraints.length > 0
        ? [fieldInvalid(`${path}.defaultingType`, defaultingType, 'when .defaultConstraints are not empty')]
        : []
      : [fieldNotSupported(`${path}.defaultingType`, defaultingType, ['System', 'List'])]),
    ...defaultConstraints.flatMap(({ maxSkew, topologyKey, whenUnsatisfiable, labelSelector }, index) => {
      const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
      const duplicate = seen.has(pair)
      seen.add(pair)
      return [
        ...(maxSkew <= 0 ? [fieldInvalid(`${at}[${index}].maxSkew`, maxSkew, 'not in valid range (0, inf)')] : []),
        ...(topologyKey
          ? labelName(topologyKey, `${at}[${index}].topologyKey`)
          : [fieldRequired(`${at}[${index}].topologyKey`, 'can not be empty')]),
        ...(whenUnsatisfiable
          ? actions.includes(whenUnsatisfiable)
            ? []
            : [fieldNotSupported(`${at}[${index}].whenUnsatisfiable`, whenUnsatisfiable, actions)]
          : [fieldRequired(`${at}[${index}].whenUnsatisfiable`, 'can not be empty')]),
        ...(labelSelector
          ? [fieldForbidden(`${at}[${index}].labelSelector`, 'constraint must not define a selector, as they deduced for each pod')]
          : []),
        ...(duplicate ? [fieldDuplicate(`${at}[${index}]`, pair)] : []),
      ]
    }),
  ]
}

const validateVolumeBinding: Validate<'VolumeBinding'> = ({ bindTimeoutSeconds = 0, shape }, path) => [
  ...(bindTimeoutSeconds < 0
    ? [fieldInvalid(`${path}.bindTimeoutSeconds`, bindTimeoutSeconds, 'invalid BindTimeoutSeconds, should not be a negative value')]
    : []),
  ...(shape
    ? [fieldInvalid(`${path}.shape`, shape, 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring')]
    : []),
]

/** What is wrong with the arguments of one rule (upstream's Validate…Args). Upstream does not look at those of NodeResourcesFit before it makes the plugin. */
export const argsErrors = (name: ArgsName, args: Args, path: string): FieldError[] =>
  ({
    DefaultPreemption: () => validateDefaultPreemption(args.DefaultPreemption, path),
    InterPodAffinity: () => validateInterPodAffinity(args.InterPodAffinity, path),
    NodeAffinity: () =>
      args.NodeAffinity.addedAffinity ? validateNodeAffinity(args.NodeAffinity.addedAffinity, `${path}.addedAffinity`) : [],
    NodeResourcesBalancedAllocation: () => validateBalancedAllocation(args.NodeResourcesBalancedAllocation, path),
    NodeResourcesFit: () => validateNodeResourcesFit(args.NodeResourcesFit, path),
    PodTopologySpread: () => validatePodTopologySpread(args.PodTopologySpread, path),
    VolumeBinding: () => validateVolumeBinding(args.VolumeBinding, path),
  })[name]()
