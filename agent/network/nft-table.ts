/** A set of addresses, or of combinations of addresses and ports. */
export interface NftSet {
  readonly type: string
  readonly elements: readonly string[]
}

/** What an nftables table holds besides its hooks: they are the same as long as the table is there. */
export interface NftTable {
  readonly sets: ReadonlyMap<string, NftSet>
  /** Maps from an address to a verdict. */
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Rules by chain. A chain's name changes with its rules, so that none is ever changed in place. */
  readonly chains: ReadonlyMap<string, readonly string[]>
}

export interface NftTableHead {
  readonly name: string
  /** The chains that hang on the kernel's hooks, as `nft` reads them inside the table. */
  readonly hooks: readonly string[]
}

/** Loads the whole table in place of the one that may be there, in one transaction. */
export function replaceTable({ name, hooks }: NftTableHead, { sets, maps, chains }: NftTable): string {
  return [
    ...dropTableLines(name),
    `table ip ${name} {`,
    ...[...sets].flatMap(([set, { type, elements }]) => block(`set ${set}`, [`type ${type}`, ...elementsLine(elements)])),
    ...[...chains].flatMap(([chain, rules]) => block(`chain ${chain}`, rules)),
    ...[...maps].flatMap(([map, entries]) => block(`map ${map}`, ['type ipv4_addr : verdict', ...elementsLine(entriesOf(entries))])),
    ...hooks.map(line => `  ${line}`),
    '}',
    '',
  ].join('\n')
}

/** Removes the table; that it is not there is fine. */
export const dropTable = (name: string): string => `${dropTableLines(name).join('\n')}\n`
const dropTableLines = (name: string) => [`table ip ${name}`, `delete table ip ${name}`]

/**
 * What leads from one content of the table to another in one transaction; empty when there is nothing to do. What is referred
 * to comes before what refers to it, and goes after it.
 */
export function changeTable(name: string, from: NftTable, to: NftTable): string {
  const at = `ip ${name}`
  const lines = [
    ...added(from.sets, to.sets).map(([set, { type }]) => `add set ${at} ${set} { type ${type}; }`),
    ...[...to.sets].flatMap(([set, { elements }]) => changeElements(`${at} ${set}`, from.sets.get(set)?.elements ?? [], elements)),
    ...added(from.chains, to.chains).flatMap(([chain, rules]) => [
      `add chain ${at} ${chain}`,
      ...rules.map(rule => `add rule ${at} ${chain} ${rule}`),
    ]),
    ...[...to.maps].flatMap(([map, entries]) => changeElements(`${at} ${map}`, entriesOf(from.maps.get(map)), entriesOf(entries))),
    ...added(to.chains, from.chains).map(([chain]) => `delete chain ${at} ${chain}`),
    ...added(to.sets, from.sets).map(([set]) => `delete set ${at} ${set}`),
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** What only the second has. */
const added = <T>(from: ReadonlyMap<string, T>, to: ReadonlyMap<string, T>) => [...to].filter(([key]) => !from.has(key))
const entriesOf = (entries: ReadonlyMap<string, string> = new Map()) => [...entries].map(([key, verdict]) => `${key} : ${verdict}`)

function changeElements(where: string, from: readonly string[], to: readonly string[]): string[] {
  const [before, after] = [new Set(from), new Set(to)]
  const gone = from.filter(element => !after.has(element))
  const come = to.filter(element => !before.has(element))
  return [...elementsCommand('delete', where, gone), ...elementsCommand('add', where, come)]
}
const elementsCommand = (verb: string, where: string, elements: readonly string[]) =>
  elements.length > 0 ? [`${verb} element ${where} { ${elements.join(', ')} }`] : []
const elementsLine = (elements: readonly string[]) => (elements.length > 0 ? [`elements = { ${elements.join(', ')} }`] : [])
const block = (head: string, lines: readonly string[]) => [`  ${head} {`, ...lines.map(line => `    ${line}`), '  }']
