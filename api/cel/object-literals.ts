/** A type of an object literal before its brace: `Object`, `Object.spec`, `JSONPatch`. */
const typeBeforeBrace = /^(?:Object(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*|JSONPatch)\s*\{/
const string = /^(?:[rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?''')|[rR](?:"[^"\n]*"|'[^'\n]*')|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/
const word = /^[A-Za-z_][A-Za-z0-9_]*/
const fieldName = /^\s*(`[^`]*`|[A-Za-z_][A-Za-z0-9_]*)\s*(?=:)/

/**
 * The expression with its object literals (`Object.spec{replicas: 1}`, `JSONPatch{op: "add"}`) written as maps: what their
 * fields may be is known when the result is taken as an object, not before.
 */
export function asMaps(expression: string): string {
  const braces: ('object' | 'other')[] = []
  let written = ''
  let rest = expression
  const take = (length: number, as = rest.slice(0, length)) => {
    written += as
    rest = rest.slice(length)
  }
  /** At the beginning of a literal and after each of its commas stands the name of a field. */
  const nameField = () => {
    const [found, name = ''] = fieldName.exec(rest) ?? []
    if (found !== undefined) take(found.length, found.slice(0, found.search(/\S/)) + JSON.stringify(name.replaceAll('`', '')))
  }
  while (rest !== '') {
    const text = string.exec(rest)?.[0]
    const literal = typeBeforeBrace.exec(rest)?.[0]
    const name = word.exec(rest)?.[0]
    const isField = /\.\s*$/.test(written)
    if (text !== undefined) take(text.length)
    else if (literal !== undefined && !isField) {
      braces.push('object')
      take(literal.length, '{')
      nameField()
    } else if (name !== undefined) take(name.length)
    else {
      const character = rest.charAt(0)
      if ('{[('.includes(character)) braces.push('other')
      if ('}])'.includes(character)) braces.pop()
      take(1)
      if (character === ',' && braces.at(-1) === 'object') nameField()
    }
  }
  return written
}
