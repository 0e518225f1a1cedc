import { DecodeError } from './decode-error.ts'
import { goType, jsonKind } from './go-types.ts'
import type { Schema } from './schema.ts'

/** Reads one JSON value. Undefined: it counts as absent. */
export type Decoder = (value: unknown, decoding: Decoding) => unknown

const mapKey = '\0'
const maximumReports = 100

/** Where a decoder stands and what it has found so far. */
export class Decoding {
  readonly unknown: string[] = []
  /** Field names, list indexes, and map keys marked by a NUL, from the root inwards. */
  readonly path: (string | number)[] = []
  /** The struct we are in and the property of it. */
  struct = ''
  #firstError: DecodeError | undefined

  enterKey(key: string): void {
    this.path.push(mapKey + key)
  }
  reportUnknown(name: string): void {
    if (this.unknown.length < maximumReports) this.unknown.push(this.#shownPath(name))
  }

  /** Remembers the first mistyped value and goes on, as Go does: an error that stops decoding takes precedence. */
  mistyped(value: unknown, schema: Schema): undefined {
    this.#firstError ??= this.typeError(jsonKind(value), goType(schema, `${this.struct}.${String(this.path.at(-1))}`))
    return undefined
  }
  outOfRange(value: number, schema: Schema): undefined {
    this.#firstError ??= this.typeError(`number ${value}`, goType(schema))
    return undefined
  }
  typeError(found: string, expected: string): DecodeError {
    const fields = this.path.filter((part): part is string => typeof part === 'string' && !part.startsWith(mapKey))
    const place = this.struct ? `Go struct field ${this.struct}.${fields.join('.')}` : 'Go value'
    return new DecodeError(`json: cannot unmarshal ${found} into ${place} of type ${expected}`)
  }
  finish(): void {
    if (this.#firstError) throw this.#firstError
  }

  #shownPath(name: string): string {
    let shown = ''
    for (const part of [...this.path, name]) {
      if (typeof part === 'number') shown += `[${part}]`
      else shown += (shown ? '.' : '') + (part.startsWith(mapKey) ? part.slice(1) : part)
    }
    return shown
  }
}
