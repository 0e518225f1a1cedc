import { parseQuantity, quantityToNumber, type Quantity } from '../../api/quantity.ts'
import { parseGoDuration } from '../../common/go-duration.ts'

export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'
export type StarvedResource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids'

/** What can run short, which condition of the node tells of it, and what evicting pods gives back. */
export const signals = {
  'memory.available': { condition: 'MemoryPressure', resource: 'memory' },
  /** What pods may use of the memory, after the reserved shares. Never configured: it follows memory.available. */
  'allocatableMemory.available': { condition: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'imagefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'imagefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'pid.available': { condition: 'PIDPressure', resource: 'pids' },
} as const satisfies Record<string, { condition: Pressure; resource: StarvedResource }>
export type Signal = keyof typeof signals

/** A quantity, or a share of the capacity between 0 and 1. */
export type Amount = { readonly quantity: Quantity } | { readonly share: number }

/** Less than `value` available: the node is short of it. A grace period of 0 makes the threshold a hard one. */
export interface Threshold {
  readonly signal: Signal
  readonly value: Amount
  readonly gracePeriodMs: number
  readonly minReclaim?: Amount
}

export interface Observation {
  readonly available: number
  readonly capacity: number
}
export type Observations = Readonly<Partial<Record<Signal, Observation>>>

type Statements = Readonly<Record<string, string>>
export interface ThresholdSettings {
  readonly hard: Statements
  readonly soft: Statements
  readonly softGracePeriod: Statements
  readonly minimumReclaim: Statements
}

/** Upstream's ParseThresholdConfig: throws what kubelet would refuse to start with. */
export function parseThresholds({ hard, soft, softGracePeriod, minimumReclaim }: ThresholdSettings): Threshold[] {
  const hardOnes = Object.entries(hard).flatMap(statement => threshold(statement, 0))
  const softOnes = Object.entries(soft).flatMap(statement => threshold(statement, gracePeriod(statement[0], softGracePeriod)))
  const reclaims = new Map(Object.entries(minimumReclaim).map(([signal, text]) => [signalOf(signal), reclaim(signal, text)]))
  const all = [...hardOnes, ...softOnes].map(each => {
    const minReclaim = reclaims.get(each.signal)
    return minReclaim ? { ...each, minReclaim } : each
  })
  const allocatable = all.filter(each => each.signal === 'memory.available' && isHard(each))
  return [...all, ...allocatable.map(each => ({ ...each, signal: 'allocatableMemory.available' as const }))]
}

export const isHard = ({ gracePeriodMs }: Threshold): boolean => gracePeriodMs === 0

/** Absolute amounts, cut to whole units as upstream does; its shares have the precision of a float32. */
export const amountOf = (amount: Amount, capacity: number): number =>
  'share' in amount ? Math.trunc(capacity * Math.fround(amount.share)) : quantityToNumber(amount.quantity)

/** Which thresholds are met whatever their grace period. `withReclaim`: they stay met until so much more is available. */
export const metThresholds = (
  thresholds: readonly Threshold[],
  observations: Observations,
  { withReclaim }: { withReclaim: boolean },
): Threshold[] =>
  thresholds.filter(({ signal, value, minReclaim }) => {
    const observed = observations[signal]
    if (!observed) return false
    const reclaimed = withReclaim && minReclaim ? amountOf(minReclaim, observed.capacity) : 0
    return amountOf(value, observed.capacity) + reclaimed > observed.available
  })

function signalOf(text: string): Signal {
  if (!Object.hasOwn(signals, text) || text === 'allocatableMemory.available') throw new Error(`unsupported eviction signal ${text}`)
  return text as Signal
}

/** 0% and 100% switch a threshold off. */
function threshold([name, text]: readonly [string, string], gracePeriodMs: number): Threshold[] {
  const signal = signalOf(name)
  if (text === '0%' || text === '100%') return []
  const value = amount(text)
  if ('share' in value) {
    if (value.share < 0) throw new Error(`eviction percentage threshold ${signal} must be >= 0%: ${text}`)
    if (value.share > 1) throw new Error(`eviction percentage threshold ${signal} must be <= 100%: ${text}`)
  } else if (value.quantity.nanos <= 0n) throw new Error(`eviction threshold ${signal} must be positive: ${text}`)
  return [{ signal, value, gracePeriodMs }]
}

function amount(text: string): Amount {
  if (!text.endsWith('%')) return { quantity: parseQuantity(text) }
  const percentage = text.slice(0, -1)
  if (!/^-?\d+(\.\d+)?$/.test(percentage)) throw new Error(`${JSON.stringify(text)} is not a percentage`)
  return { share: Number(percentage) / 100 }
}

function gracePeriod(signal: string, periods: Statements): number {
  const text = periods[signal]
  if (text === undefined) throw new Error(`grace period must be specified for the soft eviction threshold ${signal}`)
  const milliseconds = parseGoDuration(text)
  if (milliseconds === undefined) throw new Error(`invalid eviction grace period specified: ${text}, must be a positive value`)
  return milliseconds
}

function reclaim(signal: string, text: string): Amount {
  const value = amount(text)
  if ('share' in value && value.share <= 0) throw new Error(`eviction percentage minimum reclaim ${signal} must be positive: ${text}`)
  if ('quantity' in value && value.quantity.nanos < 0n) throw new Error(`negative eviction minimum reclaim specified for ${signal}`)
  return value
}

/** What hard thresholds keep from pods, in the node's allocatable resources. */
export function hardReserve(thresholds: readonly Threshold[], capacity: { memoryBytes: number; storageBytes: number }) {
  const of = (wanted: Signal, whole: number) => {
    const hard = thresholds.find(threshold => threshold.signal === wanted && isHard(threshold))
    return hard ? amountOf(hard.value, whole) : 0
  }
  return { memory: of('memory.available', capacity.memoryBytes), 'ephemeral-storage': of('nodefs.available', capacity.storageBytes) }
}
