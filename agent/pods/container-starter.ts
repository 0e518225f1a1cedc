import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import type { Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { messageOf } from '../../common/error-message.ts'
import { ImageError } from '../images/image-error.ts'
import type { ImageManager, ImageRequest } from '../images/image-manager.ts'
import { isRuntimeError, type ImageInfo, type Runtime } from '../runtime/runtime.ts'
import type { WaitingReason } from '../status/container-status.ts'
import type { Objects } from '../volumes/object-reader.ts'
import type { MountSource } from '../volumes/volume-manager.ts'
import { containerConfig } from './container-config.ts'
import type { NodeLimits } from './container-resources.ts'
import type { ContainerStopper } from './container-stopper.ts'
import { environment, environmentNeedsPodIp } from './environment.ts'
import { runHook } from './hooks.ts'
import { ImageVolumes, imageVolumesOf } from './image-volumes.ts'
import type { ContainerToStart } from './pod-actions.ts'
import type { PodEvents } from './pod-events.ts'
import { pullSecretsOf } from './pull-secrets.ts'
import { seccompProfile } from './seccomp-profile.ts'
import { serviceEnvironment } from './service-environment.ts'

/** A container that could not be brought up: what it waits with, and when another try makes sense. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly waiting: WaitingReason
  readonly retryAfter: number

  constructor(reason: string, message: string, retryAfter = 10_000) {
    super(message)
    this.waiting = { reason, message }
    this.retryAfter = retryAfter
  }
}

export interface ContainerStarterOptions {
  readonly runtime: Pick<Runtime, 'createContainer' | 'startContainer' | 'execSync' | 'info' | 'fillVolume'>
  readonly images: ImageManager
  readonly objects: Objects
  readonly stopper: ContainerStopper
  readonly events: PodEvents
  readonly clock: Clock
  readonly log: Logger
  readonly hostIp: () => string
  readonly allocatable: () => Readonly<Record<string, string>>
  readonly limits: () => NodeLimits
  readonly services: () => readonly Service[]
  readonly seccompDirectory: string
  readonly readVolumeFile: (pod: Pod, volume: string, path: string) => Promise<Buffer | undefined>
}

/** The sandbox in which the container is to run; its address is there once it runs. */
export interface StartContext {
  readonly pod: Pod
  readonly sandboxId: string
  readonly podIp: () => Promise<string>
  readonly sources: ReadonlyMap<string, MountSource>
  readonly containerId: (name: string) => string | undefined
  readonly signal: AbortSignal
}
interface WantedFor {
  readonly pod: Pod
  readonly container: Container
  readonly signal: AbortSignal
}
export interface CreatedContainer {
  readonly start: ContainerToStart
  readonly id: string
}

/** Image, creation, start and postStart hook of one container, each with upstream's events and errors. */
export class ContainerStarter {
  readonly #options: ContainerStarterOptions
  readonly #imageFiles: ImageVolumes

  constructor(options: ContainerStarterOptions) {
    this.#options = options
    this.#imageFiles = new ImageVolumes(options.runtime)
  }

  /** Everything up to the moment the container could be started. Throws StartError. */
  async create(start: ContainerToStart, context: StartContext): Promise<CreatedContainer> {
    const record = this.#options.events.of(context.pod, start.container.name)
    await this.#imageVolumes(start, context)
    const image = await this.#image(start, context)
    const config = await this.#config(start, context, image)
    try {
      const seccomp = await seccompProfile(context.pod, start.container, this.#options.seccompDirectory)
      const id = await this.#options.runtime.createContainer({ ...config, security: { ...config.security, ...seccomp } })
      record('Normal', 'Created', 'Container created')
      return { start, id }
    } catch (error) {
      context.signal.throwIfAborted()
      record('Warning', 'Failed', `Error: ${messageOf(error)}`)
      throw new StartError(isRuntimeError(error, 'UnsafeSubPath') ? 'CreateContainerConfigError' : 'CreateContainerError', messageOf(error))
    }
  }

  /** Starts a created container and runs its postStart hook. Throws StartError. */
  async start({ start, id }: CreatedContainer, context: StartContext): Promise<void> {
    const record = this.#options.events.of(context.pod, start.container.name)
    try {
      await this.#options.runtime.startContainer(id)
    } catch (error) {
      record('Warning', 'Failed', `Error: ${messageOf(error)}`)
      throw new StartError('RunContainerError', messageOf(error), isRuntimeError(error, 'StartFailed') ? 0 : 10_000)
    }
    record('Normal', 'Started', 'Container started')
    await this.#postStart({ start, id }, context)
  }

  async #postStart({ start: { container, attempt, kind }, id }: CreatedContainer, { pod, podIp, signal }: StartContext): Promise<void> {
    const handler = container.lifecycle?.postStart
    if (!handler) return
    const { events, stopper, log } = this.#options
    const ip = await podIp()
    try {
      await runHook({ pod, container, containerId: id, handler, podIp: ip, signal }, this.#options)
    } catch (error) {
      log.warn('a postStart hook failed', { pod: pod.metadata.name, container: container.name, error })
      events.record({ pod, container: container.name, type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' })
      const observed = {
        id,
        name: container.name,
        attempt,
        kind,
        sandboxId: '',
        state: 'running',
        createdAt: '',
        image: '',
        imageId: '',
        annotations: {},
      } as const
      await stopper.stop(pod, observed, { message: 'FailedPostStartHook', podIp: ip })
      throw new StartError('PostStartHookError', messageOf(error), 0)
    }
  }

  async #image({ container }: ContainerToStart, { pod, signal }: StartContext): Promise<ImageInfo> {
    const record = this.#options.events.of(pod, container.name)
    const wanted = { image: container.image ?? '', pullPolicy: (container.imagePullPolicy ?? 'IfNotPresent') as 'IfNotPresent' }
    return await this.#ensure({ pod, container, signal, record, ...wanted })
  }

  /** What the container mounts of other images; their events are the pod's. */
  async #imageVolumes({ container }: ContainerToStart, { pod, signal }: StartContext): Promise<void> {
    const { events } = this.#options
    for (const { name, image } of imageVolumesOf(pod, container)) {
      const reference = image.reference ?? ''
      const record: ImageRequest['record'] = (type, reason, message) => events.record({ pod, type, reason, message })
      const pullPolicy = (image.pullPolicy ?? 'IfNotPresent') as 'IfNotPresent'
      await this.#ensure({ pod, container, signal, record, image: reference, pullPolicy })
      try {
        await this.#imageFiles.fill(pod, name, reference)
      } catch (error) {
        signal.throwIfAborted()
        events.record({ pod, container: container.name, type: 'Warning', reason: 'Failed', message: `Error: ${messageOf(error)}` })
        throw new StartError('CreateContainerError', messageOf(error))
      }
    }
  }

  async #ensure(wanted: Pick<ImageRequest, 'image' | 'pullPolicy' | 'record'> & WantedFor): Promise<ImageInfo> {
    const { pod, container, signal, ...request } = wanted
    try {
      return await this.#options.images.ensure({
        ...request,
        podUid: pod.metadata.uid,
        secrets: await pullSecretsOf(pod, this.#options),
        signal,
      })
    } catch (error) {
      signal.throwIfAborted()
      const { reason, message, retryAfter } = error instanceof ImageError ? error : new ImageError('ImageInspectError', messageOf(error))
      this.#options.events.record({ pod, container: container.name, type: 'Warning', reason: 'Failed', message: `Error: ${reason}` })
      throw new StartError(reason, message, retryAfter)
    }
  }

  async #config(start: ContainerToStart, context: StartContext, image: ImageInfo) {
    const { pod, sources, containerId } = context
    const { objects, services, hostIp, allocatable, limits, events, readVolumeFile } = this.#options
    const record = events.of(pod, start.container.name)
    const podIp = environmentNeedsPodIp(start.container) ? await context.podIp() : undefined
    try {
      const links = serviceEnvironment(services(), pod.metadata.namespace ?? '', pod.spec.enableServiceLinks ?? true)
      const values = await environment({
        pod,
        container: start.container,
        objects,
        services: links,
        hostIp: hostIp(),
        podIp,
        allocatable: allocatable(),
        readFile: (volume, path) => readVolumeFile(pod, volume, path),
      })
      return containerConfig({
        pod,
        start,
        sandboxId: context.sandboxId,
        image,
        environment: values,
        sources,
        node: limits(),
        recursiveReadOnlyMounts: await this.#recursiveReadOnlyMounts(start.container),
        containerId,
      })
    } catch (error) {
      context.signal.throwIfAborted()
      record('Warning', 'Failed', `Error: ${messageOf(error)}`)
      throw new StartError('CreateContainerConfigError', messageOf(error))
    }
  }

  /** The runtime is asked only when a mount wants to know. */
  async #recursiveReadOnlyMounts({ volumeMounts = [] }: Container): Promise<boolean> {
    const wanted = volumeMounts.some(({ recursiveReadOnly = 'Disabled' }) => recursiveReadOnly !== 'Disabled')
    return wanted && (await this.#options.runtime.info()).recursiveReadOnlyMounts
  }
}
