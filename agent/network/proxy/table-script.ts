import { baseChains, declareMaps, flushMaps, TABLE, type ProxyFacts } from './base-rules.ts'
import { mapNames, type RuleSet } from './rule-set.ts'

/** Elements in one command: longer ones cost nft more than they save. */
const ELEMENTS_AT_ONCE = 2000

/**
 * Commands for `nft -f` that make the table what the rules say, whatever it was, in one transaction. Clients that came before are
 * remembered: their sets are never emptied. Chains and sets of others stay, without effect.
 */
export function fullScript(rules: RuleSet, facts: ProxyFacts): string {
  const base = baseChains(facts)
  return script([
    `add table ${TABLE}`,
    `flush table ${TABLE}`,
    ...declareMaps(),
    ...flushMaps(),
    ...[...rules.clients].map(([name, seconds]) => declareClients(name, seconds)),
    ...[...base.keys(), ...rules.chains.keys()].map(name => `add chain ${TABLE} ${name}${hookOf(base.get(name))}`),
    ...[...base].flatMap(([name, lines]) => rulesOf(name, hookOf(lines) ? lines.slice(1) : lines)),
    ...[...rules.chains].flatMap(([name, lines]) => rulesOf(name, lines)),
    ...mapNames.flatMap(name => elementsOf('add', name, [...rules.maps[name]])),
  ])
}

/** Commands that lead from one set of rules to the other, in one transaction; empty when they are equal. Chains and sets that are out of use stay until somebody looks for them. */
export function differenceScript(from: RuleSet, to: RuleSet): string {
  const changedChains = [...to.chains].filter(([name, lines]) => !sameLines(from.chains.get(name), lines))
  const clients = [...to.clients].filter(([name]) => !from.clients.has(name))
  return script([
    ...clients.map(([name, seconds]) => declareClients(name, seconds)),
    ...changedChains.map(([name]) => `add chain ${TABLE} ${name}`),
    ...changedChains.flatMap(([name, lines]) => [`flush chain ${TABLE} ${name}`, ...rulesOf(name, lines)]),
    ...mapNames.flatMap(name => elementsOf('delete', name, outdated(from.maps[name], to.maps[name]))),
    ...mapNames.flatMap(name => elementsOf('add', name, outdated(to.maps[name], from.maps[name]))),
  ])
}

/** Names of chains and sets in the table that the rules do not have, as commands that delete them. */
export function leftoverCommands(
  listed: { readonly chains: readonly string[]; readonly sets: readonly string[] },
  rules: RuleSet,
  facts: ProxyFacts,
): string[] {
  const base = baseChains(facts)
  const known = new Set<string>(mapNames)
  return [
    ...listed.chains.filter(name => !base.has(name) && !rules.chains.has(name)).map(name => `delete chain ${TABLE} ${name}`),
    ...listed.sets.filter(name => !known.has(name) && !rules.clients.has(name)).map(name => `delete set ${TABLE} ${name}`),
  ]
}

const script = (commands: readonly string[]) => commands.map(command => `${command}\n`).join('')

const declareClients = (name: string, seconds: number) =>
  `add set ${TABLE} ${name} { type ipv4_addr; flags dynamic,timeout; timeout ${seconds}s; size 65535; }`

const hookOf = (lines: readonly string[] | undefined): string => (lines?.[0]?.startsWith('type ') ? ` { ${lines[0]} }` : '')
const rulesOf = (name: string, lines: readonly string[]) => lines.map(line => `add rule ${TABLE} ${name} ${line}`)
const sameLines = (a: readonly string[] | undefined, b: readonly string[]) =>
  a?.length === b.length && a.every((line, index) => line === b[index])

/** What stands in the first and not, or otherwise, in the second. */
const outdated = (first: ReadonlyMap<string, string>, second: ReadonlyMap<string, string>): [string, string][] =>
  [...first].filter(([key, value]) => second.get(key) !== value)

function elementsOf(verb: 'add' | 'delete', name: string, elements: readonly (readonly [string, string])[]): string[] {
  const texts = elements.map(([key, value]) => (value && verb === 'add' ? `${key} : ${value}` : key))
  const commands: string[] = []
  for (let start = 0; start < texts.length; start += ELEMENTS_AT_ONCE) {
    commands.push(`${verb} element ${TABLE} ${name} {\n${texts.slice(start, start + ELEMENTS_AT_ONCE).join(',\n')}\n}`)
  }
  return commands
}
