const every = 2

/** How long the event loop keeps a timer waiting. */
class StallProbe {
  #timer: NodeJS.Timeout | undefined
  #last = 0
  #longest = 0

  begin(): void {
    this.#longest = 0
    this.#last = performance.now()
    this.#timer = setInterval(() => this.#look(), every)
  }
  /** Milliseconds of the longest wait since the beginning. */
  end(): number {
    this.#look()
    clearInterval(this.#timer)
    return this.#longest
  }

  #look(): void {
    const now = performance.now()
    this.#longest = Math.max(this.#longest, now - this.#last - every)
    this.#last = now
  }
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
