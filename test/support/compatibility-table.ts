import { readFileSync, writeFileSync } from 'node:fs'

/** `refused`: by upstream's kubectl or API server too. */
export type Verdict = 'works' | 'refused' | 'fails' | 'left out'

const shown: Readonly<Record<Verdict, string>> = { works: 'yes', refused: 'refused', fails: 'no', 'left out': '' }
/** What a row says of whom something was tried with more than once. */
const gravity: readonly Verdict[] = ['left out', 'refused', 'works', 'fails']

/** Which kubectl command worked with which kubectl; a table in docs/compatibility.md. */
export class CompatibilityTable {
  readonly #results = new Map<string, Map<string, Verdict>>()
  readonly #name: string

  /** The name is part of the marks in the document that the table stands between. */
  constructor(name: string) {
    this.#name = name
  }

  /** A command works when everything that was tried with it does. */
  record(command: string, version: string, verdict: Verdict): void {
    const versions = this.#results.get(command) ?? new Map<string, Verdict>()
    const before = versions.get(version) ?? 'left out'
    this.#results.set(command, versions.set(version, gravity.indexOf(verdict) > gravity.indexOf(before) ? verdict : before))
  }

  text(): string {
    const versions = [...new Set([...this.#results.values()].flatMap(results => [...results.keys()]))]
    const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
    const rows = [...this.#results].sort(([a], [b]) => a.localeCompare(b))
    return [
      row(['kubectl', ...versions.map(version => version.replace(/^v(\d+\.\d+).*/, '$1'))]),
      row(['---', ...versions.map(() => '---')]),
      ...rows.map(([command, results]) => row([code(command), ...versions.map(version => shown[results.get(version) ?? 'left out'])])),
    ].join('\n')
  }

  /** Replaces what stands between the two markers. */
  writeTo(file: string): void {
    const [begin, end] = [`<!-- ${this.#name}: written by test/compatibility -->`, `<!-- end of ${this.#name} -->`]
    const text = readFileSync(file, 'utf8')
    const [before, rest] = text.split(begin)
    const [, after] = (rest ?? '').split(end)
    if (rest === undefined || after === undefined) throw new Error(`${file} has no place for the table of ${this.#name}`)
    writeFileSync(file, `${before}${begin}\n\n${this.text()}\n\n${end}${after}`)
  }
}

/** Code in a cell: a bar would end the cell, a backtick the code. */
function code(command: string): string {
  const text = command.replaceAll('|', '\\|')
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}
