import type { User } from '../interfaces.ts'

/** What every write knows about the request that asks for it. */
export interface RequestContext {
  readonly user: User
  readonly dryRun: boolean
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict'
  /** To whom changes are ascribed in `managedFields`; undefined: to nobody. */
  readonly fieldManager?: string | undefined
  /** Adds a Warning header to the answer. */
  warn(text: string): void
  /** Adds a note to what is written down of the request; absent: nothing is. */
  annotate?(key: string, value: string): void
}

/** Which object a request is about. `namespace` is '' for cluster-wide kinds. */
export interface ObjectName {
  readonly namespace: string
  readonly name: string
}
