import { DecodeError } from './decode-error.ts'

/** Deeper nesting is refused: it would exhaust the stack of everything that walks objects. */
export const maximumDepth = 1000

/** A character as Go's messages quote it; only the first byte counts, as Go reads bytes. */
function quoted(character: string): string {
  if (character === "'") return `'\\''`
  if (character === '"') return `'"'`
  const byte = Buffer.from(character)[0] ?? 0
  return `'${byte < 0x80 ? JSON.stringify(character).slice(1, -1) : String.fromCharCode(byte)}'`
}

/** Where keys stand in a text, by their paths, like `spec.ports[0].name`. */
export interface KeyPlaces {
  /** The second and further times that a key stands in one object, in the order of the text. */
  readonly repeated: readonly { readonly field: string; readonly at: number }[]
  readonly first: ReadonlyMap<string, number>
}

/**
 * A slow, strict reader of JSON for the cases where JSON.parse tells too little: it says what is wrong in the words of
 * Go's decoder, and which keys stand twice in their object.
 */
export class JsonSyntax {
  readonly #text: string
  readonly #repeated: { readonly field: string; readonly at: number }[] = []
  readonly #first = new Map<string, number>()
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Throws a DecodeError when the text is no JSON. */
  keyPlaces(): KeyPlaces {
    this.#value('')
    this.#space()
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value')
    return { repeated: this.#repeated, first: this.#first }
  }

  #unexpected(where: string): DecodeError {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
    return this.#at >= this.#text.length
      ? new DecodeError('unexpected end of JSON input')
      : new DecodeError(`invalid character ${quoted(character)} ${where}`)
  }
  #space(): void {
    while (this.#at < this.#text.length && ' \t\r\n'.includes(this.#text.charAt(this.#at))) this.#at++
  }
  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #value(path: string): void {
    this.#space()
    const next = this.#peek()
    if (next === '{') return this.#nested(() => this.#object(path))
    if (next === '[') return this.#nested(() => this.#array(path))
    if (next === '"') return void this.#string()
    if (next === '-' || (next >= '0' && next <= '9')) return this.#number()
    for (const literal of ['true', 'false', 'null']) if (next !== '' && literal.startsWith(next)) return this.#literal(literal)
    throw this.#unexpected('looking for beginning of value')
  }

  #nested(read: () => void): void {
    if (++this.#depth > maximumDepth) throw new DecodeError('exceeded max depth')
    this.#at++
    read()
    this.#depth--
  }

  #object(path: string): void {
    const seen = new Set<string>()
    this.#space()
    if (this.#peek() === '}') return void this.#at++
    for (;;) {
      this.#space()
      if (this.#peek() !== '"') throw this.#unexpected('looking for beginning of object key string')
      const at = this.#at
      const key = this.#string()
      const field = path ? `${path}.${key}` : key
      if (seen.has(key)) this.#repeated.push({ field, at })
      else if (!this.#first.has(field)) this.#first.set(field, at)
      seen.add(key)
      this.#space()
      if (this.#peek() !== ':') throw this.#unexpected('after object key')
      this.#at++
      this.#value(field)
      if (this.#closes('}', 'after object key:value pair')) return
    }
  }

  #array(path: string): void {
    this.#space()
    if (this.#peek() === ']') return void this.#at++
    for (let index = 0; ; index++) {
      this.#value(`${path}[${index}]`)
      if (this.#closes(']', 'after array element')) return
    }
  }

  #closes(bracket: string, where: string): boolean {
    this.#space()
    const next = this.#peek()
    if (next !== bracket && next !== ',') throw this.#unexpected(where)
    this.#at++
    return next === bracket
  }

  #string(): string {
    const start = this.#at++
    for (;;) {
      const next = this.#peek()
      if (next === '"') break
      if (next === '' || next < ' ') throw this.#unexpected('in string literal')
      this.#at++
      if (next === '\\') this.#escape()
    }
    this.#at++
    return JSON.parse(this.#text.slice(start, this.#at)) as string
  }

  #escape(): void {
    const kind = this.#peek()
    if (kind === '' || !'"\\/bfnrtu'.includes(kind)) throw this.#unexpected('in string escape code')
    this.#at++
    for (let digit = 0; kind === 'u' && digit < 4; digit++, this.#at++) {
      if (!/^[0-9a-fA-F]$/.test(this.#peek())) throw this.#unexpected('in \\u hexadecimal character escape')
    }
  }

  #digits(where: string): void {
    if (!/^[0-9]$/.test(this.#peek())) throw this.#unexpected(where)
    while (/^[0-9]$/.test(this.#peek())) this.#at++
  }

  #number(): void {
    if (this.#peek() === '-') this.#at++
    if (this.#peek() === '0') this.#at++
    else this.#digits('in numeric literal')
    if (this.#peek() === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (/^[eE]$/.test(this.#peek())) {
      this.#at++
      if (/^[+-]$/.test(this.#peek())) this.#at++
      this.#digits('in exponent of numeric literal')
    }
  }

  #literal(literal: string): void {
    for (const expected of literal) {
      if (this.#peek() !== expected) throw this.#unexpected(`in literal ${literal} (expecting '${expected}')`)
      this.#at++
    }
  }
}
