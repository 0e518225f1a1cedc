import type { Controller } from '../../client/controller.ts'
import { runController } from '../../client/controller.ts'
import { Informers } from '../../client/informers.ts'
import type { Logger } from '../../common/log.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import type { ControllerContext } from '../../control-plane/controllers/context.ts'
import type { Chance } from './chance.ts'
import type { Faults } from './faults.ts'
import type { SimulatedApi } from './simulated-api.ts'
import { simulatedClient } from './simulated-client.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What a program is made of: the controllers that share a process, a cache and an end. */
export type Controllers = (context: ControllerContext) => readonly (Controller | Runnable)[]

export interface ProgramOptions {
  readonly name: string
  readonly controllers: Controllers
  readonly api: SimulatedApi
  readonly time: VirtualTime
  readonly chance: Chance
  readonly faults: () => Faults
  readonly fault: (what: string) => void
  /** Hears of a program that ended by itself. */
  readonly failed: (error: unknown) => void
}

const quiet: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet }

/** The real controllers in a process that dies at any call and is started again, some time later, with nothing in memory. */
export class Program {
  readonly #options: ProgramOptions
  #life = new AbortController()
  crashes = 0

  constructor(options: ProgramOptions) {
    this.#options = options
  }

  start(): void {
    const { name, controllers, api, time, chance, faults, fault, failed } = this.#options
    const life = new AbortController()
    this.#life = life
    const client = simulatedClient({ api, time, chance, faults, fault, name, signal: life.signal, crash: () => this.#crash() })
    const informers = new Informers(client, quiet, { clock: time, random: chance.next })
    const context: ControllerContext = { client, informers, events: { event: () => undefined }, log: quiet, clock: time }
    const parts = controllers(context).map(each =>
      'reconcile' in each ? runController({ controller: each, informers, log: quiet, clock: time }) : each,
    )
    runAll([informers, ...parts], life.signal).catch(failed)
  }

  stop(): void {
    this.#life.abort()
  }

  #crash(): void {
    this.crashes++
    this.#life.abort()
    this.#options.time.alarm(this.#options.chance.between(10, 5000), () => this.start())
  }
}
