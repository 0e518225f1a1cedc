import { readFileSync, writeFileSync } from 'node:fs'

const [begin, end] = ['<!-- commands: written by test/compatibility -->', '<!-- end of commands -->']

/** Which kubectl command worked with which kubectl; the table in docs/compatibility.md. */
export class CompatibilityTable {
  readonly #results = new Map<string, Map<string, boolean>>()

  /** A command works when everything that was tried with it does. */
  record(command: string, version: string, works: boolean): void {
    const versions = this.#results.get(command) ?? new Map<string, boolean>()
    this.#results.set(command, versions.set(version, works && versions.get(version) !== false))
  }

  text(): string {
    const versions = [...new Set([...this.#results.values()].flatMap(results => [...results.keys()]))]
    const shown = { true: 'yes', false: 'no', undefined: '' }
    const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
    const rows = [...this.#results].sort(([a], [b]) => a.localeCompare(b))
    return [
      row(['kubectl', ...versions.map(version => version.replace(/^v(\d+\.\d+).*/, '$1'))]),
      row(['---', ...versions.map(() => '---')]),
      ...rows.map(([command, results]) => row([`\`${command}\``, ...versions.map(version => shown[`${results.get(version)}`])])),
    ].join('\n')
  }

  /** Replaces what stands between the two markers. */
  writeTo(file: string): void {
    const text = readFileSync(file, 'utf8')
    const [before, rest] = text.split(begin)
    const [, after] = (rest ?? '').split(end)
    if (rest === undefined || after === undefined) throw new Error(`${file} has no place for the table of commands`)
    writeFileSync(file, `${before}${begin}\n\n${this.text()}\n\n${end}${after}`)
  }
}
