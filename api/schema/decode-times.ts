import { DecodeError } from './decode-error.ts'
import { microTimestamp, timestamp } from '../time.ts'

const layout = '2006-01-02T15:04:05Z07:00'
const microLayout = '2006-01-02T15:04:05.000000Z07:00'
const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

function parsed(text: string, expected: string): { date: Date; fraction: string } {
  const [, , fraction = ''] = rfc3339.exec(text) ?? []
  const date = rfc3339.test(text) ? new Date(text) : undefined
  // JavaScript rolls 30 February over into March; RFC 3339 has no such day.
  const day = text.slice(0, 10)
  if (!date || Number.isNaN(date.getTime()) || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) {
    throw new DecodeError(`parsing time ${JSON.stringify(text)} as ${JSON.stringify(expected)}: cannot parse ${whatFails(text)}`)
  }
  return { date, fraction }
}

/** The rest of the text at which reading the time stops, and what should stand there, as Go names it. */
function whatFails(text: string): string {
  const parts: readonly [RegExp, string][] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^\d\d/, '01'],
    [/^-/, '-'],
    [/^\d\d/, '02'],
    [/^T/, 'T'],
    [/^\d\d/, '15'],
    [/^:/, ':'],
    [/^\d\d/, '04'],
    [/^:/, ':'],
    [/^\d\d(\.\d+)?/, '05'],
  ]
  let rest = text
  for (const [pattern, name] of parts) {
    const [match] = pattern.exec(rest) ?? []
    if (match === undefined) return `${JSON.stringify(rest)} as ${JSON.stringify(name)}`
    rest = rest.slice(match.length)
  }
  return `${JSON.stringify(rest)} as "Z07:00"`
}

/** UTC with whole seconds, whatever offset and fraction came in. */
export function decodeTime(text: string): string {
  if (canonical.test(text)) {
    const date = Date.parse(text)
    if (!Number.isNaN(date) && timestamp(new Date(date)) === text) return text
  }
  return timestamp(parsed(text, layout).date)
}

/** UTC with microseconds. */
export function decodeMicroTime(text: string): string {
  const { date, fraction } = parsed(text, microLayout)
  return `${microTimestamp(date).slice(0, 20)}${fraction.padEnd(6, '0').slice(0, 6)}Z`
}
