import type {
  Abortable,
  AttachOptions,
  ContainerConfig,
  ContainerResources,
  ExecOptions,
  LogOptions,
  PreparedVolume,
  Runtime,
  SandboxConfig,
  VolumeConfig,
  VolumeFile,
} from '../runtime.ts'
import { attach } from './attach.ts'
import { updateContainerResources } from './container-resources.ts'
import { createContainer } from './create-container.ts'
import { translated } from './errors.ts'
import { events } from './events.ts'
import { execSync, type ExecSyncOptions } from './exec-sync.ts'
import { exec } from './exec.ts'
import { createHostPath, hostPathType } from './host-path.ts'
import { pullImage, type PullOptions } from './image-pull.ts'
import { imageStatus, listImages, removeImage } from './images.ts'
import { info } from './info.ts'
import { InspectCache, inspectPod, listPods } from './inspect-pod.ts'
import { logs } from './logs.ts'
import { probeOomScore } from './oom-score.ts'
import { once, type DockerContext, type DockerRuntimeOptions } from './options.ts'
import { portForward } from './port-forward.ts'
import { readFile } from './read-file.ts'
import { removeContainer } from './remove-container.ts'
import { createSandbox, removeSandbox, startSandbox, stopSandbox } from './sandbox.ts'
import { startContainer } from './start-container.ts'
import { stats } from './stats.ts'
import { stopContainer } from './stop-container.ts'
import { createVolume, listVolumes, prepareVolumes, removeVolume, volumeUsage, writeVolume } from './volumes.ts'

/** The Runtime that runs real containers. Each verb is a file of its own beside this one. */
export class DockerRuntime implements Runtime {
  readonly #context: DockerContext
  readonly #seen = new InspectCache()

  constructor(options: DockerRuntimeOptions) {
    this.#context = {
      ...options,
      nodePodFiles: new Map(),
      rootDirectory: once(async () => {
        const { DockerRootDir } = (await translated(options.docker.info())) as { DockerRootDir: string }
        return DockerRootDir
      }),
      nodeStartedAt: once(async () => {
        if (!options.nodeContainer) return ''
        return (await translated(options.docker.getContainer(options.nodeContainer).inspect())).State.StartedAt
      }),
      lowersOomScore: once(() => translated(probeOomScore(options))),
    }
  }

  info() {
    // Asked at the agent's start: found out here, it costs the first pod nothing.
    this.#context.lowersOomScore().catch(error => this.#context.log.warn('the engine could not be probed', { error }))
    return info(this.#context)
  }
  createSandbox(config: SandboxConfig, options?: Abortable) {
    return createSandbox(this.#context, config, options)
  }
  startSandbox(id: string, options?: Abortable) {
    return startSandbox(this.#context, id, options)
  }
  async runSandbox(config: SandboxConfig, options?: Abortable) {
    return this.startSandbox(await this.createSandbox(config, options), options)
  }
  stopSandbox(id: string) {
    return stopSandbox(this.#context, id)
  }
  removeSandbox(id: string) {
    return removeSandbox(this.#context, id)
  }
  listPods() {
    return listPods(this.#context)
  }
  inspectPod(uid: string) {
    return inspectPod(this.#context, uid, this.#seen)
  }
  createContainer(config: ContainerConfig, options?: Abortable) {
    return createContainer(this.#context, config, options)
  }
  startContainer(id: string) {
    return startContainer(this.#context, id)
  }
  stopContainer(id: string, options: { graceSeconds: number; signal?: string }) {
    return stopContainer(this.#context, id, options)
  }
  async removeContainer(id: string) {
    await removeContainer(this.#context, id)
    this.#seen.forget(id)
  }
  updateContainerResources(id: string, resources: ContainerResources) {
    return updateContainerResources(this.#context, id, resources)
  }
  execSync(id: string, options: ExecSyncOptions) {
    return execSync(this.#context, id, options)
  }
  exec(id: string, options: ExecOptions) {
    return exec(this.#context, id, options)
  }
  attach(id: string, options: AttachOptions) {
    return attach(this.#context, id, options)
  }
  portForward(sandboxId: string, port: number) {
    return portForward(this.#context, sandboxId, port)
  }
  logs(id: string, options: LogOptions) {
    return logs(this.#context, id, options)
  }
  stats(uid: string, options: { disk?: boolean } = {}) {
    return stats(this.#context, uid, options)
  }
  imageStatus(image: string) {
    return imageStatus(this.#context, image)
  }
  listImages() {
    return listImages(this.#context)
  }
  pullImage(image: string, options?: PullOptions) {
    return pullImage(this.#context, image, options)
  }
  removeImage(image: string) {
    return removeImage(this.#context, image)
  }
  createVolume(config: VolumeConfig) {
    return createVolume(this.#context, config)
  }
  prepareVolumes(volumes: readonly PreparedVolume[]) {
    return prepareVolumes(this.#context, volumes)
  }
  writeVolume(name: string, files: readonly VolumeFile[], { atomic }: { atomic: boolean }) {
    return writeVolume(this.#context, name, { files, atomic })
  }
  volumeUsage(name: string) {
    return volumeUsage(this.#context, name)
  }
  removeVolume(name: string) {
    return removeVolume(this.#context, name)
  }
  listVolumes() {
    return listVolumes(this.#context)
  }
  hostPathType(path: string) {
    return hostPathType(this.#context, path)
  }
  createHostPath(path: string, type: 'Directory' | 'File') {
    return createHostPath(this.#context, path, type)
  }
  readFile(id: string, path: string, limit: number) {
    return readFile(this.#context, id, { path, limit })
  }
  async *events(signal: AbortSignal) {
    // What happened while nobody listened is not known.
    this.#seen.forgetAll()
    for await (const event of events(this.#context, signal)) {
      this.#seen.forget(event.containerId)
      yield event
    }
  }
}
