import type { Pod } from '../../api/core/pod.ts'
import type { NodeInfo } from './node-info.ts'
import type { Ratings, Refusal } from './placement.ts'
import type { Cluster, Plugin, Rejection } from './plugin.ts'
import type { Verdict, Verdicts } from './verdicts.ts'

interface Filter {
  readonly plugin: string
  readonly of: (info: NodeInfo) => Rejection | undefined
}

/** The rules, each of which has looked at one pod and the cluster: they judge and rate its nodes, by their places in the list. */
export class Panel {
  readonly #plugins: readonly Plugin[]
  /** Those that look at the node alone and come before all others: what they say is remembered. */
  readonly #first: readonly Filter[]
  readonly #others: readonly Filter[]
  readonly #known: Verdict[]
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
    this.#known = verdicts?.of(signatureOf(pod, plugins)) ?? []
  }

  /** Undefined when no rule refuses the node; the first that does names the reason. */
  judge(index: number): Refusal | undefined {
    const info = this.#cluster.nodes[index]
    return info && (this.#verdict(info, index).refusal ?? firstRefusal(this.#others, info))
  }

  /** What each rule that rates gives to each of these nodes. */
  rate(indexes: readonly number[]): Ratings {
    const { nodes } = this.#cluster
    const infos = indexes.flatMap(index => nodes[index] ?? [])
    const rating = this.#plugins.flatMap(({ name, score, sign }) => {
      const scorer = score?.prepare(this.#pod, this.#cluster)
      return score && scorer ? [{ name, score, scorer, local: sign !== undefined }] : []
    })
    const locals = rating.filter(({ local }) => local)
    // The same rules rate all pods of one signature: the scores of one have the places of those of another.
    const remembered = infos.map((info, at) => {
      const verdict = this.#verdict(info, indexes[at] ?? 0)
      return (verdict.scores ??= locals.map(({ scorer }) => scorer(info)))
    })
    const parts = rating.map(({ name, score, scorer, local }) => {
      const place = local ? locals.findIndex(each => each.name === name) : 0
      const raw = local ? remembered.map(scores => scores[place] ?? 0) : infos.map(scorer)
      return { plugin: name, weight: score.weight, scores: score.normalize?.(raw) ?? raw }
    })
    return { nodes: infos.map(({ node }) => node.metadata.name), totals: sums(parts, infos.length), parts }
  }

  #verdict(info: NodeInfo, index: number): Verdict {
    const known = this.#known[index]
    if (known?.info === info) return known
    const verdict = { info, refusal: firstRefusal(this.#first, info) }
    this.#known[index] = verdict
    return verdict
  }
}

function firstRefusal(filters: readonly Filter[], info: NodeInfo): Refusal | undefined {
  for (const { plugin, of } of filters) {
    const rejection = of(info)
    if (rejection) return { plugin, ...rejection }
  }
  return undefined
}

function sums(parts: Ratings['parts'], count: number): number[] {
  const totals = new Array<number>(count).fill(0)
  for (const { scores, weight } of parts) {
    for (let index = 0; index < count; index++) totals[index] = (totals[index] ?? 0) + (scores[index] ?? 0) * weight
  }
  return totals
}

/** The same for pods that are the same to all rules that look at nothing else but the node. */
const signatureOf = (pod: Pod, plugins: readonly Plugin[]): string => JSON.stringify(plugins.map(({ sign }) => sign?.(pod)))
