import { isZero } from '../schema/zero.ts'
import type { Schema } from '../schema/schema.ts'

const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

function zero(schema: Schema): unknown {
  if (schema.presence === 'pointer' || schema.type === 'array' || schema.additionalProperties) return null
  if (schema.message) return schema.presence === 'always' ? goView(schema, {}) : null
  if (schema.type === 'string') return schema.format === 'date-time' ? null : ''
  return schema.type === 'boolean' ? false : schema.type === 'integer' || schema.type === 'number' ? 0 : null
}

/** A value as Go prints its untagged types: capital names, every field there. */
function goView(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return zero(schema)
  if (schema.properties && typeof value === 'object') {
    const record = value as Readonly<Record<string, unknown>>
    return Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [upperFirst(name), goView(field, record[name])]))
  }
  if (schema.items && Array.isArray(value)) return value.map(item => goView(schema.items as Schema, item))
  return schema.additionalProperties && isZero(schema, value) ? null : value
}

interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
}

/** Longest common subsequence by dynamic programming, between the lines that the two do not share at both ends. */
function compareLines(a: readonly string[], b: readonly string[]): Line[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const old = a.slice(start, a.length - end)
  const new_ = b.slice(start, b.length - end)
  const same = (text: string): Line => ({ mark: ' ', text })
  return [...a.slice(0, start).map(same), ...alignMiddle(old, new_), ...a.slice(a.length - end).map(same)]
}

function alignMiddle(old: readonly string[], next: readonly string[]): Line[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(next.length + 1))
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    const row = lengths[i]
    for (let j = next.length - 1; row && j >= 0; j--)
      row[j] = old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < next.length) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      lines.push({ mark: ' ', text: old[i] ?? '' })
      i++
      j++
    } else if (i < old.length && (j === next.length || at(i + 1, j) >= at(i, j + 1))) lines.push({ mark: '-', text: old[i++] ?? '' })
    else lines.push({ mark: '+', text: next[j++] ?? '' })
  }
  return lines
}

const context = 3
const range = (from: number, count: number) => (count === 1 ? `${from + 1}` : `${count === 0 ? from : from + 1},${count}`)

/** The hunks of a unified diff. */
function hunks(lines: readonly Line[]): string {
  const wanted = lines.map((_, index) => lines.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== ' '))
  let text = ''
  let [oldLine, newLine] = [0, 0]
  for (let index = 0; index < lines.length;) {
    let end = index
    while (end < lines.length && wanted[end] === wanted[index]) end++
    const part = lines.slice(index, end)
    const olds = part.filter(({ mark }) => mark !== '+').length
    const news = part.filter(({ mark }) => mark !== '-').length
    if (wanted[index])
      text += `@@ -${range(oldLine, olds)} +${range(newLine, news)} @@\n${part.map(line => `${line.mark}${line.text}\n`).join('')}`
    oldLine += olds
    newLine += news
    index = end
  }
  return text
}

/** What differs between two values of a schema, as upstream shows it: a unified diff of both as indented JSON. */
export function goDiff<T>(schema: Schema<T>, current: T, next: T): string {
  const lines = (value: T) => JSON.stringify(goView(schema, value), null, 1).split('\n')
  return hunks(compareLines(lines(current), lines(next)))
}
