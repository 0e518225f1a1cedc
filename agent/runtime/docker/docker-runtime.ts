import type {
  Abortable,
  AttachOptions,
  ContainerConfig,
  ContainerResources,
  ExecOptions,
  LogOptions,
  PreparedVolume,
  PullOptions,
  Runtime,
  SandboxConfig,
  VolumeConfig,
  VolumeFile,
  WriteOptions,
} from '../runtime.ts'
import { attach } from './attach.ts'
import { updateContainerResources } from './container-resources.ts'
import { createContainer } from './create-container.ts'
import { translated } from './errors.ts'
import { events, imageEvents } from './events.ts'
import { execSync, type ExecSyncOptions } from './exec-sync.ts'
import { exec } from './exec.ts'
import { createHostPath, hostPathType } from './host-path.ts'
import { pullImage } from './image-pull.ts'
import { fillVolume } from './image-volume.ts'
import { imageFsInfo, imagesInUse, imageStatus, listImages, removeImage } from './images.ts'
import { info } from './info.ts'
import { InspectCache, inspectPod, listPods } from './inspect-pod.ts'
import { logs } from './logs.ts'
import { probeOomScore } from './oom-score.ts'
import { once, type DockerContext, type DockerRuntimeOptions } from './options.ts'
import { nestsCgroups } from './pod-cgroup.ts'
import { portForward } from './port-forward.ts'
import { readFile } from './read-file.ts'
import { removeContainer } from './remove-container.ts'
import { createSandbox, removeSandbox, startSandbox, stopSandbox } from './sandbox.ts'
import { startContainer } from './start-container.ts'
import { stats, writtenBytes } from './stats.ts'
import { stopContainer } from './stop-container.ts'
import { createVolume, listVolumes, prepareVolumes, readVolumeFile, removeVolume, volumeUsage, writeVolume } from './volumes.ts'

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
      imageUsers: new Map(),
      lowersOomScore: once(() => translated(probeOomScore(options))),
      nestsCgroups: once(() => nestsCgroups(options.docker)),
    }
  }

  info() {
    return info(this.#context)
  }
  /** Finds out now what the first pod would have to wait for otherwise. */
  async warmUp() {
    await this.#context.lowersOomScore()
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
  async updateContainerResources(id: string, resources: ContainerResources) {
    await updateContainerResources(this.#context, id, resources)
    this.#seen.forget(id)
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
  stats(uid: string) {
    return stats(this.#context, uid)
  }
  writtenBytes() {
    return writtenBytes(this.#context)
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
  imagesInUse() {
    return imagesInUse(this.#context)
  }
  imageFsInfo() {
    return imageFsInfo()
  }
  imageEvents(signal: AbortSignal) {
    return imageEvents(this.#context, signal)
  }
  createVolume(config: VolumeConfig) {
    return createVolume(this.#context, config)
  }
  prepareVolumes(volumes: readonly PreparedVolume[]) {
    return prepareVolumes(this.#context, volumes)
  }
  writeVolume(name: string, files: readonly VolumeFile[], options: WriteOptions) {
    return writeVolume(this.#context, name, { files, ...options })
  }
  readVolumeFile(name: string, path: string) {
    return readVolumeFile(this.#context, name, path)
  }
  fillVolume(name: string, image: string) {
    return fillVolume(this.#context, name, image)
  }
  volumeUsage(name: string) {
    return volumeUsage(this.#context, name)
  }
  removeVolume(name: string) {
    return removeVolume(this.#context, name)
  }
  listVolumes(podUid?: string) {
    return listVolumes(this.#context, podUid)
  }
  hostPathType(path: string) {
    return hostPathType(this.#context, path)
  }
  createHostPath(path: string, type: 'Directory' | 'File') {
    return createHostPath(this.#context, path, type)
  }
  readFile(id: string, path: string, limit: number) {
    return readFile(this.#context, id, { path, limit, source: this.#seen.sourceOf(id, path) })
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
