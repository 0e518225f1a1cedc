import type { NodeInfo } from './node-info.ts'
import type { Rejection } from './plugin.ts'

/** Why a node is out of the question, and which rule said so. */
export interface Refusal extends Rejection {
  readonly plugin: string
}

/** What a node was worth: the rules' scores from 0 to 100 with their weights, and the sum. */
export interface Rating {
  readonly total: number
  readonly parts: readonly { readonly plugin: string; readonly score: number; readonly weight: number }[]
}

interface Judged {
  readonly refusals: ReadonlyMap<string, Refusal>
  /** The rules that refused a node, or all of them at once. */
  readonly refusedBy: ReadonlySet<string>
  /** By node; empty when there was nothing to choose from. */
  readonly ratings: ReadonlyMap<string, Rating>
  /** How many nodes there are, and how many were looked at before enough would do. */
  readonly known: number
  readonly examined: number
}

/** What was found out when a pod was to be placed: its node, or why (upstream's FitError) it goes nowhere. */
export type Placement = Judged & ({ readonly node: NodeInfo } | { readonly node?: undefined; readonly why: string })

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`, sorted as texts (upstream's FitError). */
export function fitError(nodes: number, reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  return `0/${nodes} nodes are available: ${parts.join(', ')}.`
}

const inWords = ({ total, parts }: Rating): string =>
  `${total} = ${parts.map(({ plugin, score, weight }) => (weight === 1 ? `${plugin} ${score}` : `${plugin} ${weight}×${score}`)).join(' + ')}`

/** The whole decision for people: which rule refused which node, and what each rule gave to the others. */
export function explain(placement: Placement): string {
  const { node, refusals, ratings, known, examined } = placement
  const name = node?.node.metadata.name
  const lines = [
    node ? `Chosen: ${name}, of ${examined - refusals.size} node(s) that will do.` : `No node will do, of ${known}.`,
    ...[...ratings].sort(([, a], [, b]) => b.total - a.total).map(([name, rating]) => `${name}: ${inWords(rating)}.`),
    ...[...refusals].map(([name, { plugin, reasons }]) => `${name} refused by ${plugin}: ${reasons.join(', ')}.`),
    ...(examined < known ? [`${known - examined} node(s) were not looked at: enough would do.`] : []),
  ]
  return lines.join(' ')
}
