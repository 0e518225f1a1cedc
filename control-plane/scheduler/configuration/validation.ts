import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../../../api/schema/field-error.ts'
import { isEqual } from '../../../common/equal.ts'
import { argsErrors } from './args-validation.ts'
import { removed } from './in-tree.ts'
import {
  argsSchemas,
  extensionPoints,
  type Args,
  type ArgsName,
  type KubeSchedulerConfiguration,
  type KubeSchedulerProfile,
} from './schema.ts'

/** What is wrong with a configuration whose defaults are filled in (upstream's ValidateKubeSchedulerConfiguration). `args`: of each profile. */
export function configurationErrors(configuration: KubeSchedulerConfiguration, args: readonly Args[]): FieldError[] {
  const { parallelism = 0, profiles = [], podInitialBackoffSeconds: initial = 0, podMaxBackoffSeconds: longest = 0 } = configuration
  return [
    ...(parallelism <= 0 ? [fieldInvalid('parallelism', parallelism, 'should be an integer value greater than zero')] : []),
    ...profiles.flatMap((profile, index) => {
      const path = `profiles[${index}]`
      const first = profiles.findIndex(({ schedulerName }) => schedulerName === profile.schedulerName)
      return [
        ...profileErrors(profile, path, args[index]),
        ...(first < index ? [fieldDuplicate(`${path}.schedulerName`, `profiles[${first}].schedulerName`)] : []),
      ]
    }),
    ...queueSortErrors(profiles),
    ...percentageErrors(configuration.percentageOfNodesToScore, 'percentageOfNodesToScore'),
    ...(initial <= 0 ? [fieldInvalid('podInitialBackoffSeconds', initial, 'must be greater than 0')] : []),
    ...(longest < initial
      ? [fieldInvalid('podMaxBackoffSeconds', longest, 'must be greater than or equal to PodInitialBackoffSeconds')]
      : []),
    // Upstream has them; whoever relies on one must not be left with a scheduler that never asks it.
    ...(configuration.extenders?.length ? [fieldForbidden('extenders', 'extenders are not supported')] : []),
  ]
}

function profileErrors(profile: KubeSchedulerProfile, path: string, args: Args | undefined): FieldError[] {
  const { schedulerName, plugins = {}, pluginConfig = [] } = profile
  const invalid = `was invalid in version "kubescheduler.config.k8s.io/v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")`
  return [
    ...(schedulerName ? [] : [fieldRequired(`${path}.schedulerName`)]),
    ...percentageErrors(profile.percentageOfNodesToScore, `${path}.percentageOfNodesToScore`),
    ...extensionPoints.flatMap(point =>
      (plugins[point]?.enabled ?? []).flatMap(({ name = '' }, index) =>
        removed.includes(name) ? [fieldInvalid(`${path}.plugins.${point}.enabled[${index}]`, name, invalid)] : [],
      ),
    ),
    ...pluginConfig.flatMap(({ name = '' }, index) => {
      const at = `${path}.pluginConfig[${index}]`
      return [
        ...(pluginConfig.findIndex(each => each.name === name) < index ? [fieldDuplicate(at, name)] : []),
        ...(removed.includes(name) ? [fieldInvalid(at, name, invalid)] : []),
        ...(args && isKnown(name) ? argsErrors(name, args, `${at}.args`) : []),
      ]
    }),
  ]
}

const isKnown = (name: string): name is ArgsName => Object.hasOwn(argsSchemas, name)

const percentageErrors = (percentage: number | undefined, path: string): FieldError[] =>
  percentage !== undefined && (percentage < 0 || percentage > 100) ? [fieldInvalid(path, percentage, 'not in valid range [0-100]')] : []

/** There is one queue for the pods of all profiles. */
function queueSortErrors(profiles: readonly KubeSchedulerProfile[]): FieldError[] {
  const [first, ...others] = profiles.map(({ plugins }) => plugins?.queueSort ?? {})
  const enabled = first?.enabled?.length ?? 0
  return [
    ...(enabled > 1 ? [fieldInvalid('profiles[0].plugins.queueSort.Enabled', enabled, 'only one queue sort plugin can be enabled')] : []),
    ...others.flatMap((queueSort, index) =>
      isEqual(queueSort, first)
        ? []
        : [fieldInvalid(`profiles[${index + 1}].plugins.queueSort`, queueSort, 'must be the same for all profiles')],
    ),
  ]
}
