import type { Environment } from '@marcbachmann/cel-js'
import { CelError } from './cel-error.ts'
import { fromCel, toCel } from './cel-value.ts'
import { compilationError, evaluationError, type LibraryError } from './error-messages.ts'
import { kubernetesEnvironment } from './environment.ts'
import { instrument, Meter } from './meter.ts'

export interface CelProgram {
  /** What the expression gives, as far as that is known without values: `bool`, `string`, `dyn`, … */
  readonly resultType: string
  /** The variables it reads. */
  readonly uses: ReadonlySet<string>
  /**
   * The value as JSON. Values are JSON or CEL's own (bigint for int, Map, Date). Throws a CelError when there is no value, or
   * when the elements that its macros look at are more than `meter` has left.
   */
  evaluate(values: Readonly<Record<string, unknown>>, meter?: Meter): unknown
}

/** The variables an expression may read: names alone are of any type. */
export type Variables = readonly string[] | Readonly<Record<string, string>>

const environments = new Map<string, Environment>()
const baseKey = ''

/**
 * An expression that can be evaluated any number of times. Throws a CelError with upstream's sentence ("compilation failed: …")
 * when it is not CEL, names what does not exist, or cannot have a type.
 */
export function compileExpression(source: string, variables: Variables): CelProgram {
  const environment = environmentOf(variables)
  const known = () => new Set(environment.getDefinitions().functions.map(({ name }) => name))
  try {
    const parsed = environment.parse(source)
    const instrumented = instrument(parsed.ast)
    const checked = parsed.check()
    if (!checked.valid) throw checked.error ?? new Error('no type')
    return {
      resultType: typeName(checked.type ?? 'dyn'),
      uses: instrumented.identifiers,
      evaluate(values, meter = new Meter()) {
        try {
          const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toCel(value)]))
          const result: unknown = instrumented.run(meter, () => parsed(given) as unknown)
          return fromCel(result)
        } catch (error) {
          throw evaluationError(error as LibraryError)
        }
      },
    }
  } catch (error) {
    throw error instanceof CelError ? error : compilationError(source, error as LibraryError, known())
  }
}

function environmentOf(variables: Variables): Environment {
  const typed = Array.isArray(variables) ? variables.map((name): [string, string] => [name as string, 'dyn']) : Object.entries(variables)
  const key = JSON.stringify(typed)
  const made = environments.get(key)
  if (made) return made
  const base = environments.get(baseKey) ?? kubernetesEnvironment()
  environments.set(baseKey, base)
  const environment = base.clone()
  for (const [name, type] of typed) environment.registerVariable(name, type)
  environments.set(key, environment)
  return environment
}

const typeName = (type: string): string => type.replaceAll('<', '(').replaceAll('>', ')')
