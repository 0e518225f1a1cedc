import { atPlace, CelError } from './cel-error.ts'

/** What the library's errors tell; ours, thrown by functions, have a message only. */
export interface LibraryError {
  readonly message: string
  readonly code?: string
  readonly summary?: string
  readonly range?: { readonly start: number; readonly end: number }
  readonly node?: ErrorNode
}
interface ErrorNode {
  readonly op?: string
  readonly pos?: number
  readonly start?: number
  readonly args?: unknown
}

/** cel-go's sentence for an expression that does not compile, with upstream's words before it. */
export function compilationError(source: string, error: LibraryError, functions: ReadonlySet<string>): CelError {
  if (error.code === undefined) return new CelError('compile', `compilation failed: ${error.message}`)
  const offset = offsetOf(source, error)
  return new CelError('compile', `compilation failed: ${atPlace(source, offset, compilationSentence(error, functions))}`)
}

/** Where cel-go puts the mark: at the operator, at the parenthesis of a call, at the dot of a field. */
function offsetOf(source: string, { node, range }: LibraryError): number {
  const start = node?.pos ?? range?.start ?? 0
  const [first, second] = Array.isArray(node?.args) ? (node.args as unknown[]) : []
  if (node?.op === 'call') return Math.max(start, source.indexOf('(', node.start))
  if (node?.op === 'rcall') return Math.max(start, source.indexOf('(', endOf(second)))
  const end = endOf(first)
  if (node?.op === 'id' || end === 0) return start
  return end + (/^[\s)]*/.exec(source.slice(end))?.[0].length ?? 0)
}
const endOf = (node: unknown): number =>
  typeof node === 'object' && node !== null && 'end' in node && typeof node.end === 'number' ? node.end : 0

function compilationSentence({ code, summary = '' }: LibraryError, functions: ReadonlySet<string>): string {
  const rest = summary.replace(/^[^:]*: /, '')
  switch (code) {
    case 'unknown_variable':
      return undeclared(rest)
    case 'no_such_key':
      return `undefined field '${rest}'`
    case 'no_such_overload':
      return operatorSentence(rest)
    case 'no_matching_overload':
      return functionSentence(summary, functions)
    case 'unexpected_token':
    case 'unexpected_character':
    case 'parse_error':
      return `Syntax error: ${summary}`
    default:
      return summary
  }
}

const undeclared = (name: string): string => `undeclared reference to '${name}' (in container '')`
const typeNames = (types: string): string => types.replaceAll('<', '(').replaceAll('>', ')').replaceAll('google.protobuf.', '')

/** From `string + int`, and from `!int`. */
function operatorSentence(text: string): string {
  const [, left = '', operator = '', right = ''] = /^(\S.*?) (\S{1,2}|in) (.+)$/.exec(text) ?? []
  if (operator === 'in') return `found no matching overload for '@in' applied to '(${typeNames(left)}, ${typeNames(right)})'`
  if (operator) return `found no matching overload for '_${operator}_' applied to '(${typeNames(left)}, ${typeNames(right)})'`
  return `found no matching overload for '${text.slice(0, 1)}_' applied to '(${typeNames(text.slice(1))})'`
}

/** From `found no matching overload for 'string.f(int)'`. */
function functionSentence(summary: string, functions: ReadonlySet<string>): string {
  const [, call = '', types = ''] = /'(.*?)\((.*)\)'$/s.exec(summary) ?? []
  const dot = call.lastIndexOf('.')
  const name = call.slice(dot + 1).replace(/^matchesGo$/, 'matches')
  if (!functions.has(call.slice(dot + 1))) return undeclared(name)
  const receiver = dot === -1 ? '' : `${typeNames(call.slice(0, dot))}.`
  return `found no matching overload for '${name}' applied to '${receiver}(${typeNames(types)})'`
}

/** cel-go's sentence for an expression without a value. */
export function evaluationError(error: LibraryError): CelError {
  if (error instanceof CelError) return error
  const summary = error.summary ?? error.message
  const rest = summary.replace(/^[^:]*: /, '')
  const [, index] = /^index out of bounds, index (-?\d+)/.exec(rest) ?? []
  if (index !== undefined) return new CelError('evaluate', `index out of bounds: ${index}`)
  switch (error.code) {
    case 'no_such_key':
      return new CelError('evaluate', `no such key: ${rest}`)
    case 'no_such_overload':
    case 'no_matching_overload':
    case 'invalid_logical_operand':
    case 'invalid_condition_type':
      return new CelError('evaluate', 'no such overload')
    case 'optional_value_missing':
      return new CelError('evaluate', 'optional.none() dereference')
    default:
      return new CelError('evaluate', summary)
  }
}
