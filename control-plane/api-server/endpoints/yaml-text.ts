import { CORE_SCHEMA, load, YAMLException } from 'js-yaml'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { duplicateFields, parseJson } from '../../../api/schema/json-text.ts'

/** Far deeper than any object: what goes through objects afterwards does so by recursion. */
const maximumDepth = 300
/** Bodies that name parts to use them again have a handful of those. */
const maximumAliases = 10_000
/** Aliases may make so many values of each character. Without them there is less than one. */
const valuesPerCharacter = 10

/**
 * A YAML text as what it stands for; throws an Error with a sentence when it is none. Aliases that grow without end are refused,
 * and so is nesting.
 */
export function parseYaml(text: string): unknown {
  // What most clients call YAML is JSON, which the engine itself reads ten times as fast.
  if (/^\s*\{/.test(text)) {
    const json = tryJson(text)
    if (json) return json.value
  }
  const value = loadYaml(text)
  if (text.includes('*') && sizeOf(value, new Map()) > valuesPerCharacter * text.length)
    throw new DecodeError('document contains excessive aliasing')
  return value
}

/** Undefined where the text is no JSON, or has keys twice: YAML has its own words for that. */
function tryJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value = parseJson(text)
    return duplicateFields(text, value).length > 0 ? undefined : { value }
  } catch (error) {
    if (error instanceof DecodeError && !error.message.includes('max depth')) return undefined
    throw error
  }
}

function loadYaml(text: string): unknown {
  try {
    return load(text, { schema: CORE_SCHEMA, maxDepth: maximumDepth, maxAliases: maximumAliases })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    if (error.reason.includes('input is empty')) return null
    throw new DecodeError(error.reason.includes('maxDepth') ? 'exceeded max depth' : (error.message.split('\n', 1)[0] ?? ''))
  }
}

/** How many values there are when every part counts wherever it is used. Each part is looked at once. */
function sizeOf(value: unknown, known: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 1
  const before = known.get(value)
  if (before !== undefined) return before
  let size = 1
  for (const part of Object.values(value)) size += sizeOf(part, known)
  known.set(value, size)
  return size
}
