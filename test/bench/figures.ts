/** The value below which `share` of the samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** One line of the report: what was measured, what it is held against. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** `at most` or `at least` this. */
  readonly aim?: { readonly bound: 'most' | 'least'; readonly value: number }
  /** What else was measured in the same run, or what a reference measured. */
  readonly beside?: string
}

const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))
const met = ({ value, aim }: Figure) => aim === undefined || (aim.bound === 'most' ? value <= aim.value : value >= aim.value)

export function printFigures(title: string, figures: readonly Figure[]): void {
  console.log(`\n${title}`)
  for (const figure of figures) {
    const aim = figure.aim
      ? `${met(figure) ? 'ok  ' : 'MISS'} aim ${figure.aim.bound === 'most' ? '≤' : '≥'} ${number(figure.aim.value)}`
      : ''
    console.log(
      `  ${figure.name.padEnd(46)} ${`${number(figure.value)} ${figure.unit}`.padStart(14)}  ${aim.padEnd(18)} ${figure.beside ?? ''}`,
    )
  }
}

/** Runs `task` `count` times with at most `inFlight` at once; resolves to each run's milliseconds and the time for all. */
export async function load(
  count: number,
  inFlight: number,
  task: (index: number) => Promise<unknown>,
): Promise<{ samples: number[]; seconds: number }> {
  const samples: number[] = []
  let next = 0
  const started = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) {
        const index = next++
        const begin = performance.now()
        await task(index)
        samples.push(performance.now() - begin)
      }
    }),
  )
  return { samples, seconds: (performance.now() - started) / 1000 }
}
