import { decode } from '../../../api/schema/decode.ts'
import type { Schema } from '../../../api/schema/schema.ts'
import { defaultPreemption } from '../profile.ts'
import { defaultResources } from '../plugins/scoring-strategy.ts'
import { argsSchemas, type Args, type ArgsName, type ArgsOf, type KubeSchedulerProfile } from './schema.ts'

type Resources = ArgsOf<'NodeResourcesBalancedAllocation'>['resources']
const weighted = (resources: Resources) =>
  resources?.length ? resources.map(({ name, weight }) => ({ name, weight: weight || 1 })) : defaultResources.map(each => ({ ...each }))

/** Upstream's SetDefaults_…Args. */
const fill: { readonly [N in ArgsName]: (args: ArgsOf<N>) => ArgsOf<N> } = {
  DefaultPreemption: args => ({ ...defaultPreemption, ...args }),
  InterPodAffinity: args => ({ hardPodAffinityWeight: 1, ...args }),
  NodeAffinity: args => args,
  NodeResourcesBalancedAllocation: args => ({ ...args, resources: weighted(args.resources) }),
  NodeResourcesFit: ({ scoringStrategy = { type: 'LeastAllocated' }, ...args }) => ({
    ...args,
    scoringStrategy: { ...scoringStrategy, resources: weighted(scoringStrategy.resources) },
  }),
  PodTopologySpread: args => ({ ...args, defaultingType: args.defaultingType ?? 'System' }),
  VolumeBinding: args => ({ bindTimeoutSeconds: 600, ...args }),
}

/** The arguments of all rules as a profile gives them, defaults filled in. Throws when they cannot be read. */
export function readArgs({ pluginConfig = [] }: KubeSchedulerProfile): Args {
  const read = <N extends ArgsName>(name: N, schema: Schema<ArgsOf<N>>): ArgsOf<N> => {
    const given = pluginConfig.find(each => each.name === name)?.args ?? {}
    const { apiVersion: _, kind = `${name}Args`, ...fields } = given
    if (kind !== `${name}Args`)
      throw new Error(`args for plugin ${name} were not of type ${name}Args.kubescheduler.config.k8s.io, got ${String(kind)}`)
    const { value, unknown } = decode(schema, fields)
    const [field] = unknown
    if (field) throw new Error(`decoding args for plugin ${name}: strict decoding error: unknown field ${JSON.stringify(field)}`)
    return fill[name](value)
  }
  return {
    DefaultPreemption: read('DefaultPreemption', argsSchemas.DefaultPreemption),
    InterPodAffinity: read('InterPodAffinity', argsSchemas.InterPodAffinity),
    NodeAffinity: read('NodeAffinity', argsSchemas.NodeAffinity),
    NodeResourcesBalancedAllocation: read('NodeResourcesBalancedAllocation', argsSchemas.NodeResourcesBalancedAllocation),
    NodeResourcesFit: read('NodeResourcesFit', argsSchemas.NodeResourcesFit),
    PodTopologySpread: read('PodTopologySpread', argsSchemas.PodTopologySpread),
    VolumeBinding: read('VolumeBinding', argsSchemas.VolumeBinding),
  }
}
