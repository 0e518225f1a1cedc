import type { NodeInfo } from './node-info.ts'
import type { Rejection } from './plugin.ts'

/** Why a node is out of the question, and which rule said so. */
export interface Refusal extends Rejection {
  readonly plugin: string
}

/** What nodes were worth, node by node: each rule's scores from 0 to 100 with its weight, and the sums. */
export interface Ratings {
  readonly nodes: readonly string[]
  readonly totals: readonly number[]
  readonly parts: readonly { readonly plugin: string; readonly weight: number; readonly scores: readonly number[] }[]
}

interface Judged {
  readonly refusals: ReadonlyMap<string, Refusal>
  /** The rules that refused a node, or all of them at once. */
  readonly refusedBy: ReadonlySet<string>
  /** Undefined when there was nothing to choose from. */
  readonly ratings?: Ratings | undefined
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

/** `node-1: 400 = TaintToleration 3×100 + NodeResourcesFit 100.`, the best node first. */
function inWords({ nodes, totals, parts }: Ratings): string[] {
  const partAt = (index: number) =>
    parts.map(({ plugin, weight, scores }) => `${plugin} ${weight === 1 ? '' : `${weight}×`}${scores[index] ?? 0}`).join(' + ')
  return nodes
    .map((name, index) => ({ total: totals[index] ?? 0, text: `${name}: ${totals[index] ?? 0} = ${partAt(index)}.` }))
    .sort((a, b) => b.total - a.total)
    .map(({ text }) => text)
}

/** The whole decision for people: which rule refused which node, and what each rule gave to the others. */
export function explain(placement: Placement): string {
  const { node, refusals, ratings, known, examined } = placement
  const name = node?.node.metadata.name
  const lines = [
    node ? `Chosen: ${name}, of ${examined - refusals.size} node(s) that will do.` : `No node will do, of ${known}.`,
    ...(ratings ? inWords(ratings) : []),
    ...[...refusals].map(([name, { plugin, reasons }]) => `${name} refused by ${plugin}: ${reasons.join(', ')}.`),
    ...(examined < known ? [`${known - examined} node(s) were not looked at: enough would do.`] : []),
  ]
  return lines.join(' ')
}
