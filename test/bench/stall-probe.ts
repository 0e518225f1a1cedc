const every = 2

/** Milliseconds. */
export interface Stalls {
  /** The longest time for which a timer had to wait: the event loop was busy, or the machine with others. */
  readonly waited: number
  /** The most processor time between two turns of the timer, which the machine's other work does not touch. */
  readonly used: number
}

/** How long the event loop keeps a timer waiting. */
class StallProbe {
  #timer: NodeJS.Timeout | undefined
  #last = { time: 0, used: 0 }
  #longest: Stalls = { waited: 0, used: 0 }

  begin(): void {
    this.#longest = { waited: 0, used: 0 }
    this.#last = { time: performance.now(), used: processorTime() }
    this.#timer = setInterval(() => this.#look(), every)
  }
  /** The longest since the beginning. */
  end(): Stalls {
    this.#look()
    clearInterval(this.#timer)
    return this.#longest
  }

  #look(): void {
    const now = { time: performance.now(), used: processorTime() }
    const { waited, used } = this.#longest
    this.#longest = {
      waited: Math.max(waited, now.time - this.#last.time - every),
      used: Math.max(used, now.used - this.#last.used),
    }
    this.#last = now
  }
}

/** Of all threads of the process, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Loaded into the measured process, it looks from its parent's `begin` to `end` and answers that; until then it costs nothing. */
function listen(probe: StallProbe): void {
  process.on('message', message => {
    if (message === 'begin') probe.begin()
    else if (message === 'end') process.send?.(probe.end())
  })
  // A process that has nothing else to do may end.
  process.channel?.unref()
}

listen(new StallProbe())
