import { setTimeout as sleep } from 'node:timers/promises'
import type { Pod } from '../../api/core/pod.ts'
import { eventually } from '../support/eventually.ts'
import type { Outcome, ShellOptions } from '../support/shell.ts'
import { falseStatuses, type EngineContainer } from './truth.ts'
import { nextStep, randomNumbers, type Fate, type SoakStep } from './plan.ts'

/** The cluster that is soaked. */
export interface SoakTarget {
  readonly cluster: string
  readonly kubectl: (args: readonly string[], options?: ShellOptions) => Promise<Outcome>
  readonly docker: (...args: string[]) => Promise<string>
  /** Absent: the engine belongs to others as well. */
  readonly restartDaemon?: () => Promise<void>
}
export interface SoakOptions {
  readonly seconds: number
  readonly seed: number
  readonly mostPods: number
  /** How many times the engine is restarted, where it may be. */
  readonly daemonRestarts?: number
  readonly say: (text: string) => void
}
/** What was counted; everything that must be nothing has been checked. */
export interface SoakReport {
  readonly steps: Readonly<Record<string, number>>
  readonly memoryBefore: Readonly<Record<string, number>>
  readonly memoryAfter: Readonly<Record<string, number>>
}

const namespace = 'soak'
const services = ['control-plane', 'node-1', 'node-2', 'node-3'] as const

/** Makes pods come, crash and go while parts of the system are killed; then checks that nothing is lost, false or left. */
export async function soak(target: SoakTarget, options: SoakOptions): Promise<SoakReport> {
  const run = new Soak(target, options)
  return await run.run()
}

class Soak {
  readonly #target: SoakTarget
  readonly #options: SoakOptions
  readonly #random: () => number
  readonly #alive = new Map<string, Fate>()
  readonly #steps: Record<string, number> = {}
  #sequence = 0

  constructor(target: SoakTarget, options: SoakOptions) {
    this.#target = target
    this.#options = options
    this.#random = randomNumbers(options.seed)
  }

  async run(): Promise<SoakReport> {
    const { say, seed, seconds } = this.#options
    say(`seed ${seed}, ${seconds} s`)
    await this.#kubectl('create', 'namespace', namespace)
    const before = await this.#belongings()
    const memoryBefore = await this.#memory()
    say(`resident MB before: ${JSON.stringify(memoryBefore)}`)
    await this.#disturb()
    say(`left alone after ${JSON.stringify(this.#steps)}`)
    const pods = await this.#converged()
    say(`all ${pods.length} pods are as they should be, and every status is true`)
    await this.#kubectl('delete', 'namespace', namespace, '--timeout=280s')
    await eventually(async () => (await this.#leftovers(before)) === '' || undefined, {
      seconds: 300,
      what: 'the removal of everything',
    }).catch(async (error: unknown) => {
      throw new Error(`left over: ${await this.#leftovers(before)}`, { cause: error })
    })
    say('nothing is left over')
    return { steps: this.#steps, memoryBefore, memoryAfter: await this.#memory() }
  }

  async #disturb(): Promise<void> {
    const { seconds, mostPods, daemonRestarts = 0 } = this.#options
    const began = Date.now()
    let restarted = 0
    for (;;) {
      const passed = (Date.now() - began) / 1000
      if (passed > seconds) return
      const due = this.#target.restartDaemon && passed > ((restarted + 1) * seconds) / (daemonRestarts + 1) && restarted < daemonRestarts
      if (due) restarted++
      const state = { alive: this.#alive.size, most: mostPods, sequence: this.#sequence }
      const step: SoakStep = due ? { kind: 'restart-daemon' } : nextStep(this.#random, state)
      await this.#do(step)
      this.#steps[step.kind] = (this.#steps[step.kind] ?? 0) + 1
      await sleep(this.#random() * 1000)
    }
  }

  async #do(step: SoakStep): Promise<void> {
    const { docker, restartDaemon } = this.#target
    switch (step.kind) {
      case 'create': {
        const name = `soak-${this.#sequence++}`
        await this.#kubectlWith({ input: JSON.stringify(step.pod.manifest) }, 'create', '-n', namespace, '-f', '-')
        this.#alive.set(name, step.pod.fate)
        return
      }
      case 'delete': {
        const name = this.#pick([...this.#alive.keys()])
        if (name === undefined) return
        this.#alive.delete(name)
        const now = step.force ? ['--force', '--grace-period=0'] : []
        return this.#kubectl('delete', 'pod', name, '-n', namespace, '--wait=false', ...now)
      }
      case 'kill-agent':
        return this.#mayMiss(async () =>
          docker('exec', await this.#service(`node-${1 + Math.floor(this.#random() * 3)}`), 'sh', '-c', 'kill -9 $(pidof node)'),
        )
      case 'restart-daemon':
        return await restartDaemon?.()
      case 'kill-container':
      case 'remove-container':
      case 'kill-pause': {
        const pauses = step.kind === 'kill-pause'
        const victims = (await this.#containers()).filter(({ running, name }) => running && (name === 'POD') === pauses)
        const victim = this.#pick(victims)
        if (victim) await this.#mayMiss(() => docker(...(step.kind === 'remove-container' ? ['rm', '-f'] : ['kill']), victim.id))
      }
    }
  }

  /** Waits until what should run runs and the API says of every pod what the engine says. */
  async #converged(): Promise<Pod[]> {
    let wrong: string[] = []
    try {
      return await eventually(
        async () => {
          const pods = await this.#pods()
          wrong = falseStatuses(pods, await this.#containers(), this.#alive)
          return wrong.length === 0 && pods
        },
        { seconds: 300, what: 'the truth' },
      )
    } catch (error) {
      throw new Error(`not as it should be: ${wrong.join('; ')}`, { cause: error })
    }
  }

  async #pods(): Promise<Pod[]> {
    const { stdout } = await this.#target.kubectl(['get', 'pods', '-n', namespace, '-o', 'json'])
    return (JSON.parse(stdout) as { items: Pod[] }).items
  }
  async #containers(): Promise<EngineContainer[]> {
    const format = '{{.ID}} {{.State}} {{.Label "io.kubernetes.container.name"}} {{.Label "io.kubernetes.pod.uid"}}'
    const filters = [`label=io.kubeling.cluster=${this.#target.cluster}`, `label=io.kubernetes.pod.namespace=${namespace}`]
    const output = await this.#target.docker(
      'ps',
      '-a',
      '--no-trunc',
      ...filters.flatMap(filter => ['--filter', filter]),
      '--format',
      format,
    )
    return lines(output).map(line => {
      const [id = '', state, name = '', uid = ''] = line.split(' ')
      return { id, running: state === 'running', name, uid }
    })
  }

  /** Everything of the cluster on the engine that a pod could leave behind, and the files in the nodes' volumes. */
  async #belongings(): Promise<string[]> {
    const { docker, cluster } = this.#target
    const own = ['--filter', `label=io.kubeling.cluster=${cluster}`]
    const files = services
      .slice(1)
      .map(async node =>
        lines(await docker('exec', await this.#service(node), 'find', '/var/lib/kubeling', '-maxdepth', '2')).map(
          path => `${node}:${path}`,
        ),
      )
    const [containers, volumes, networks, ...paths] = await Promise.all([
      docker('ps', '-aq', ...own, '--filter', `label=io.kubernetes.pod.namespace=${namespace}`),
      docker('volume', 'ls', '--format', '{{.Name}} {{.Label "io.kubeling.cluster"}}'),
      docker('network', 'ls', '-q', ...own),
      ...files,
    ])
    return [...lines(containers), ...volumesOf(cluster, lines(volumes)), ...lines(networks), ...paths.flat()]
  }
  async #leftovers(before: readonly string[]): Promise<string> {
    const known = new Set(before)
    // Pods of others go on, and a restart gives them new logs and sandboxes.
    const { stdout } = await this.#target.kubectl(['get', 'pods', '-A', '-o', 'jsonpath={.items[*].metadata.uid}'])
    const others = stdout.split(' ').filter(uid => uid !== '')
    return (await this.#belongings()).filter(name => !known.has(name) && !others.some(uid => name.includes(uid))).join(' ')
  }

  /** Resident megabytes of each program. */
  async #memory(): Promise<Record<string, number>> {
    const read = async (service: string) => {
      const script = 'for p in $(pidof node); do grep VmRSS /proc/$p/status; done'
      const output = await eventually(
        async () => (await this.#target.docker('exec', await this.#service(service), 'sh', '-c', script)) || undefined,
      )
      return [service, Math.round(Number(/(\d+) kB/.exec(output)?.[1] ?? 0) / 1024)] as const
    }
    return Object.fromEntries(await Promise.all(services.map(read)))
  }

  async #service(name: string): Promise<string> {
    const filters = [`label=io.kubeling.cluster=${this.#target.cluster}`, `label=com.docker.compose.service=${name}`]
    return (await this.#target.docker('ps', '-q', ...filters.flatMap(filter => ['--filter', filter]))).trim()
  }
  /** The API server may be on its way back; whoever uses it would try again as well. */
  #kubectl(...args: string[]): Promise<void> {
    return this.#kubectlWith({}, ...args)
  }
  async #kubectlWith(options: ShellOptions, ...args: string[]): Promise<void> {
    await eventually(
      async () => {
        const { code, stderr } = await this.#target.kubectl(args, { timeoutSeconds: 300, ...options })
        if (code !== 0 && !/already exists|not ?found/i.test(stderr)) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
        return true
      },
      { seconds: 120, what: args.slice(0, 2).join(' ') },
    )
  }
  /** What was to be hit may be gone by itself already. */
  async #mayMiss(hit: () => Promise<unknown>): Promise<void> {
    try {
      await hit()
    } catch (error) {
      this.#options.say(`missed: ${String(error).slice(0, 120)}`)
    }
  }
  #pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.#random() * values.length)]
  }
}

/** Those that carry the cluster's name, and those that carry none and are called as a pod's are: nobody would clear them away. */
const volumesOf = (cluster: string, named: readonly string[]): string[] =>
  named
    .map(line => line.split(' '))
    .flatMap(([name = '', owner = '']) => (owner === cluster || (!owner && /^[\da-f-]{36}_/.test(name)) ? [name] : []))

const lines = (text: string): string[] => text.split('\n').filter(line => line !== '')
