/** One value, counted by whoever holds it: finding it by its labels costs more than counting. */
export interface Series {
  value: number
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  lines(): Iterable<string>
}

/** Values of one name, by labels. */
export class Counters implements Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly #labels: readonly string[]
  readonly #series = new Map<string, Series>()

  constructor(
    name: string,
    { help, labels = [], type = 'counter' }: { help: string; labels?: readonly string[]; type?: 'counter' | 'gauge' },
  ) {
    this.name = name
    this.help = help
    this.type = type
    this.#labels = labels
  }
  of(...values: readonly string[]): Series {
    const key = labelText(this.#labels, values)
    let series = this.#series.get(key)
    if (!series) this.#series.set(key, (series = { value: 0 }))
    return series
  }
  *lines(): Iterable<string> {
    for (const [labels, { value }] of this.#series) yield `${this.name}${braced(labels)} ${value}`
  }
}

/** Values that are worked out when somebody asks. */
export class Asked implements Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly #values: () => Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>

  constructor(
    name: string,
    parts: {
      help: string
      type?: 'counter' | 'gauge'
      values: () => Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>
    },
  ) {
    this.name = name
    this.help = parts.help
    this.type = parts.type ?? 'gauge'
    this.#values = parts.values
  }
  *lines(): Iterable<string> {
    for (const [labels, value] of this.#values())
      yield `${this.name}${braced(labelText(Object.keys(labels), Object.values(labels)))} ${value}`
  }
}

/** How often a value fell into which bucket. */
export class Distribution {
  readonly buckets: readonly number[]
  readonly counts: number[]
  sum = 0

  constructor(buckets: readonly number[]) {
    this.buckets = buckets
    this.counts = Array.from({ length: buckets.length + 1 }, () => 0)
  }
  observe(value: number): void {
    let bucket = 0
    while (bucket < this.buckets.length && value > (this.buckets[bucket] as number)) bucket++
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sum += value
  }
}

export class Histograms implements Family {
  readonly name: string
  readonly help: string
  readonly type = 'histogram'
  readonly #labels: readonly string[]
  readonly #buckets: readonly number[]
  readonly #series = new Map<string, Distribution>()

  constructor(name: string, { help, labels = [], buckets }: { help: string; labels?: readonly string[]; buckets: readonly number[] }) {
    this.name = name
    this.help = help
    this.#labels = labels
    this.#buckets = buckets
  }
  of(...values: readonly string[]): Distribution {
    const key = labelText(this.#labels, values)
    let series = this.#series.get(key)
    if (!series) this.#series.set(key, (series = new Distribution(this.#buckets)))
    return series
  }
  *lines(): Iterable<string> {
    for (const [labels, { counts, buckets, sum }] of this.#series) {
      let total = 0
      for (const [index, count] of counts.entries()) {
        total += count
        const bound = `le="${buckets[index] ?? '+Inf'}"`
        yield `${this.name}_bucket{${labels ? `${labels},` : ''}${bound}} ${total}`
      }
      yield `${this.name}_sum${braced(labels)} ${sum}`
      yield `${this.name}_count${braced(labels)} ${total}`
    }
  }
}

const braced = (labels: string): string => (labels ? `{${labels}}` : '')
const labelText = (names: readonly string[], values: readonly string[]): string =>
  names.map((name, index) => `${name}="${escapeValue(values[index] ?? '')}"`).join(',')
const escapeValue = (value: string): string => value.replace(/[\\"\n]/g, found => (found === '\n' ? '\\n' : `\\${found}`))

/** Prometheus' text form, version 0.0.4; names in order, as upstream's are. */
export function exposition(families: readonly Family[]): string {
  const text = [...families]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(family => {
      const lines = [...family.lines()]
      if (lines.length === 0) return ''
      const help = family.help.replace(/[\\\n]/g, found => (found === '\n' ? '\\n' : '\\\\'))
      return `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n${lines.join('\n')}\n`
    })
  return text.join('')
}
