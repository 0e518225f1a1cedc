import { isEqual } from '../common/equal.ts'
import { isRecord } from './schema/records.ts'

/** One step into a value; every value it leads to. */
type Step = (value: unknown) => unknown[]

const fields = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [])
const field =
  (name: string): Step =>
  value =>
    isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : []
const index =
  (position: number): Step =>
  value => {
    const item: unknown = Array.isArray(value) ? value.at(position) : undefined
    return item === undefined ? [] : [item]
  }

/**
 * kubectl's JSONPath as columns of tables use it: `.a.b`, `.a\.b`, `['a']`, `[0]`, `[*]`, `..a` and filters such as
 * `[?(@.type=="Ready")]`. Gives every value at the path. Throws a SyntaxError.
 */
export function parseJsonPath(path: string): (value: unknown) => unknown[] {
  const steps: Step[] = []
  let rest = path
  while (rest) {
    const { step, length } = nextStep(rest)
    steps.push(step)
    rest = rest.slice(length)
  }
  return value => steps.reduce<unknown[]>((values, step) => values.flatMap(step), [value])
}

function nextStep(rest: string): { readonly step: Step; readonly length: number } {
  const [whole = '', recursive, name] = /^(\.?)\.((?:\\.|[^.[\\])+)/.exec(rest) ?? []
  if (name !== undefined) {
    const step = name === '*' ? fields : field(name.replace(/\\(.)/g, '$1'))
    return { step: recursive ? value => descendants(value).flatMap(step) : step, length: whole.length }
  }
  const bracket = /^\.?\[((?:'(?:\\.|[^'])*'|"(?:\\.|[^"])*"|[^\]'"])*)\]/.exec(rest)
  if (bracket) return { step: bracketStep((bracket[1] ?? '').trim()), length: bracket[0].length }
  if (rest === '.') return { step: value => [value], length: 1 }
  throw new SyntaxError(`unrecognized character in action: ${JSON.stringify(rest[0])}`)
}

function bracketStep(text: string): Step {
  if (text === '*') return fields
  if (/^-?\d+$/.test(text)) return index(Number(text))
  const [, quoted] = /^(?:'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)")$/.exec(text) ?? []
  if (quoted !== undefined) return field(quoted.replace(/\\(.)/g, '$1'))
  const slice = /^(-?\d*):(-?\d*)$/.exec(text)
  if (slice)
    return value => (Array.isArray(value) ? (value as unknown[]).slice(Number(slice[1] || 0), slice[2] ? Number(slice[2]) : undefined) : [])
  const [, condition] = /^\?\((.*)\)$/s.exec(text) ?? []
  if (condition !== undefined) {
    const holds = filter(condition.trim())
    return value => fields(value).filter(holds)
  }
  throw new SyntaxError(`invalid array index ${text}`)
}

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': isEqual,
  '!=': (a, b) => !isEqual(a, b),
  '<': (a, b) => (a as number) < (b as number),
  '<=': (a, b) => (a as number) <= (b as number),
  '>': (a, b) => (a as number) > (b as number),
  '>=': (a, b) => (a as number) >= (b as number),
}

/** `@.a == "b"`, or `@.a` for whether it is there. */
function filter(text: string): (item: unknown) => boolean {
  const [, left = '', operator, right = ''] = /^@(.*?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/s.exec(text) ?? [undefined, text.replace(/^@/, '')]
  const path = parseJsonPath(left.trim())
  if (operator === undefined) return item => path(item).length > 0
  const compare = comparisons[operator]
  const value = operand(right.trim())
  return item => path(item).some(each => compare?.(each, value))
}

function operand(text: string): unknown {
  const [, single] = /^'(.*)'$/s.exec(text) ?? []
  try {
    return JSON.parse(single === undefined ? text : JSON.stringify(single))
  } catch {
    throw new SyntaxError(`unrecognized identifier ${text}`)
  }
}

const descendants = (value: unknown): unknown[] => [value, ...fields(value).flatMap(descendants)]
