import type { Kind } from '../../api/kind.ts'
import { Chance } from './chance.ts'
import { noFaults, usualFaults, type Faults } from './faults.ts'
import { Program, type Controllers } from './program.ts'
import { SimulatedApi, type Change } from './simulated-api.ts'
import { SimulatedNodes, type NodesOptions } from './simulated-nodes.ts'
import { VirtualTime } from './virtual-time.ts'

/** What a history takes place in. */
export interface World {
  readonly api: SimulatedApi
  readonly time: VirtualTime
  readonly chance: Chance
  readonly nodes: SimulatedNodes
  /** Whether pods fall ill in this history: only where they do not is every missing pod the controllers' doing. */
  readonly illness: boolean
}

/** What has to hold in the histories of one controller. All of them throw when it does not. */
export interface Rules {
  /** Something that users, nodes or pods do in the middle of it all. */
  act(): void
  /** After every write. */
  changed(change: Change): void
  /** The last thing that users do, when nothing goes wrong any more. */
  calm?(): void
  /** When everything has come to rest after that. */
  settled(): void
  readonly outcome?: NodesOptions['outcome']
}

export interface Scenario {
  readonly name: string
  readonly kinds: readonly Kind[]
  readonly controllers: Controllers
  /** Milliseconds for which things go wrong at the most, and for how long they are looked at afterwards; where that is not as usual. */
  readonly longestStorm?: number
  readonly calm?: number
  /** Creates what the history is about. */
  begin(world: World): Rules
}

export interface HistoryCounts {
  readonly histories: number
  readonly writes: number
  readonly faults: number
  readonly crashes: number
  readonly steps: number
}

export interface HistoryOptions {
  readonly scenario: Scenario
  readonly seed: number
  /** Milliseconds after which nothing goes wrong any more; drawn from the seed unless told. */
  readonly storm?: number
}

export class PropertyError extends Error {
  override readonly name = 'PropertyError'
}

const start = new Date('2026-01-01T00:00:00Z')
const usualStorm = 40_000
/** Nothing needs more moments than this to come to rest; whoever does is going in circles. */
const mostSteps = 20_000
/** Deadlines and back-offs of controllers lie within this. */
const usualCalm = 3 * 3600_000
const remembered = 60

/** Lets one history happen: a storm of faults and acts, then calm. Throws a PropertyError with its end when a rule was broken. */
export async function runHistory({ scenario, seed, storm }: HistoryOptions): Promise<HistoryCounts> {
  const chance = new Chance(seed)
  const time = new VirtualTime(start)
  const api = new SimulatedApi({ time, chance, kinds: scenario.kinds })
  const log = new HistoryLog(time)
  const illness = chance.happens(0.5)
  const { longestStorm = usualStorm, calm = usualCalm } = scenario
  const stormy = chance.between(longestStorm / 8, longestStorm)
  const until = start.getTime() + (storm ?? stormy)
  let faults: Faults = chance.happens(0.9) ? usualFaults : noFaults
  const begun: { rules?: Rules } = {}
  const nodes = new SimulatedNodes({ api, time, chance, outcome: pod => begun.rules?.outcome?.(pod) })
  let problem: unknown
  const fail = (error: unknown) => void (problem ??= error)
  const guard = (work: () => void) => {
    try {
      work()
    } catch (error) {
      fail(error)
    }
  }
  const program = new Program({
    ...{ name: scenario.name, controllers: scenario.controllers, api, time, chance },
    ...{ faults: () => faults, fault: what => log.fault(what), failed: fail },
  })
  const rules = (begun.rules = scenario.begin({ api, time, chance, nodes, illness }))
  api.onChange(change => {
    log.change(change)
    guard(() => rules.changed(change))
  })
  program.start()
  const acts = chance.whole(1, 6)
  for (let act = 0; act < acts; act++) {
    time.alarm(chance.between(100, stormy), () => {
      if (time.milliseconds <= until) guard(() => rules.act())
    })
  }
  let steps = 0
  while (problem === undefined && steps < mostSteps && (await time.step(until))) steps++
  faults = noFaults
  if (problem === undefined) guard(() => rules.calm?.())
  while (problem === undefined && steps < mostSteps && (await time.step(until + calm))) steps++
  if (steps === mostSteps) fail(new Error('it does not come to rest'))
  if (problem === undefined) guard(() => rules.settled())
  program.stop()
  if (problem !== undefined) {
    const why = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)
    const shown = illness ? 'with ill pods' : 'without ill pods'
    throw new PropertyError(`${scenario.name}, seed ${seed} (${shown}, storm of ${Math.round(storm ?? stormy)} ms): ${why}\n${log.end()}`)
  }
  return { histories: 1, writes: log.writes, faults: log.faults, crashes: program.crashes, steps }
}

/** The last things that happened, for whoever has to find out why. */
class HistoryLog {
  readonly #time: VirtualTime
  readonly #last: (() => string)[] = []
  writes = 0
  faults = 0

  constructor(time: VirtualTime) {
    this.#time = time
  }

  change(change: Change): void {
    this.writes++
    const at = this.#time.milliseconds
    this.#add(() => `${stamp(at)} ${change.by} ${change.type} ${change.kind.plural} ${change.object.metadata.name} ${describe(change)}`)
  }

  fault(what: string): void {
    this.faults++
    const at = this.#time.milliseconds
    this.#add(() => `${stamp(at)} ! ${what}`)
  }

  end(): string {
    return this.#last.map(line => `  ${line()}`).join('\n')
  }

  #add(line: () => string): void {
    this.#last.push(line)
    if (this.#last.length > remembered) this.#last.shift()
  }
}

const stamp = (at: number) => `${((at - start.getTime()) / 1000).toFixed(3).padStart(9)}`

/** What a write changed, as far as people want to read it. */
function describe({ type, object, previous }: Change): string {
  if (type === 'DELETED' || !previous) return ''
  const [before, after] = [flatten(previous), flatten(object)]
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name))
  return names
    .filter(name => !/resourceVersion|managedFields|Time$/.test(name))
    .map(name => `${name}=${after.get(name) ?? '-'}`)
    .join(' ')
    .slice(0, 300)
}

function flatten(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) flatten(child, path ? `${path}.${key}` : key, into)
  else into.set(path, String(value))
  return into
}
