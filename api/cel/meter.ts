import { CelError } from './cel-error.ts'

/** How many elements macros may look at in one evaluation, unless told otherwise. */
export const defaultSteps = 300_000

/** What evaluations may still spend. Expressions do not loop but over elements, so counting those bounds their time. */
export class Meter {
  #left: number

  constructor(steps = defaultSteps) {
    this.#left = steps
  }
  get exhausted(): boolean {
    return this.#left < 0
  }
  spend(): void {
    this.#left--
    this.check()
  }
  check(): void {
    if (this.exhausted) throw new CelError('evaluate', 'operation cancelled: actual cost limit exceeded')
  }
}

/** A node of the library's tree, as far as we touch it. */
interface Node {
  readonly op: string
  args: unknown
  readonly meta: { readonly alternate?: unknown; readonly macro?: unknown }
}
interface Comprehension {
  condition?: ((accumulated: unknown) => unknown) | undefined
}

export interface Instrumented {
  readonly identifiers: ReadonlySet<string>
  /** Evaluates at the meter's expense. What the expression is made of survives no error of the meter's. */
  run<T>(meter: Meter, evaluate: () => T): T
}

/**
 * Prepares a parsed expression before it is checked: every turn of a macro's loop is metered, and `matches` becomes ours, with
 * Go's regular expressions.
 */
export function instrument(root: unknown): Instrumented {
  const identifiers = new Set<string>()
  let current: Meter | undefined
  const turn = (condition: Comprehension['condition']) => (accumulated: unknown) => {
    current?.spend()
    return condition ? condition(accumulated) : true
  }
  for (const node of nodesOf(root)) {
    if (node.op === 'id') identifiers.add(String(node.args))
    if (node.op === 'comprehension') meterLoop(node.args as Comprehension, turn)
    if (node.op === 'call' || node.op === 'rcall') useGoRegex(node.args as unknown[])
  }
  return {
    identifiers,
    run(meter, evaluate) {
      current = meter
      const result = evaluate()
      // A disjunction may have swallowed the error.
      meter.check()
      return result
    },
  }
}

function meterLoop(loop: Comprehension, turn: (condition: Comprehension['condition']) => Comprehension['condition']): void {
  loop.condition = turn(loop.condition)
}

function useGoRegex(call: unknown[]): void {
  if (call[0] === 'matches') call[0] = 'matchesGo'
}

/** All nodes, also those that macros have been expanded to. */
function nodesOf(root: unknown): Node[] {
  const seen = new Set<object>()
  const nodes: Node[] = []
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (isNode(value)) {
      nodes.push(value)
      waiting.push(value.args, value.meta.alternate, value.meta.macro)
    } else if (Array.isArray(value) || isPlain(value)) waiting.push(...Object.values(value))
  }
  return nodes
}

const isNode = (value: object): value is Node => 'op' in value && typeof value.op === 'string' && 'meta' in value
const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype
