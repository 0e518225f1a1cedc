import { Lexer, parse, Parser } from 'yaml'
import { DecodeError } from '../../../api/schema/decode-error.ts'

/**
 * Far deeper than any object. The library walks what it has read by recursion, and where the stack ends there it need not end with an
 * error: V8 gives the whole process up when it has no room left to compile an expression.
 */
const maximumDepth = 300

/** A YAML text as what it stands for. Aliases that grow without end are refused, and so is nesting; what is merely odd is fine. */
export function parseYaml(text: string): unknown {
  checkDepth(text)
  return parse(text, { maxAliasCount: 100, logLevel: 'error' }) as unknown
}

/** Reads the tokens alone, which the library does without recursion. */
function checkDepth(text: string): void {
  if (text.length <= maximumDepth) return
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    // What comes out are whole documents; how deep the present one is tells the stack.
    Array.from(parser.next(lexeme))
    if (parser.stack.length > maximumDepth) throw new DecodeError('exceeded max depth')
  }
}
