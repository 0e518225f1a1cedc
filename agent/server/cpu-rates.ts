interface Sample {
  readonly at: number
  readonly nanoseconds: number
  readonly rate: number
}

/** Shorter pauses between two looks make no rate worth the name. */
const shortestMs = 1000
/** Who has not been looked at for so long is gone. */
const forgetMs = 10 * 60_000

/** Turns growing sums of CPU time into nanocores: since the last look, at the first one since the start. */
export class CpuRates {
  readonly #samples = new Map<string, Sample>()

  rate(
    id: string,
    { time, nanoseconds, startTime }: { time: string; nanoseconds: number; startTime?: string | undefined },
  ): number | undefined {
    const at = Date.parse(time)
    const last = this.#samples.get(id) ?? (startTime ? { at: Date.parse(startTime), nanoseconds: 0, rate: 0 } : undefined)
    if (last && at - last.at < shortestMs && this.#samples.has(id)) return last.rate
    const passed = at - (last?.at ?? at)
    const rate = last && passed > 0 ? Math.max(0, Math.round(((nanoseconds - last.nanoseconds) * 1000) / passed)) : undefined
    this.#samples.set(id, { at, nanoseconds, rate: rate ?? 0 })
    for (const [other, sample] of this.#samples) if (at - sample.at > forgetMs) this.#samples.delete(other)
    return rate
  }
}
