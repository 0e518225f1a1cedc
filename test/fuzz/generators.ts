/** Numbers from 0 to 1, the same for the same seed: a failure can be repeated. */
export type Random = () => number

export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T

const junk: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  '',
  'x',
  '\u0000',
  '../..',
  'a/b',
  true,
  [],
  {},
  [[]],
  { '': '' },
  'ä'.repeat(300),
  2 ** 53,
  -0.5,
  { $patch: 'delete' },
  { $patch: 'replace' },
  { '$setElementOrder/containers': [{}] },
  { '$deleteFromPrimitiveList/finalizers': [1] },
  { $retainKeys: ['a', 1] },
  ['', null],
  '99999999999999999999Gi',
  '-1m',
  '2026-01-01T00:00:00Z',
  { __proto__: { a: 1 } },
]

/** Replaces, removes or doubles something somewhere in a copy of the value. */
export function mutateValue(value: unknown, random: Random): unknown {
  if (random() < 0.15 || typeof value !== 'object' || value === null) return pick(random, junk)
  const keys = Object.keys(value)
  const key = pick(random, keys) as string | undefined
  if (key === undefined) return { unexpected: pick(random, junk) }
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...(value as unknown[])] : { ...value }
  const at = copy as Record<string, unknown>
  if (random() < 0.1 && !Array.isArray(copy)) delete at[key]
  else if (random() < 0.1 && Array.isArray(copy)) copy.push(copy[0])
  else if (random() < 0.1) at[`${key}X`] = at[key]
  else at[key] = mutateValue(at[key], random)
  return copy
}

/** Changes, removes, doubles or inserts some bytes. */
export function mutateBytes(bytes: Uint8Array, random: Random): Buffer {
  let result = Buffer.from(bytes)
  for (let times = 0; times <= random() * 4; times++) {
    const at = Math.floor(random() * (result.length + 1))
    const length = Math.floor(random() * 8)
    const noise = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
    const cut = random() < 0.5 ? length : 0
    result = Buffer.concat([result.subarray(0, at), noise, result.subarray(at + cut)])
    if (random() < 0.1) result = Buffer.concat([result, result.subarray(at)])
  }
  return result.subarray(0, 100_000)
}

const words = [
  'a',
  'app',
  'x/y',
  'in',
  'notin',
  'exists',
  '(',
  ')',
  ',',
  '!',
  '=',
  '==',
  '!=',
  '>',
  '<',
  ' ',
  '\\',
  '"',
  '\u0000',
  'metadata.name',
  'status.phase',
  'ä',
  '%',
  '(a,b)',
  'a'.repeat(70),
  '-',
  '1',
]
export const randomText = (random: Random): string => Array.from({ length: Math.floor(random() * 12) }, () => pick(random, words)).join('')
