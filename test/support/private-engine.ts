import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { must, run, type Outcome, type ShellOptions } from './shell.ts'

/** What a cluster needs that no registry has. */
const clusterImages = ['kubeling/base', 'kubeling/pause', 'kubeling/demo', 'busybox:1.36']

/** Why there can be no engine of one's own here; undefined: there can. */
export async function privateEngineObstacle(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'an engine of its own can only be started by root'
  for (const program of ['dockerd', 'unshare', 'nsenter', 'ip', 'iptables'])
    if ((await run('sh', ['-c', `command -v ${program}`])).code !== 0) return `an engine of its own needs ${program}, which is not here`
  if ((await run('unshare', ['--net', 'true'])).code !== 0) return 'this machine lets nobody make network namespaces'
  return undefined
}

/** The cluster that runs on it: its environment for the scripts. */
export interface PrivateCluster {
  readonly name: string
  readonly tag: string
  readonly state: string
}

/**
 * A Docker engine for one test, which may do with it what must not be done to the machine's: its bridges and rules are in a
 * network namespace of its own, its data and sockets in a directory of its own.
 */
export class PrivateEngine {
  readonly #directory: string
  readonly #holder: ChildProcess
  #daemon: ChildProcess | undefined

  private constructor(directory: string, holder: ChildProcess) {
    this.#directory = directory
    this.#holder = holder
  }

  static async start(): Promise<PrivateEngine> {
    const directory = await mkdtemp('/var/tmp/kubeling-engine-')
    // The namespace outlives the daemon, as the machine's does.
    const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' })
    const engine = new PrivateEngine(directory, holder)
    await writeFile(join(directory, 'daemon.json'), '{}')
    await eventually(() => engine.inside('ip', ['link', 'set', 'lo', 'up']).then(({ code }) => code === 0), {
      seconds: 10,
      what: 'a network namespace',
    })
    await engine.startDaemon()
    return engine
  }

  get socket(): string {
    return join(this.#directory, 'docker.sock')
  }
  get log(): string {
    return join(this.#directory, 'dockerd.log')
  }

  /** Runs a program in the engine's network, where its published ports are, with its engine as the one `docker` speaks to. */
  inside(program: string, args: readonly string[], options: ShellOptions = {}): Promise<Outcome> {
    const env = { ...options.env, DOCKER_HOST: `unix://${this.socket}`, KUBELING_DOCKER_SOCKET: this.socket }
    return run('nsenter', ['--net', '--target', String(this.#holder.pid), program, ...args], { ...options, env })
  }
  async docker(...args: string[]): Promise<string> {
    return await must('docker', ['--host', `unix://${this.socket}`, ...args])
  }

  async startDaemon(): Promise<void> {
    const directory = this.#directory
    const output = openSync(this.log, 'a')
    this.#daemon = spawn(
      'nsenter',
      [
        ...['--net', '--target', String(this.#holder.pid), 'dockerd', '--config-file', join(directory, 'daemon.json')],
        ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec'), '--pidfile', join(directory, 'docker.pid')],
        ...['--host', `unix://${this.socket}`, '--cgroup-parent', '/kubeling-engine'],
        ...['--containerd-namespace', 'kubeling-engine', '--containerd-plugins-namespace', 'kubeling-engine-plugins'],
      ],
      { stdio: ['ignore', output, output] },
    )
    await eventually(() => this.docker('info').then(() => true), { seconds: 60, what: `an answer of the engine (${this.log})` })
  }
  /** As a restart of the service does it: every container ends, those that are to be restarted are. */
  async restartDaemon(): Promise<void> {
    await this.#stopDaemon()
    await this.startDaemon()
  }
  async #stopDaemon(): Promise<void> {
    const daemon = this.#daemon
    if (!daemon || daemon.exitCode !== null) return
    const ended = once(daemon, 'exit')
    daemon.kill('SIGTERM')
    await ended
  }

  /** Copies images from the machine's engine. */
  async load(images: readonly string[]): Promise<void> {
    await must('bash', ['-o', 'pipefail', '-c', `docker save ${images.join(' ')} | docker --host unix://${this.socket} load`], {
      timeoutSeconds: 300,
    })
  }

  /** Brings a cluster up with the scripts, as a user does. */
  async up({ name, tag, state }: PrivateCluster): Promise<void> {
    await this.load([...clusterImages, `kubeling/control-plane:${tag}`, `kubeling/agent:${tag}`])
    const env = {
      KUBELING_CLUSTER: name,
      KUBELING_TAG: tag,
      KUBELING_STATE: state,
      KUBELING_API_PORT: '6443',
      KUBELING_CRASH_BACKOFF: '1s-5s',
    }
    const { code, stdout, stderr } = await this.inside('scripts/up', [], { env, timeoutSeconds: 300 })
    if (code !== 0) throw new Error(`scripts/up ended with ${code}: ${stderr || stdout}`)
  }

  /** Ends everything of it. The daemon is told to, so that it takes its mounts along. */
  async [Symbol.asyncDispose](): Promise<void> {
    const all = (await this.docker('ps', '-aq')).split('\n').filter(id => id !== '')
    if (all.length > 0) await this.docker('rm', '-f', ...all)
    await this.#stopDaemon()
    this.#holder.kill('SIGKILL')
    await rm(this.#directory, { recursive: true, force: true })
  }
}
