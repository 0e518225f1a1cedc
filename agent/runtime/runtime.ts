import type { Duplex, Readable, Writable } from 'node:stream'

/**
 * What the kubelet asks of a container runtime, shaped like the CRI. No Docker word crosses this interface. All state is in
 * the runtime: names make creation idempotent, labels tell a restarted agent what is whose.
 *
 * A pod starts fastest like this: `createSandbox` (a few ms), then together `startSandbox`, `prepareVolumes` with all of the
 * pod's volumes, and `createContainer` for whatever does not need the pod's address; when all are done, `startContainer`.
 * Only `startContainer` needs the sandbox to run. `runSandbox` is both steps in one.
 */
export interface Runtime {
  info(): Promise<RuntimeInfo>

  /** Creates, without starting it, the container that holds the pod's namespaces; its id is enough for createContainer. */
  createSandbox(config: SandboxConfig, options?: Abortable): Promise<string>
  /** Starts it. A sandbox that runs already is fine. */
  startSandbox(id: string, options?: Abortable): Promise<Sandbox>
  /** createSandbox and startSandbox in one. */
  runSandbox(config: SandboxConfig, options?: Abortable): Promise<Sandbox>
  /** Kills everything in the sandbox that still runs; a sandbox that is gone is fine. */
  stopSandbox(id: string): Promise<void>
  removeSandbox(id: string): Promise<void>

  /** Everything of this node, dead or alive; times and errors may be missing, inspectPod has them. */
  listPods(): Promise<ObservedPod[]>
  /** One pod's sandboxes and containers, in full. */
  inspectPod(uid: string): Promise<ObservedPod>

  /** Returns the id. Idempotent by pod, name and attempt. Throws RuntimeError 'ImageNotFound' when the image is not here. */
  createContainer(config: ContainerConfig, options?: Abortable): Promise<string>
  /** Throws RuntimeError 'StartFailed' with the runtime's message when the process cannot be started. */
  startContainer(id: string): Promise<void>
  /** Sends `signal` (default: the image's), waits `graceSeconds`, then kills. A container that is gone or stopped is fine. */
  stopContainer(id: string, options: { graceSeconds: number; signal?: string }): Promise<void>
  removeContainer(id: string): Promise<void>
  /** Changes what a running container, or the containers of a sandbox together, may use; what is not mentioned stays. */
  updateContainerResources(id: string, resources: ContainerResources): Promise<void>

  /** Runs a command to its end. Throws RuntimeError 'Timeout' after `timeoutSeconds`. */
  execSync(id: string, options: { command: readonly string[]; timeoutSeconds?: number; signal?: AbortSignal }): Promise<ExecResult>
  exec(id: string, options: ExecOptions): Promise<ExecSession>
  attach(id: string, options: AttachOptions): Promise<ExecSession>
  /**
   * A connection to a port inside the sandbox's network namespace, on its loopback address. A RuntimeError, thrown or as the
   * connection's, says that it could not be made; any other error of the connection is that it broke.
   */
  portForward(sandboxId: string, port: number): Promise<Duplex>
  /** The container's output: `stdout`/`stderr` frames with their time. */
  logs(id: string, options: LogOptions): AsyncIterable<LogLine>
  /** What a pod uses now, but for disks. */
  stats(uid: string): Promise<PodStats>
  /** What every container of this node, running or not, has written to its own file system. Costs the engine a walk through it. */
  writtenBytes(): Promise<WrittenBytes[]>

  imageStatus(image: string): Promise<ImageInfo | undefined>
  listImages(): Promise<ImageInfo[]>
  /**
   * Resolves to the image's id. Throws RuntimeError 'ImageNotFound' | 'Unauthorized' | 'InvalidImageName' | 'Unknown', or
   * 'RegistryUnavailable' when no registry could be reached: an answer of a registry, whatever it is, is one of the others.
   */
  pullImage(image: string, options?: PullOptions): Promise<string>
  /**
   * Removes a name of an image, and the image with its last one; by id, the image with all of its names. An image that is gone is
   * fine. Throws RuntimeError 'Conflict' while a container, whoever's, was made of the image that would go.
   */
  removeImage(image: string): Promise<void>
  /** Ids of the images that any container of the machine was made of, running or not, whoever's it is. */
  imagesInUse(): Promise<ReadonlySet<string>>
  /** The file system that images lie on. */
  imageFsInfo(): Promise<FileSystemInfo>
  /** Images come and go: hints, never the truth. Ends when the stream breaks. */
  imageEvents(signal: AbortSignal): AsyncIterable<ImageEvent>

  /** Creates the volume unless it is there; idempotent by name. A volume on disk gets `mode` and `gid` from prepareVolumes. */
  createVolume(config: VolumeConfig): Promise<void>
  /** createVolume and writeVolume for all of a pod's volumes in one go: one trip to the runtime instead of one per volume. */
  prepareVolumes(volumes: readonly PreparedVolume[]): Promise<void>
  /**
   * Replaces what the volume holds by `files`. With `atomic` the way kubelet does: into a directory of its own, then the
   * `..data` symlink is switched by a rename, so that a reader sees all of the old or all of the new. `gid` is the group of
   * what has none of its own.
   */
  writeVolume(name: string, files: readonly VolumeFile[], options: WriteOptions): Promise<void>
  /** Reads a file of a volume; undefined when it is not there. Throws when links lead out of the volume. */
  readVolumeFile(name: string, path: string): Promise<Buffer | undefined>
  /** Fills a volume with the files of an image, once. Throws RuntimeError 'ImageNotFound' when the image is not here. */
  fillVolume(name: string, image: string): Promise<void>
  /** Bytes that the files of a volume take up; throws NotFound when it is nowhere to be seen. */
  volumeUsage(name: string): Promise<number>
  removeVolume(name: string): Promise<void>
  /** Of every pod, or of one. */
  listVolumes(podUid?: string): Promise<{ name: string; podUid: string }[]>
  /** What stands at a path of the host; undefined when nothing does. */
  hostPathType(path: string): Promise<'Directory' | 'File' | 'Socket' | 'CharDevice' | 'BlockDevice' | undefined>
  createHostPath(path: string, type: 'Directory' | 'File'): Promise<void>
  /**
   * Reads a file of a container, running or not; undefined when it is not there. At most `limit` bytes from its end. What a
   * container wrote below /dev is gone when it ends unless it is a mount: the termination log is a file of a volume, mounted
   * there by `subPath`.
   */
  readFile(id: string, path: string, limit: number): Promise<Buffer | undefined>

  /** Container changes of this node as they happen; hints, never the truth. Ends when the stream breaks. */
  events(signal: AbortSignal): AsyncIterable<RuntimeEvent>
}

export interface Abortable {
  readonly signal?: AbortSignal
}

export interface RuntimeInfo {
  /** `docker` */
  readonly name: string
  readonly version: string
  readonly osImage: string
  readonly kernelVersion: string
  readonly operatingSystem: string
  readonly architecture: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly machineId?: string
  readonly cgroupVersion: 1 | 2
  /** Whether it can confine containers by AppArmor profiles. */
  readonly appArmor: boolean
  /** Whether containers get user ids of their own, which are nobody's on the host. */
  readonly userNamespaces: boolean
  /** Whether mounts below a read-only one can be made read-only too. */
  readonly recursiveReadOnlyMounts: boolean
}

/** Which pod a sandbox, container or volume belongs to; kept in labels. */
export interface PodIdentity {
  readonly uid: string
  readonly name: string
  readonly namespace: string
}

export interface SandboxConfig {
  readonly pod: PodIdentity
  /** Counts sandboxes of this pod: 0, then 1 after the first died. */
  readonly attempt: number
  readonly hostname: string
  /** The names that the pod's address has in its hosts file, the fully qualified one first; default: the hostname. */
  readonly names?: readonly string[]
  /** `pod`: own namespace on the node's pod network. `node`: the node's namespace. */
  readonly network: 'pod' | 'node'
  readonly dns: { readonly servers: readonly string[]; readonly searches: readonly string[]; readonly options: readonly string[] }
  readonly extraHosts?: readonly { readonly ip: string; readonly hostnames: readonly string[] }[]
  readonly sysctls?: Readonly<Record<string, string>>
  readonly hostPid?: boolean
  readonly hostIpc?: boolean
  /** Volumes to keep mounted while the sandbox lives: those of the pod. A tmpfs would lose its files between containers. */
  readonly volumes?: readonly string[]
  /**
   * What the containers of the pod may use together, where the runtime can hold them together; it counts for those that are
   * created with `withinSandbox`.
   */
  readonly resources?: ContainerResources
  readonly labels?: Readonly<Record<string, string>>
}

export interface Sandbox {
  readonly id: string
  /** Its address, found out when somebody asks: most pods run without anybody needing it at once. */
  readonly ip: () => Promise<string | undefined>
}

export interface ContainerConfig {
  readonly pod: PodIdentity
  readonly sandboxId: string
  readonly name: string
  /** Counts containers of this name in this pod: its restart count. */
  readonly attempt: number
  readonly kind: 'init' | 'app' | 'ephemeral'
  readonly image: string
  /** Absent: the image's. */
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly workingDir?: string
  /** In order; later entries win. */
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly mounts: readonly Mount[]
  readonly resources: ContainerResources
  /** What it uses counts against the resources of its sandbox. */
  readonly withinSandbox?: boolean
  readonly security: ContainerSecurity
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly tty?: boolean
  readonly stopSignal?: string
  /** Share the sandbox's (or, with a container id, that container's) process namespace. */
  readonly pidNamespace?: 'container' | 'pod' | 'node' | { readonly containerId: string }
  readonly shmBytes?: number
  /** Facts the agent wants back after a restart: container hash, termination message path and policy, grace period. */
  readonly annotations?: Readonly<Record<string, string>>
}

export type Mount = {
  /** What the user calls it, for messages. */
  readonly name?: string
  readonly target: string
  readonly readOnly: boolean
  /** Read-only with all that is mounted below; only where `info` says that it can be. */
  readonly recursiveReadOnly?: boolean
  readonly propagation?: 'None' | 'HostToContainer' | 'Bidirectional'
  /** A part of it, made as a directory when it is missing and `partsExist` is not set. Throws 'UnsafeSubPath' when links in it lead out of the volume. */
  readonly subPath?: string
  readonly partsExist?: boolean
} & (
  | {
      readonly volume: string
      /** No container can put a link at `subPath`: it need not be looked at. */
      readonly noLinks?: boolean
    }
  | { readonly hostPath: string }
)

/** What absent is not limited; upstream's LinuxContainerResources. */
export interface ContainerResources {
  readonly cpuShares?: number
  readonly cpuQuotaMicros?: number
  readonly cpuPeriodMicros?: number
  readonly memoryBytes?: number
  readonly pidsLimit?: number
  readonly oomScoreAdj?: number
}

export interface ContainerSecurity {
  /** `user` or `user:group`, by name or number. Absent: the image's. */
  readonly user?: string
  readonly groups?: readonly string[]
  /** Whether the groups that the image's /etc/group lists for the user are added; default Merge. */
  readonly groupsPolicy?: 'Merge' | 'Strict'
  readonly privileged?: boolean
  readonly readOnlyRootFilesystem?: boolean
  readonly addCapabilities?: readonly string[]
  readonly dropCapabilities?: readonly string[]
  readonly noNewPrivileges?: boolean
  readonly seccomp?: 'RuntimeDefault' | 'Unconfined' | { readonly json: string }
  readonly appArmor?: string
  /** Ignored where there is no SELinux. */
  readonly seLinux?: { readonly user?: string; readonly role?: string; readonly type?: string; readonly level?: string }
}

export interface ObservedPod {
  readonly identity: PodIdentity
  /** Newest first. */
  readonly sandboxes: readonly ObservedSandbox[]
  /** Newest attempt first within a name; but one that runs in the newest sandbox stands before all others of its name. */
  readonly containers: readonly ObservedContainer[]
}
export interface ObservedSandbox {
  readonly id: string
  readonly attempt: number
  /** `created`: never started. `notReady`: ended, or running on without the network it was made for. */
  readonly state: 'created' | 'ready' | 'notReady'
  readonly ip?: string
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  /** What its containers may use together; from inspectPod only, and absent when nothing holds them together. */
  readonly resources?: ContainerResources
}
export interface ObservedContainer {
  readonly id: string
  readonly name: string
  readonly attempt: number
  readonly kind: 'init' | 'app' | 'ephemeral'
  readonly sandboxId: string
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: string
  readonly startedAt?: string
  readonly finishedAt?: string
  /** It runs, but not for the first time: somebody other than the agent started it again after it had ended. */
  readonly restarted?: boolean
  readonly exitCode?: number
  readonly oomKilled?: boolean
  /** The runtime's own words when the container could not be started. */
  readonly error?: string
  readonly image: string
  readonly imageId: string
  readonly annotations: Readonly<Record<string, string>>
  /** What it may use; from inspectPod only. */
  readonly resources?: ContainerResources
}

export interface ExecResult {
  readonly exitCode: number
  /** Standard output and error as they came, at most 16 KiB. */
  readonly output: Buffer
}
export interface ExecOptions {
  readonly command: readonly string[]
  readonly stdin?: Readable
  readonly stdout?: Writable
  /** Absent with a TTY. */
  readonly stderr?: Writable
  readonly tty: boolean
}
export interface AttachOptions {
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
  readonly tty: boolean
}
export interface ExecSession {
  /** Resolves to the exit code once the process has ended and its output is delivered. */
  readonly exit: Promise<number>
  resize(size: { width: number; height: number }): Promise<void>
  /** Closes the streams; the process goes on as upstream's does. */
  close(): void
}
export interface LogOptions {
  readonly follow: boolean
  readonly sinceTime?: Date
  readonly tailLines?: number
  readonly signal: AbortSignal
}
export interface LogLine {
  readonly stream: 'stdout' | 'stderr'
  /** RFC 3339 with nanoseconds, as the runtime wrote it. */
  readonly time: string
  /** With its line end, when it had one. */
  readonly text: Buffer
}
export interface ContainerStats {
  readonly name: string
  readonly id: string
  readonly image: string
  readonly cpuNanoseconds: number
  readonly memoryBytes: number
  readonly workingSetBytes: number
  /** Memory of no file. */
  readonly rssBytes: number
  readonly pageFaults: number
  readonly majorPageFaults: number
  /** Processes and threads. */
  readonly processes: number
  readonly time: string
}
export interface InterfaceStats {
  readonly name: string
  readonly rxBytes: number
  readonly rxErrors: number
  readonly txBytes: number
  readonly txErrors: number
}
/** Of what runs only. */
export interface PodStats {
  readonly containers: readonly ContainerStats[]
  readonly sandbox?: ContainerStats
  /** None for a pod on the node's network. */
  readonly interfaces: readonly InterfaceStats[]
}
export interface WrittenBytes {
  readonly podUid: string
  readonly name: string
  readonly id: string
  readonly bytes: number
}

export interface ImageInfo {
  readonly id: string
  readonly tags: readonly string[]
  readonly digests: readonly string[]
  readonly sizeBytes: number
  /** The image's default user, for runAsNonRoot. */
  readonly user?: string
}
export interface PullOptions extends Abortable {
  readonly credentials?: RegistryCredentials
  /** Hears of everything that moves, as it moves; silence means that nothing does. */
  readonly onProgress?: (progress: PullProgress) => void
}
export interface PullProgress {
  readonly downloadedBytes: number
  /** Of the layers whose size is known by now. */
  readonly totalBytes: number
  readonly layers: number
  /** Layers that are unpacked, or were here before. */
  readonly layersDone: number
}
export interface ImageEvent {
  readonly type: 'added' | 'removed'
  /** The name or the id. */
  readonly image: string
}
export interface FileSystemInfo {
  readonly capacityBytes: number
  readonly availableBytes: number
}
export interface RegistryCredentials {
  readonly username: string
  readonly password: string
  readonly serverAddress: string
}

export interface VolumeConfig {
  readonly name: string
  /** Whose it is; absent: nobody's, so that it is not listed and stays until it is removed. */
  readonly pod?: PodIdentity
  /** A tmpfs of at most this size (0: no limit) instead of a directory on disk. */
  readonly memory?: { readonly sizeBytes: number }
  /** Permission bits of the volume's root; default 0777. */
  readonly mode?: number
  /** Group of everything in the volume (fsGroup); its directories hand the group on to what is made in them. */
  readonly gid?: number
}
export interface WriteOptions {
  readonly atomic: boolean
  /** The volume's group. */
  readonly gid?: number
}
export interface PreparedVolume extends VolumeConfig {
  /** Absent: created empty, or left as it is. */
  readonly content?: { readonly files: readonly VolumeFile[]; readonly atomic: boolean }
  /** What is in the volume already becomes the group's too: always, or when its root is not the group's yet. Only on disk. */
  readonly regroup?: 'Always' | 'OnRootMismatch'
}
export interface VolumeFile {
  readonly path: string
  readonly content: Buffer
  /** Permission bits. */
  readonly mode: number
  readonly uid?: number
  readonly gid?: number
}

export interface RuntimeEvent {
  readonly podUid: string
  readonly containerId: string
  readonly type: 'created' | 'started' | 'died' | 'removed' | 'oom'
}

export type RuntimeErrorReason =
  | 'NotFound'
  | 'Conflict'
  | 'StartFailed'
  | 'Timeout'
  | 'ImageNotFound'
  | 'RegistryUnavailable'
  | 'Unauthorized'
  | 'InvalidImageName'
  | 'HostPathMissing'
  | 'UnsafeSubPath'
  | 'Unavailable'
  | 'Unknown'

export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  readonly reason: RuntimeErrorReason

  constructor(reason: RuntimeErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
export const isRuntimeError = (error: unknown, reason: RuntimeErrorReason): boolean =>
  error instanceof RuntimeError && error.reason === reason
