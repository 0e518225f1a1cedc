import { CelError } from '../../../../api/cel/cel-error.ts'
import { compileExpression, type CelProgram } from '../../../../api/cel/compile-expression.ts'

const mostPrograms = 2000

/** Expressions compiled once and kept, the least recently used ones leaving first. */
export class Programs {
  readonly #programs = new Map<string, CelProgram | CelError>()

  /** Throws a CelError when it is no expression over these variables. */
  get(source: string, variables: readonly string[]): CelProgram {
    const key = `${variables.join(',')}:${source}`
    const known = this.#programs.get(key) ?? compiled(source, variables)
    this.#programs.delete(key)
    this.#programs.set(key, known)
    for (const oldest of this.#programs.keys()) {
      if (this.#programs.size <= mostPrograms) break
      this.#programs.delete(oldest)
    }
    if (known instanceof CelError) throw known
    return known
  }
}

function compiled(source: string, variables: readonly string[]): CelProgram | CelError {
  try {
    return compileExpression(source, variables)
  } catch (error) {
    if (error instanceof CelError) return error
    throw error
  }
}
