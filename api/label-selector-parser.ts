import type { Operator, Requirement } from './label-selector.ts'
import { labelValueErrors, qualifiedNameErrors } from './names.ts'

type Kind = 'end' | 'identifier' | 'error' | Operator | '(' | ')' | ','
interface Token {
  readonly kind: Kind
  readonly text: string
}

const words: ReadonlyMap<string, Kind> = new Map([
  [')', ')'],
  [',', ','],
  ['!', '!'],
  ['==', '=='],
  ['=', '='],
  ['>', 'gt'],
  ['<', 'lt'],
  ['!=', '!='],
  ['(', '('],
  ['in', 'in'],
  ['notin', 'notin'],
])
const binary = ['in', 'notin', '=', '==', '!=', 'gt', 'lt']

function tokens(text: string): Token[] {
  const found = Array.from(text.matchAll(/[ \t\r\n]+|==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+/g), ([word]) => word)
    .filter(word => word.trim() !== '')
    .map((word): Token => ({ kind: words.get(word) ?? 'identifier', text: word }))
  return [...found, { kind: 'end', text: '' }]
}

const found = (token: Token, expected: string) => new SyntaxError(`found '${token.text}', ${expected}`)
const end: Token = { kind: 'end', text: '' }

/** Recursive descent with upstream's grammar; one method per rule. */
class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string) {
    this.#tokens = tokens(text)
  }

  /** `in` and `notin` are words like any other where a value may stand. */
  #peek(values = true): Token {
    const token = this.#tokens[this.#at] ?? end
    return values && (token.kind === 'in' || token.kind === 'notin') ? { ...token, kind: 'identifier' } : token
  }
  #take(values = true): Token {
    const token = this.#peek(values)
    this.#at++
    return token
  }

  requirements(): Requirement[] {
    const list: Requirement[] = []
    for (;;) {
      const first = this.#peek()
      if (first.kind === 'end') return list
      if (first.kind !== 'identifier' && first.kind !== '!') throw found(first, "expected: !, identifier, or 'end of string'")
      list.push(this.#prefixed())
      const next = this.#take()
      if (next.kind === 'end') return list
      if (next.kind !== ',') throw found(next, "expected: ',' or 'end of string'")
      const after = this.#peek()
      if (after.kind !== 'identifier' && after.kind !== '!') throw found(after, "expected: identifier after ','")
    }
  }

  #prefixed(): Requirement {
    try {
      return this.#requirement()
    } catch (error) {
      throw error instanceof SyntaxError ? new SyntaxError(`unable to parse requirement: ${error.message}`, { cause: error }) : error
    }
  }

  #requirement(): Requirement {
    let token = this.#take()
    const absent = token.kind === '!'
    if (absent) token = this.#take()
    if (token.kind !== 'identifier') throw found(token, 'expected: identifier')
    const key = token.text
    const wrong = qualifiedNameErrors(key)
    if (wrong.length > 0) throw new SyntaxError(`<nil>: Invalid value: ${JSON.stringify(key)}: ${wrong.join('; ')}`)
    if (absent) return { key, operator: '!', values: [] }
    const next = this.#peek().kind
    if (next === 'end' || next === ',') return { key, operator: 'exists', values: [] }
    const operator = this.#operator()
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#value()]
    checkValues(key, operator, values)
    return { key, operator, values }
  }

  #operator(): Operator {
    const token = this.#take(false)
    if (!binary.includes(token.kind)) throw found(token, `expected: ${binary.join(', ')}`)
    return token.kind as Operator
  }

  #value(): string {
    const token = this.#peek()
    if (token.kind === 'end' || token.kind === ',') return ''
    this.#take()
    if (token.kind !== 'identifier') throw found(token, 'expected: identifier')
    return token.text
  }

  #values(): string[] {
    const open = this.#take()
    if (open.kind !== '(') throw new SyntaxError(`found '${open.text}' expected: '('`)
    const first = this.#peek()
    if (first.kind !== 'identifier' && first.kind !== ',' && first.kind !== ')') throw found(first, "expected: ',', ')' or identifier")
    const values = first.kind === ')' ? [] : this.#identifiers()
    const close = this.#take()
    if (close.kind !== ')') throw found(close, "expected: ')'")
    return [...new Set(values)].sort()
  }

  /** A missing value between or beside commas is the empty one. */
  #identifiers(): string[] {
    const values: string[] = []
    for (;;) {
      const token = this.#peek()
      if (token.kind === 'identifier') values.push(this.#take().text)
      else values.push('')
      const next = this.#peek()
      if (next.kind === ')') return values
      if (next.kind !== ',') throw found(next, "expected: ',' or ')'")
      this.#take()
    }
  }
}

function checkValues(key: string, operator: Operator, values: readonly string[]): void {
  const errors: string[] = []
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    errors.push("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")
  }
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, index) => {
      if (!/^[+-]?[0-9]+$/.test(value))
        errors.push(`values[${index}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`)
    })
  }
  values.forEach((value, index) => {
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) errors.push(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong.join('; ')}`)
  })
  if (errors.length > 0) throw new SyntaxError(errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`)
}

/** The requirements in the order written. Throws a SyntaxError in upstream's words. */
export const parseRequirements = (text: string): Requirement[] => new Parser(text).requirements()
