import type { Position } from './key-index.ts'
import type { Records } from './records.ts'
import type { Entry } from './store.ts'

/** Where values are read: the part of the records that entries need. */
export type Values = Pick<Records, 'value' | 'withBytes'>

/** An entry whose value is read when somebody asks for it: callers that have the revision already spare the disk. */
export class DiskEntry implements Entry {
  readonly key: string
  readonly revision: number
  readonly createRevision: number
  readonly #values: Values
  #value: string | undefined

  constructor(values: Values, key: string, { revision, createRevision }: Position) {
    this.key = key
    this.revision = revision
    this.createRevision = createRevision
    this.#values = values
  }
  get value(): string {
    this.#value ??= this.#values.value(this.revision)
    return this.#value ?? this.#absent()
  }
  withBytes<T>(use: (bytes: Buffer) => T): T {
    let found = false
    const result = this.#values.withBytes(this.revision, bytes => {
      found = true
      return use(bytes)
    })
    return found ? (result as T) : this.#absent()
  }

  #absent(): never {
    throw new Error(`the store has no value of ${this.key} at revision ${this.revision}`)
  }
}
