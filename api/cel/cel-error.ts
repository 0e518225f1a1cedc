/** Why an expression cannot be compiled or has no value, in cel-go's words. */
export class CelError extends Error {
  override readonly name = 'CelError'
  readonly stage: 'compile' | 'evaluate'

  constructor(stage: CelError['stage'], message: string) {
    super(message)
    this.stage = stage
  }
}

/** A message with the place it is about underneath, as cel-go prints compilation errors. */
export function atPlace(source: string, offset: number, message: string): string {
  const before = source.slice(0, offset).split('\n')
  const column = before.at(-1)?.length ?? 0
  const text = source.split('\n')[before.length - 1] ?? ''
  return `ERROR: <input>:${before.length}:${column + 1}: ${message}\n | ${text}\n | ${'.'.repeat(column)}^`
}
