import type { Pod } from '../../api/core/pod.ts'
import type { NodeInfo } from './node-info.ts'
import type { Ratings, Refusal } from './placement.ts'
import type { Cluster, Plugin, Rejection } from './plugin.ts'
import type { Verdict, Verdicts } from './verdicts.ts'

type Filter = (info: NodeInfo) => Rejection | undefined
interface Named<T> {
  readonly plugin: string
  readonly of: T
}

/** The rules, each of which has looked at one pod and the cluster: they judge and rate node after node. */
export class Panel {
  readonly #plugins: readonly Plugin[]
  /** Those that look at the node alone and come before all others: what they say is remembered. */
  readonly #first: readonly Named<Filter>[]
  readonly #others: readonly Named<Filter>[]
  readonly #known: Map<string, Verdict>
  readonly #pod: Pod
  readonly #cluster: Cluster

  constructor(pod: Pod, cluster: Cluster, { plugins, verdicts }: { plugins: readonly Plugin[]; verdicts?: Verdicts | undefined }) {
    this.#pod = pod
    this.#cluster = cluster
    this.#plugins = plugins
    const judging = plugins.filter(({ filter }) => filter)
    const split = judging.findIndex(({ sign }) => !sign)
    const prepared = (some: readonly Plugin[]) =>
      some.flatMap(({ name, filter }) => {
        const of = filter?.(pod, cluster)
        return of ? [{ plugin: name, of }] : []
      })
    this.#first = prepared(split < 0 ? judging : judging.slice(0, split))
    this.#others = prepared(split < 0 ? [] : judging.slice(split))
    this.#known = verdicts?.of(signatureOf(pod, plugins), cluster.nodes.length) ?? new Map<string, Verdict>()
  }

  /** Undefined when no rule refuses the node; the first that does names the reason. */
  judge(info: NodeInfo): Refusal | undefined {
    return this.#verdict(info).refusal ?? firstRefusal(this.#others, info)
  }

  /** What each rule that rates gives to each of the nodes. */
  rate(nodes: readonly NodeInfo[]): Ratings {
    const rating = this.#plugins.flatMap(({ name, score, sign }) => (score ? [{ name, score, local: sign !== undefined }] : []))
    const scorers = rating.map(({ score }) => score.prepare(this.#pod, this.#cluster))
    const locals = scorers.filter((_, index) => rating[index]?.local)
    const scoresOf = (info: NodeInfo): readonly number[] =>
      (this.#verdict(info).scores ??= locals.map(scorer => scorer?.(info) ?? 0))
    const remembered = nodes.map(scoresOf)
    let local = 0
    const parts = rating.flatMap(({ name, score, local: isLocal }, index) => {
      const scorer = scorers[index]
      const place = isLocal ? local++ : -1
      if (!scorer) return []
      const raw = isLocal ? remembered.map(scores => scores[place] ?? 0) : nodes.map(scorer)
      return [{ plugin: name, weight: score.weight, scores: score.normalize?.(raw) ?? raw }]
    })
    const totals = nodes.map((_, index) => parts.reduce((sum, { scores, weight }) => sum + (scores[index] ?? 0) * weight, 0))
    return { nodes: nodes.map(({ node }) => node.metadata.name), totals, parts }
  }

  #verdict(info: NodeInfo): Verdict {
    const { name } = info.node.metadata
    const known = this.#known.get(name)
    if (known?.info === info) return known
    const verdict = { info, refusal: firstRefusal(this.#first, info) }
    this.#known.set(name, verdict)
    return verdict
  }
}

function firstRefusal(filters: readonly Named<Filter>[], info: NodeInfo): Refusal | undefined {
  for (const { plugin, of } of filters) {
    const rejection = of(info)
    if (rejection) return { plugin, ...rejection }
  }
  return undefined
}

/** The same for pods that are the same to all rules that look at nothing else but the node. */
const signatureOf = (pod: Pod, plugins: readonly Plugin[]): string => JSON.stringify(plugins.map(({ sign }) => sign?.(pod)))
