import { messageOf } from '../../common/error-message.ts'
import { DecodeError } from './decode-error.ts'
import { JsonSyntax, maximumDepth, type KeyPlaces } from './json-syntax.ts'

/** JSON.parse, with the errors of Go's decoder and a bound on nesting. */
export function parseJson(text: string): unknown {
  // Counted before: the engine takes ten times as long to build a million arrays within each other.
  if (text.length > maximumDepth && outline(text).depth > maximumDepth) {
    new JsonSyntax(text).keyPlaces()
    throw new DecodeError('exceeded max depth')
  }
  return fastParse(text)
}

function fastParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    new JsonSyntax(text).keyPlaces()
    // The two readers agree on what JSON is; should they ever not, the engine's words are better than none.
    throw new DecodeError(messageOf(error))
  }
}

const noRepetition: KeyPlaces = { repeated: [], first: new Map() }

/** The keys that stand more than once in one object of `text`. `value` is what the text was parsed to. */
export function repeatedFields(text: string, value: unknown): KeyPlaces {
  // Counting is cheap; the slow reader is only asked when a member has got lost.
  return outline(text).members === countMembers(value) ? noRepetition : new JsonSyntax(text).keyPlaces()
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/** How deep a valid JSON text nests, and how many `key: value` it has. */
function outline(text: string): { depth: number; members: number } {
  let depth = 0
  let deepest = 0
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === colon) members++
    // `[` and `{` differ from `]` and `}` by two, and from each other by one bit.
    else if ((code | 0x20) === 0x7b) deepest = Math.max(deepest, ++depth)
    else if ((code | 0x20) === 0x7d) depth--
  }
  return { depth: deepest, members }
}

/** The index of the quote that ends the string beginning at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++
  return slashes % 2 === 1
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) for (const item of value) members += countMembers(item)
  else {
    for (const child of Object.values(value)) members += 1 + (typeof child === 'object' ? countMembers(child) : 0)
  }
  return members
}
