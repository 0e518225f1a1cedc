import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { currentFirst, newestFirst } from './current-first.ts'
import {
  RuntimeError,
  type Abortable,
  type AttachOptions,
  type ContainerConfig,
  type ContainerResources,
  type ExecOptions,
  type ExecResult,
  type FileSystemInfo,
  type ImageEvent,
  type ImageInfo,
  type LogOptions,
  type ObservedPod,
  type ObservedSandbox,
  type PodIdentity,
  type PodStats,
  type PreparedVolume,
  type PullOptions,
  type Runtime,
  type RuntimeEvent,
  type RuntimeInfo,
  type Sandbox,
  type SandboxConfig,
  type VolumeConfig,
  type VolumeFile,
  type WriteOptions,
  type WrittenBytes,
} from './runtime.ts'
import type { Script } from './simulated-behaviour.ts'
import { now, SimulatedContainer } from './simulated-container.ts'
import { eventsOf, SimulatedImages, type SimulatedImageOptions } from './simulated-images.ts'
import { simulatedAttach, simulatedConnection, simulatedExec, simulatedLogs } from './simulated-streams.ts'
import { SimulatedVolumes } from './simulated-volumes.ts'

export interface SimulationOptions extends SimulatedImageOptions {
  /** What each container does; default: run until stopped. */
  readonly script?: Script
  /** How long starting a sandbox and a container takes; default 0. */
  readonly startMs?: number
  /** The first two parts and the third of the pods' addresses; default 10.244.0. */
  readonly addressPrefix?: string
  readonly info?: Partial<RuntimeInfo>
  readonly hostPaths?: Readonly<Record<string, 'Directory' | 'File' | 'Socket' | 'CharDevice' | 'BlockDevice'>>
}

interface SimulatedSandbox {
  readonly config: SandboxConfig
  observed: ObservedSandbox
}

const newId = (): string => randomBytes(32).toString('hex')

/** A runtime in memory: the scriptable twin of the real one, for tests and for thousands of nodes in one process. */
export class SimulatedRuntime implements Runtime {
  readonly #options: SimulationOptions
  readonly #sandboxes = new Map<string, SimulatedSandbox>()
  readonly #containers = new Map<string, SimulatedContainer>()
  readonly #hostPaths: Map<string, 'Directory' | 'File' | 'Socket' | 'CharDevice' | 'BlockDevice'>
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly #failures = new Map<keyof Runtime, Error[]>()
  #addresses = 1
  /** What was asked, in order: `createContainer web`, `pullImage nginx`. */
  readonly calls: string[] = []
  readonly volumes = new SimulatedVolumes()
  readonly images: SimulatedImages

  constructor(options: SimulationOptions = {}) {
    this.#options = options
    this.images = new SimulatedImages(options)
    this.#hostPaths = new Map(Object.entries(options.hostPaths ?? {}))
  }

  // --- for tests

  /** The next call of a method throws this. */
  failNext(method: keyof Runtime, error: Error): void {
    this.#failures.set(method, [...(this.#failures.get(method) ?? []), error])
  }
  /** Ends a running container, as if its process had. */
  exitContainer(id: string, exitCode: number, options: { oomKilled?: boolean } = {}): void {
    const container = this.#container(id)
    if (container.end(exitCode, options.oomKilled)) this.#tell(container.config.pod, id, 'died')
  }
  /** Ends a sandbox, as if its pause container had been killed. */
  killSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id)
    if (sandbox) this.#endSandbox(id, sandbox)
  }
  containersOf(podName: string): SimulatedContainer[] {
    return [...this.#containers.values()].filter(({ config }) => config.pod.name === podName)
  }
  configOf(id: string): ContainerConfig {
    return this.#container(id).config
  }

  // --- Runtime

  async info(): Promise<RuntimeInfo> {
    this.#called('info')
    const standard: RuntimeInfo = {
      name: 'simulated',
      version: '1.0.0',
      osImage: 'Simulated Linux',
      kernelVersion: '6.1.0',
      operatingSystem: 'linux',
      architecture: 'amd64',
      cpus: 8,
      memoryBytes: 16 * 2 ** 30,
      recursiveReadOnlyMounts: true,
      cgroupVersion: 2,
      appArmor: false,
      userNamespaces: false,
    }
    return { ...standard, ...this.#options.info }
  }

  async createSandbox(config: SandboxConfig): Promise<string> {
    this.#called('createSandbox', config.pod.name)
    const same = [...this.#sandboxes.entries()].find(
      ([, { config: other }]) => other.pod.uid === config.pod.uid && other.attempt === config.attempt,
    )
    if (same) return same[0]
    const id = newId()
    const observed: ObservedSandbox = {
      id,
      attempt: config.attempt,
      state: 'created',
      createdAt: now(),
      labels: { ...config.labels },
      ...(config.resources ? { resources: config.resources } : {}),
    }
    this.#sandboxes.set(id, { config, observed })
    this.#tell(config.pod, id, 'created')
    return id
  }
  async startSandbox(id: string, options: Abortable = {}): Promise<Sandbox> {
    const sandbox = this.#sandbox(id)
    this.#called('startSandbox', sandbox.config.pod.name)
    await this.#take(this.#options.startMs, options.signal)
    if (sandbox.observed.state === 'ready') return addressOf(sandbox.observed)
    const ip = sandbox.config.network === 'pod' ? { ip: this.#nextAddress() } : {}
    sandbox.observed = { ...sandbox.observed, state: 'ready', ...ip }
    this.#tell(sandbox.config.pod, id, 'started')
    return addressOf(sandbox.observed)
  }
  async runSandbox(config: SandboxConfig, options?: Abortable): Promise<Sandbox> {
    return this.startSandbox(await this.createSandbox(config), options)
  }
  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id)
    this.#called('stopSandbox', sandbox?.config.pod.name)
    if (!sandbox) return
    for (const container of this.#containers.values()) if (container.config.sandboxId === id) this.#end(container, 137)
    this.#endSandbox(id, sandbox)
  }
  async removeSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id)
    this.#called('removeSandbox', sandbox?.config.pod.name)
    if (!sandbox) return
    this.#sandboxes.delete(id)
    this.#tell(sandbox.config.pod, id, 'removed')
  }

  async listPods(): Promise<ObservedPod[]> {
    this.#called('listPods')
    const pods = new Map<string, PodIdentity>()
    for (const { config } of [...this.#sandboxes.values(), ...this.#containers.values()]) pods.set(config.pod.uid, config.pod)
    return [...pods.values()].map(pod => this.#observe(pod))
  }
  async inspectPod(uid: string): Promise<ObservedPod> {
    this.#called('inspectPod', uid)
    const known = [...this.#sandboxes.values(), ...this.#containers.values()].find(({ config }) => config.pod.uid === uid)
    return this.#observe(known?.config.pod ?? { uid, name: '', namespace: '' })
  }

  async createContainer(config: ContainerConfig): Promise<string> {
    this.#called('createContainer', config.name)
    const same = [...this.#containers.values()].find(
      ({ config: other }) => other.pod.uid === config.pod.uid && other.name === config.name && other.attempt === config.attempt,
    )
    if (same) return same.id
    const image = this.images.status(config.image)
    if (!image) throw new RuntimeError('ImageNotFound', `No such image: ${config.image}`)
    this.#sandbox(config.sandboxId)
    const container = new SimulatedContainer({ id: newId(), imageId: image.id }, config, this.#options.script?.(config) ?? {})
    this.#containers.set(container.id, container)
    this.#tell(config.pod, container.id, 'created')
    return container.id
  }
  async startContainer(id: string): Promise<void> {
    const container = this.#container(id)
    this.#called('startContainer', container.config.name)
    await this.#take(this.#options.startMs)
    if (container.running) return
    const { startError } = container.behaviour
    if (startError) {
      container.failStart(startError)
      throw new RuntimeError('StartFailed', startError)
    }
    if (this.#sandbox(container.config.sandboxId).observed.state !== 'ready') {
      throw new RuntimeError('StartFailed', 'cannot join network of a non running container')
    }
    container.start(() => this.#tell(container.config.pod, id, 'died'))
    this.#tell(container.config.pod, id, 'started')
  }
  async stopContainer(id: string, options: { graceSeconds: number; signal?: string }): Promise<void> {
    const container = this.#containers.get(id)
    this.#called('stopContainer', container?.config.name)
    if (!container?.running) return
    if (container.behaviour.ignoresStop) await this.#take(options.graceSeconds * 1000)
    this.#end(container, container.behaviour.ignoresStop || options.graceSeconds === 0 ? 137 : 143)
  }
  async removeContainer(id: string): Promise<void> {
    const container = this.#containers.get(id)
    this.#called('removeContainer', container?.config.name)
    if (!container) return
    this.#end(container, 137)
    this.#containers.delete(id)
    this.#tell(container.config.pod, id, 'removed')
  }
  async updateContainerResources(id: string, resources: ContainerResources): Promise<void> {
    const sandbox = this.#sandboxes.get(id)
    this.#called('updateContainerResources', sandbox ? 'sandbox' : this.#container(id).config.name)
    if (sandbox) sandbox.observed = { ...sandbox.observed, resources: { ...sandbox.observed.resources, ...resources } }
    else this.#container(id).update(resources)
  }

  async execSync(id: string, options: { command: readonly string[]; timeoutSeconds?: number; signal?: AbortSignal }): Promise<ExecResult> {
    this.#called('execSync', options.command.join(' '))
    const answer = this.#running(id).behaviour.exec?.(options.command, '') ?? { exitCode: 0 }
    const limit = options.timeoutSeconds ? options.timeoutSeconds * 1000 : Infinity
    await this.#take(Math.min(answer.afterMs ?? 0, limit), options.signal)
    if ((answer.afterMs ?? 0) > limit) throw new RuntimeError('Timeout', `command ${JSON.stringify(options.command.join(' '))} timed out`)
    return { exitCode: answer.exitCode, output: Buffer.from((answer.stdout ?? '') + (answer.stderr ?? '')) }
  }
  async exec(id: string, options: ExecOptions) {
    this.#called('exec', options.command.join(' '))
    return simulatedExec(this.#running(id), options)
  }
  async attach(id: string, options: AttachOptions) {
    this.#called('attach')
    return simulatedAttach(this.#running(id), options)
  }
  async portForward(sandboxId: string, port: number): Promise<Duplex> {
    this.#called('portForward', String(port))
    const answer = [...this.#containers.values()]
      .filter(({ config, running }) => config.sandboxId === sandboxId && running)
      .map(({ behaviour }) => behaviour.listens?.[port])
      .find(found => found !== undefined)
    if (answer) return simulatedConnection(answer)
    throw new RuntimeError(
      'Unknown',
      `failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused`,
    )
  }
  logs(id: string, options: LogOptions) {
    return simulatedLogs(this.#container(id), options)
  }
  async stats(uid: string): Promise<PodStats> {
    const running = [...this.#containers.values()].filter(({ config, running }) => config.pod.uid === uid && running)
    const nothing = { cpuNanoseconds: 0, rssBytes: 0, pageFaults: 0, majorPageFaults: 0 }
    const containers = running.map(({ id, config: { name, image }, behaviour: { uses: { memoryBytes = 0, processes = 1 } = {} } }) => ({
      ...{ name, id, image, memoryBytes, processes, ...nothing },
      workingSetBytes: memoryBytes,
      time: now(),
    }))
    return { containers, interfaces: [] }
  }
  async writtenBytes(): Promise<WrittenBytes[]> {
    return [...this.#containers.values()].map(({ id, config, behaviour }) => ({
      podUid: config.pod.uid,
      name: config.name,
      id,
      bytes: behaviour.uses?.writtenBytes ?? 0,
    }))
  }

  async imageStatus(image: string): Promise<ImageInfo | undefined> {
    this.#called('imageStatus', image)
    return this.images.status(image)
  }
  async listImages(): Promise<ImageInfo[]> {
    this.#called('listImages')
    return this.images.list()
  }
  async pullImage(image: string, options: PullOptions = {}): Promise<string> {
    this.#called('pullImage', image)
    return await this.images.pull(image, options)
  }
  async removeImage(image: string): Promise<void> {
    this.#called('removeImage', image)
    this.images.remove(image, await this.imagesInUse())
  }
  async imagesInUse(): Promise<ReadonlySet<string>> {
    return new Set([...this.#containers.values()].map(({ observed }) => observed.imageId))
  }
  async imageFsInfo(): Promise<FileSystemInfo> {
    this.#called('imageFsInfo')
    return this.images.fsInfo()
  }
  imageEvents(signal: AbortSignal): AsyncGenerator<ImageEvent> {
    return eventsOf<ImageEvent>(this.images.events, signal)
  }

  createVolume(config: VolumeConfig): Promise<void> {
    return this.prepareVolumes([config])
  }
  async prepareVolumes(volumes: readonly PreparedVolume[]): Promise<void> {
    this.#called('prepareVolumes', volumes.map(({ name }) => name).join(','))
    this.volumes.prepare(volumes)
  }
  async writeVolume(name: string, files: readonly VolumeFile[], { atomic }: WriteOptions): Promise<void> {
    this.#called('writeVolume', name)
    if (!this.volumes.write(name, files, atomic)) throw new RuntimeError('NotFound', `no such volume: ${name}`)
  }
  async readVolumeFile(name: string, path: string): Promise<Buffer | undefined> {
    return this.volumes.read(name, path)
  }
  async fillVolume(name: string, image: string): Promise<void> {
    this.#called('fillVolume', `${name} ${image}`)
    if (!this.images.status(image)) throw new RuntimeError('ImageNotFound', `No such image: ${image}`)
    if (!this.volumes.write(name, [{ path: 'image', content: Buffer.from(image), mode: 0o644 }], false))
      throw new RuntimeError('NotFound', `no such volume: ${name}`)
  }
  async volumeUsage(name: string): Promise<number> {
    return this.volumes.usage(name)
  }
  async removeVolume(name: string): Promise<void> {
    this.volumes.remove(name)
  }
  async listVolumes(podUid?: string): Promise<{ name: string; podUid: string }[]> {
    return this.volumes.list().filter(volume => podUid === undefined || volume.podUid === podUid)
  }
  async hostPathType(path: string) {
    return this.#hostPaths.get(path)
  }
  async createHostPath(path: string, type: 'Directory' | 'File'): Promise<void> {
    if (!this.#hostPaths.has(path)) this.#hostPaths.set(path, type)
  }
  async readFile(id: string, path: string, limit: number): Promise<Buffer | undefined> {
    const { behaviour, config } = this.#container(id)
    const text = behaviour.files?.[path]
    if (text !== undefined) return tail(Buffer.from(text), limit)
    for (const mount of config.mounts) {
      if (!('volume' in mount) || !path.startsWith(mount.target)) continue
      const inside = [mount.subPath, path.slice(mount.target.length).replace(/^\//, '')].filter(part => part).join('/')
      const content = this.volumes.read(mount.volume, inside)
      if (content) return tail(content, limit)
    }
    return undefined
  }

  events(signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    return eventsOf<RuntimeEvent>(this.#events, signal)
  }

  // --- inside

  #called(method: keyof Runtime, what = ''): void {
    this.calls.push(`${method} ${what}`.trim())
    const [error, ...later] = this.#failures.get(method) ?? []
    this.#failures.set(method, later)
    if (error) throw error
  }
  async #take(milliseconds: number | undefined, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (milliseconds) await delay(milliseconds, undefined, signal ? { signal } : undefined)
  }
  #sandbox(id: string): SimulatedSandbox {
    const sandbox = this.#sandboxes.get(id)
    if (!sandbox) throw new RuntimeError('NotFound', `No such container: ${id}`)
    return sandbox
  }
  #container(id: string): SimulatedContainer {
    const container = this.#containers.get(id)
    if (!container) throw new RuntimeError('NotFound', `No such container: ${id}`)
    return container
  }
  #running(id: string): SimulatedContainer {
    const container = this.#container(id)
    if (!container.running) throw new RuntimeError('NotFound', `container not running (${id})`)
    return container
  }
  #end(container: SimulatedContainer, exitCode: number): void {
    if (container.end(exitCode)) this.#tell(container.config.pod, container.id, 'died')
  }
  #endSandbox(id: string, sandbox: SimulatedSandbox): void {
    if (sandbox.observed.state !== 'ready') return
    sandbox.observed = { ...sandbox.observed, state: 'notReady' }
    this.#tell(sandbox.config.pod, id, 'died')
  }
  #tell(pod: PodIdentity, containerId: string, type: RuntimeEvent['type']): void {
    this.#events.emit('event', { podUid: pod.uid, containerId, type } satisfies RuntimeEvent)
  }
  #observe(pod: PodIdentity): ObservedPod {
    const sandboxes = [...this.#sandboxes.values()].filter(({ config }) => config.pod.uid === pod.uid).map(({ observed }) => observed)
    const containers = [...this.#containers.values()].filter(({ config }) => config.pod.uid === pod.uid).map(({ observed }) => observed)
    return { identity: pod, sandboxes: sandboxes.sort(newestFirst), containers: currentFirst(containers, sandboxes[0]?.id) }
  }
  #nextAddress(): string {
    this.#addresses++
    return `${this.#options.addressPrefix ?? '10.244.0'}.${((this.#addresses - 1) % 254) + 1}`
  }
}

const addressOf = ({ id, ip }: ObservedSandbox): Sandbox => ({ id, ip: () => Promise.resolve(ip) })
const tail = (content: Buffer, limit: number): Buffer => content.subarray(Math.max(0, content.length - limit))
