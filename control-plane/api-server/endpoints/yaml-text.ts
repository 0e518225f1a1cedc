import { CORE_SCHEMA, load, YAMLException } from 'js-yaml'
import { DecodeError } from '../../../api/schema/decode-error.ts'
import { parseJson, repeatedFields } from '../../../api/schema/json-text.ts'
import { repeatedKeys } from './yaml-repetitions.ts'

/** Far deeper than any object: what goes through objects afterwards does so by recursion. */
const maximumDepth = 300
/** Bodies that name parts to use them again have a handful of those. */
const maximumAliases = 10_000
/** Aliases may make so many values of each character. Without them there is less than one. */
const valuesPerCharacter = 10

/** What a YAML text stands for, and the keys that stand in it more than once, of which the last counts, in upstream's words. */
export interface YamlText {
  readonly value: unknown
  readonly repeated: readonly string[]
}

/**
 * A YAML text as what it stands for; throws an Error with a sentence when it is none. Aliases that grow without end are refused,
 * and so is nesting.
 */
export function parseYaml(text: string): YamlText {
  // What most clients call YAML is JSON, which the engine itself reads ten times as fast.
  if (/^\s*\{/.test(text)) {
    const json = tryJson(text)
    if (json) return { value: json.value, repeated: [] }
  }
  const loaded = loadYaml(text)
  if (text.includes('*') && sizeOf(loaded.value, new Map()) > valuesPerCharacter * text.length)
    throw new DecodeError('document contains excessive aliasing')
  return loaded
}

/** Undefined where the text is no JSON, or has keys twice: YAML has its own words for that. */
function tryJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value = parseJson(text)
    return repeatedFields(text, value).repeated.length > 0 ? undefined : { value }
  } catch (error) {
    if (error instanceof DecodeError && !error.message.includes('max depth')) return undefined
    throw error
  }
}

const options = { schema: CORE_SCHEMA, maxDepth: maximumDepth, maxAliases: maximumAliases }

/** Most texts have every key once; what is wrong with the others is looked for a second time, by a reader that goes on. */
function loadYaml(text: string, isSecond = false): YamlText {
  try {
    return { value: load(text, { ...options, json: isSecond }), repeated: isSecond ? repeatedKeys(text) : [] }
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    if (!isSecond && error.reason.includes('duplicated mapping key')) return loadYaml(text, true)
    if (error.reason.includes('input is empty')) return { value: null, repeated: [] }
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
