import { RE2JS } from 're2js'

const compiled = new Map<string, RE2JS>()
const mostKept = 500

/**
 * A regular expression in Go's syntax (RE2), which takes time linear in the text whatever the pattern. Throws an error
 * with Go's sentence when the pattern is none.
 */
export function goRegex(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known) return known
  const regex = compile(pattern)
  if (compiled.size >= mostKept) compiled.clear()
  compiled.set(pattern, regex)
  return regex
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Whether the pattern is found anywhere in the text. */
export const goMatches = (pattern: string, text: string): boolean => goRegex(pattern).matcher(text).find()
