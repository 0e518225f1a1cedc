import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'

/** The keys that stand more than once in one mapping of a YAML text, in the words of upstream's strict reader. */
export function repeatedKeys(text: string): string[] {
  const lines = new LineCounter()
  const { contents } = parseDocument(text, { uniqueKeys: false, lineCounter: lines })
  const found: string[] = []
  const lineOf = (node: unknown): number => lines.linePos((node as Node | null)?.range?.[0] ?? 0).line
  const look = (node: unknown): void => {
    if (isSeq(node)) for (const item of node.items) look(item)
    if (!isMap(node)) return
    const seen = new Set<unknown>()
    for (const { key, value } of node.items) {
      look(value)
      const name = isScalar(key) ? key.value : undefined
      if (name !== undefined && seen.has(name)) found.push(`line ${lineOf(value ?? key)}: key ${JSON.stringify(name)} already set in map`)
      seen.add(name)
    }
  }
  look(contents)
  return found
}

/** How upstream's reader says all of it. */
export const repetitionError = (repeated: readonly string[]): string =>
  ['yaml: unmarshal errors:', ...repeated.map(each => `  ${each}`)].join('\n')
