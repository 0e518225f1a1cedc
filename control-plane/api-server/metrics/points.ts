/** One look at what a node or container has used since it started. */
export interface Point {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly startTime: number
  readonly cpuNanoseconds: number
  readonly memoryBytes: number
}

/** What was used between two looks. */
export interface Used {
  readonly time: number
  readonly windowMs: number
  /** The average, in billionths of a core. */
  readonly nanocores: number
  readonly memoryBytes: number
}

/** All looks of one node at the same time. */
export interface NodePoints {
  readonly node: Point
  readonly pods: ReadonlyMap<string, PodPoints>
}
/** By container. */
export type PodPoints = ReadonlyMap<string, Point>

/** Containers that started after the last look count from their start, if that is so long ago (metrics-server's freshContainerMinMetricsWindow). */
const freshWindowMs = 10_000

/** Undefined: the two looks do not tell. */
export function usedBetween(previous: Point | undefined, last: Point): Used | undefined {
  const from = startOf(previous, last)
  if (!from || last.time <= from.time || last.cpuNanoseconds < from.cpuNanoseconds) return undefined
  const windowMs = last.time - from.time
  const nanocores = Math.round(((last.cpuNanoseconds - from.cpuNanoseconds) * 1000) / windowMs)
  return { time: last.time, windowMs, nanocores, memoryBytes: last.memoryBytes }
}

function startOf(previous: Point | undefined, last: Point): Pick<Point, 'time' | 'cpuNanoseconds'> | undefined {
  const restarted = !previous || last.startTime > previous.time
  if (!restarted) return previous
  return last.startTime > 0 && last.time - last.startTime >= freshWindowMs ? { time: last.startTime, cpuNanoseconds: 0 } : undefined
}

/** By container; undefined unless every container is known, as a part of a pod says nothing about the pod. */
export function podUsedBetween(previous: PodPoints | undefined, last: PodPoints): ReadonlyMap<string, Used> | undefined {
  const used = new Map<string, Used>()
  for (const [container, point] of last) {
    const one = usedBetween(previous?.get(container), point)
    if (!one) return undefined
    used.set(container, one)
  }
  return used.size > 0 ? used : undefined
}
