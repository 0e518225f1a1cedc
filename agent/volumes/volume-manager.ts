import { createHash } from 'node:crypto'
import type { Pod } from '../../api/core/pod.ts'
import type { EmptyDirVolumeSource, Volume } from '../../api/core/volume.ts'
import {
  isRuntimeError,
  type PodIdentity,
  type PreparedVolume,
  type Runtime,
  type VolumeConfig,
  type VolumeFile,
} from '../runtime/runtime.ts'
import type { ClaimVolume, ClaimVolumes } from './claim-volumes.ts'
import { configMapFiles } from './config-map.ts'
import { downwardFiles } from './downward-api.ts'
import { emptyDir } from './empty-dir.ts'
import { checkHostPath } from './host-path.ts'
import type { Objects } from './object-reader.ts'
import { throwFailures } from './mount-error.ts'
import type { ObjectWatches } from './object-watches.ts'
import { hasContent, isClaimed, isShared, mountedVolumes, volumeName, watchedReferences } from './pod-volumes.ts'
import { projectedFiles } from './projected.ts'
import { secretFiles } from './secret.ts'
import type { TokenSource } from './service-account-token.ts'
import { withGroup, type ContentContext } from './volume-source.ts'

/** Where a volume of the pod is found by a container. */
export type MountSource =
  | {
      readonly volume: string
      /** Kubelet mounts what it fills itself read-only, whatever the container asks for. */
      readonly readOnly?: boolean
      /** Of an image nothing is made that is not in it. */
      readonly partsExist?: boolean
    }
  | { readonly hostPath: string; readonly readOnly?: boolean }

export interface VolumeManagerOptions {
  readonly runtime: Pick<
    Runtime,
    | 'volumeUsage'
    | 'readVolumeFile'
    | 'createVolume'
    | 'prepareVolumes'
    | 'writeVolume'
    | 'removeVolume'
    | 'listVolumes'
    | 'hostPathType'
    | 'createHostPath'
  >
  /** What is true now, for pods that start. */
  readonly objects: Objects
  /** What is heard since, for pods that run. */
  readonly watches: Pick<ObjectWatches, 'get' | 'track' | 'forget'>
  readonly tokens: TokenSource
  readonly claims: ClaimVolumes
  readonly hostIp: () => string
  readonly allocatable: () => Readonly<Record<string, string>>
  /** What the containers of a pod may use of memory together, as a quantity. */
  readonly memoryLimit: (pod: Pod) => string | undefined
}

/** What a pod's volumes will hold, read from the API but not yet given to the runtime. */
export interface VolumeContents {
  readonly volumes: readonly PreparedVolume[]
}

export const identityOf = ({ metadata }: Pod): PodIdentity => ({
  uid: metadata.uid,
  name: metadata.name,
  namespace: metadata.namespace ?? '',
})

const baseOf = (pod: Pod, { name }: Volume): VolumeConfig => {
  const gid = pod.spec.securityContext?.fsGroup
  return { name: volumeName(pod, name), pod: identityOf(pod), ...(gid === undefined ? {} : { gid }) }
}

function sourceOf(pod: Pod, volume: Volume, claims: ClaimVolumes): MountSource | undefined {
  if (isClaimed(volume)) return claimedSource(claims.get(pod.metadata.uid, volume.name))
  if (volume.hostPath) return { hostPath: volume.hostPath.path }
  return {
    volume: volumeName(pod, volume.name),
    ...(volume.image ? { readOnly: true, partsExist: true } : {}),
    ...(hasContent(volume) ? { readOnly: true } : {}),
  }
}

function claimedSource(found: ClaimVolume | undefined): MountSource | undefined {
  if (!found) return undefined
  const { source, readOnly } = found
  if (source.type === 'directory') return { volume: source.volume, readOnly }
  return { hostPath: source.type === 'local' ? source.path : source.source.path, readOnly }
}

function digest(files: readonly VolumeFile[]): string {
  const hash = createHash('sha256')
  for (const { path, content, mode, uid, gid } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(JSON.stringify([path, mode, uid, gid, content.length])).update(content)
  return hash.digest('base64')
}

/** Sets up the volumes of pods before their containers start, keeps content current while they run, and takes them away. */
export class VolumeManager {
  readonly #options: VolumeManagerOptions
  readonly #digests = new Map<string, string>()

  constructor(options: VolumeManagerOptions) {
    this.#options = options
  }

  /** The runtime's names of the pod's volumes, known before anything is set up. */
  names(pod: Pod): string[] {
    return mountedVolumes(pod).flatMap(volume => (isShared(volume) ? [] : [volumeName(pod, volume.name)]))
  }

  /** Where each volume will be, by its name in the pod; that of a claim once it has been collected. */
  sources(pod: Pod): Map<string, MountSource> {
    return new Map(
      mountedVolumes(pod).flatMap((volume): [string, MountSource][] => {
        const source = sourceOf(pod, volume, this.#options.claims)
        return source ? [[volume.name, source]] : []
      }),
    )
  }

  /** Makes the volumes, empty as yet: the sandbox that is to hold them mounts them when it is created. */
  async create(pod: Pod): Promise<void> {
    const volumes = mountedVolumes(pod).filter(volume => !isShared(volume))
    await Promise.all(
      volumes.map(async volume => {
        await this.#options.runtime.createVolume({
          ...baseOf(pod, volume),
          ...(volume.emptyDir ? this.#emptyDir(pod, volume.emptyDir) : {}),
        })
      }),
    )
  }

  /** Reads what the volumes are to hold and checks host paths. Throws MountError when something is missing. */
  async collect(pod: Pod): Promise<VolumeContents> {
    const { watches } = this.#options
    watches.track(pod.metadata.uid, watchedReferences(pod))
    const volumes = mountedVolumes(pod)
    const results = await Promise.allSettled(volumes.map(volume => this.#prepared(pod, volume)))
    throwFailures(volumes, results)
    return { volumes: results.flatMap(result => (result.status === 'fulfilled' && result.value ? [result.value] : [])) }
  }

  /** Gives the collected volumes to the runtime. */
  async setUp(pod: Pod, { volumes }: VolumeContents): Promise<void> {
    if (volumes.length > 0) await this.#options.runtime.prepareVolumes(volumes)
    for (const { name, content } of volumes) if (content) this.#digests.set(name, digest(content.files))
  }

  /**
   * Rewrites volumes of a running pod whose content has changed since, as far as watches know it. Throws MountError when what
   * a volume shows is not to be had any more: it goes on showing what it did.
   */
  async refresh(pod: Pod): Promise<void> {
    const { watches } = this.#options
    watches.track(pod.metadata.uid, watchedReferences(pod))
    const volumes = mountedVolumes(pod).filter(hasContent)
    throwFailures(volumes, await Promise.allSettled(volumes.map(volume => this.#refresh(pod, volume))))
  }

  async #refresh(pod: Pod, volume: Volume): Promise<void> {
    const { runtime, watches } = this.#options
    const { name, gid } = baseOf(pod, volume)
    const files = await this.#files(pod, volume, watches)
    const current = digest(files)
    if (this.#digests.get(name) === current) return
    await runtime.writeVolume(name, files, { atomic: true, ...(gid === undefined ? {} : { gid }) })
    this.#digests.set(name, current)
  }

  /** Bytes that the pod's volumes take up, by their name in the pod; those that are not there yet, or no more, are left out. */
  async usage(pod: Pod, counts = (volume: Volume) => !isShared(volume)): Promise<Map<string, number>> {
    const measured = mountedVolumes(pod)
      .filter(counts)
      .map(async ({ name }): Promise<[string, number] | undefined> => {
        try {
          return [name, await this.#options.runtime.volumeUsage(volumeName(pod, name))]
        } catch (error) {
          if (isRuntimeError(error, 'NotFound')) return undefined
          throw error
        }
      })
    return new Map((await Promise.all(measured)).flatMap(found => (found ? [found] : [])))
  }

  /** Those on the node's disk; what is in memory or not the pod's does not count. */
  async diskUsage(pod: Pod): Promise<Map<string, number>> {
    const isOnDisk = ({ emptyDir, configMap, downwardAPI }: Volume) =>
      Boolean((emptyDir && emptyDir.medium !== 'Memory') || configMap || downwardAPI)
    return await this.usage(pod, isOnDisk)
  }

  /** A file of one of the pod's volumes; undefined when it is not there. */
  async readFile(pod: Pod, volume: string, path: string): Promise<Buffer | undefined> {
    return await this.#options.runtime.readVolumeFile(volumeName(pod, volume), path)
  }

  /** Removes whatever volumes the runtime still has of the pod. */
  async release(podUid: string): Promise<void> {
    const { runtime, tokens, watches, claims } = this.#options
    tokens.forget(podUid)
    watches.forget(podUid)
    claims.forget(podUid)
    const names = (await runtime.listVolumes(podUid)).map(({ name }) => name)
    await Promise.all(names.map(name => runtime.removeVolume(name)))
    for (const name of names) this.#digests.delete(name)
  }

  async #prepared(pod: Pod, volume: Volume): Promise<PreparedVolume | undefined> {
    const base = baseOf(pod, volume)
    if (volume.emptyDir) return { ...base, ...this.#emptyDir(pod, volume.emptyDir) }
    if (isClaimed(volume)) return await this.#claimed(pod, volume)
    if (volume.hostPath) {
      await checkHostPath(volume.hostPath, this.#options.runtime)
      return undefined
    }
    // It is filled when a container has pulled the image.
    if (volume.image) return undefined
    // Upstream keeps these in a tmpfs, whose root is sticky; a ConfigMap's files lie on disk.
    const mode = groupMode(volume.configMap ? 0o777 : 0o1777, base.gid, 0o2550)
    return { ...base, mode, content: { files: await this.#files(pod, volume, this.#options.objects), atomic: true } }
  }

  /** The node's own directories are made when they are first used; what they hold becomes the pod's group's. */
  async #claimed(pod: Pod, volume: Volume): Promise<PreparedVolume | undefined> {
    const { source } = await this.#options.claims.find(pod, volume)
    if (source.type !== 'directory') return undefined
    const { fsGroup: gid, fsGroupChangePolicy } = pod.spec.securityContext ?? {}
    const mode = groupMode(0o777, gid, 0o2770)
    if (gid === undefined) return { name: source.volume, mode }
    return { name: source.volume, mode, gid, regroup: fsGroupChangePolicy === 'OnRootMismatch' ? 'OnRootMismatch' : 'Always' }
  }

  #emptyDir(pod: Pod, source: EmptyDirVolumeSource): Pick<VolumeConfig, 'memory' | 'mode'> {
    const limits = { pod: this.#options.memoryLimit(pod), node: this.#options.allocatable()['memory'] }
    const { mode, memory } = emptyDir(source, limits)
    return { mode: groupMode(mode, pod.spec.securityContext?.fsGroup, 0o2770), ...(memory ? { memory } : {}) }
  }

  async #files(pod: Pod, volume: Volume, objects: Objects): Promise<VolumeFile[]> {
    const { tokens, hostIp, allocatable } = this.#options
    const context: ContentContext = {
      pod,
      objects,
      tokens,
      hostIp: hostIp(),
      allocatable: allocatable(),
      podIp: pod.status.podIP,
    }
    return withGroup(await filesOf(volume, context), pod.spec.securityContext?.fsGroup)
  }
}

/** Upstream's SetVolumeOwnership: with an fsGroup, a volume's root is the group's, and so is what is made in it. */
const groupMode = (mode: number, gid: number | undefined, bits: number): number => (gid === undefined ? mode : mode | bits)

async function filesOf(volume: Volume, context: ContentContext): Promise<VolumeFile[]> {
  if (volume.configMap) return await configMapFiles(volume.configMap, context)
  if (volume.secret) {
    const { secretName, ...rest } = volume.secret
    return await secretFiles({ ...rest, ...(secretName ? { name: secretName } : {}) }, context)
  }
  if (volume.downwardAPI) return downwardFiles(volume.downwardAPI.items ?? [], volume.downwardAPI.defaultMode, context)
  if (volume.projected) return await projectedFiles(volume.projected, context)
  const type = Object.keys(volume).find(key => key !== 'name') ?? 'unknown'
  if (volume.csi)
    throw new Error(
      `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name ${volume.csi.driver} not found in the list of registered CSI drivers`,
    )
  throw new Error(`volumes of type ${type} are not supported by this node`)
}
