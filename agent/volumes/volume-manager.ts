import { createHash } from 'node:crypto'
import type { Pod } from '../../api/core/pod.ts'
import type { Volume } from '../../api/core/volume.ts'
import { containersOf } from '../../api/pod-containers.ts'
import { parseQuantity, quantityToNumber } from '../../api/quantity.ts'
import {
  isRuntimeError,
  type PodIdentity,
  type PreparedVolume,
  type Runtime,
  type VolumeConfig,
  type VolumeFile,
} from '../runtime/runtime.ts'
import { messageOf } from '../../common/error-message.ts'
import { configMapFiles } from './config-map.ts'
import { downwardFiles } from './downward-api.ts'
import { emptyDir } from './empty-dir.ts'
import { checkHostPath } from './host-path.ts'
import type { ObjectReader } from './object-reader.ts'
import { projectedFiles } from './projected.ts'
import { secretFiles } from './secret.ts'
import type { TokenSource } from './service-account-token.ts'
import { withGroup, type ContentContext } from './volume-source.ts'

/** Where a volume of the pod is found by a container. */
export type MountSource =
  /** `readOnly`: kubelet mounts what it fills from the API read-only, whatever the container asks for. */
  { readonly volume: string; readonly readOnly?: boolean } | { readonly hostPath: string }

/** One or several volumes of a pod cannot be set up; each with the message that upstream's FailedMount event carries. */
export class MountError extends Error {
  override readonly name = 'MountError'
  readonly failures: readonly string[]

  constructor(failures: readonly string[], options?: ErrorOptions) {
    super(failures.join('; '), options)
    this.failures = failures
  }
}

export interface VolumeManagerOptions {
  readonly runtime: Pick<
    Runtime,
    'volumeUsage' | 'createVolume' | 'prepareVolumes' | 'writeVolume' | 'removeVolume' | 'listVolumes' | 'hostPathType' | 'createHostPath'
  >
  readonly objects: ObjectReader
  readonly tokens: TokenSource
  readonly hostIp: () => string
  readonly allocatable: () => Readonly<Record<string, string>>
}

/** What a pod's volumes will hold, read from the API but not yet given to the runtime. */
export interface VolumeContents {
  readonly volumes: readonly PreparedVolume[]
}

const volumeName = (pod: Pod, volume: string) => `${pod.metadata.uid}_${volume}`
export const identityOf = ({ metadata }: Pod): PodIdentity => ({
  uid: metadata.uid,
  name: metadata.name,
  namespace: metadata.namespace ?? '',
})

const baseOf = (pod: Pod, { name }: Volume): VolumeConfig => {
  const gid = pod.spec.securityContext?.fsGroup
  return { name: volumeName(pod, name), pod: identityOf(pod), ...(gid === undefined ? {} : { gid }) }
}

/** Volumes that some container mounts; the others are never set up. */
function mountedVolumes({ spec }: Pod): Volume[] {
  const names = new Set(containersOf(spec).flatMap(({ container }) => (container.volumeMounts ?? []).map(({ name }) => name)))
  return (spec.volumes ?? []).filter(({ name }) => names.has(name))
}
const hasContent = ({ configMap, secret, downwardAPI, projected }: Volume) => Boolean(configMap ?? secret ?? downwardAPI ?? projected)

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
    return mountedVolumes(pod).flatMap(volume => (volume.hostPath ? [] : [volumeName(pod, volume.name)]))
  }

  /** Where each volume will be, by its name in the pod. */
  sources(pod: Pod): Map<string, MountSource> {
    return new Map(
      mountedVolumes(pod).map(volume => {
        const { name, hostPath } = volume
        return [
          name,
          hostPath ? { hostPath: hostPath.path } : { volume: volumeName(pod, name), ...(hasContent(volume) ? { readOnly: true } : {}) },
        ]
      }),
    )
  }

  /** Makes the volumes, empty as yet: the sandbox that is to hold them mounts them when it is created. */
  async create(pod: Pod): Promise<void> {
    const volumes = mountedVolumes(pod).filter(({ hostPath }) => !hostPath)
    await Promise.all(
      volumes.map(async volume => {
        await this.#options.runtime.createVolume({ ...baseOf(pod, volume), ...(volume.emptyDir ? emptyDir(volume.emptyDir) : {}) })
      }),
    )
  }

  /** Reads what the volumes are to hold and checks host paths. Throws MountError when something is missing. */
  async collect(pod: Pod): Promise<VolumeContents> {
    const volumes = mountedVolumes(pod)
    const results = await Promise.allSettled(volumes.map(volume => this.#prepared(pod, volume)))
    const failures = results.flatMap((result, index) =>
      result.status === 'rejected'
        ? [`MountVolume.SetUp failed for volume "${volumes[index]?.name ?? ''}" : ${messageOf(result.reason)}`]
        : [],
    )
    if (failures.length > 0) throw new MountError(failures)
    return { volumes: results.flatMap(result => (result.status === 'fulfilled' && result.value ? [result.value] : [])) }
  }

  /** Gives the collected volumes to the runtime. */
  async setUp(pod: Pod, { volumes }: VolumeContents): Promise<void> {
    if (volumes.length > 0) await this.#options.runtime.prepareVolumes(volumes)
    for (const { name, content } of volumes) if (content) this.#digests.set(name, digest(content.files))
  }

  /** Rewrites volumes of a running pod whose content has changed since. */
  async refresh(pod: Pod, maxAgeMs: number): Promise<void> {
    const volumes = mountedVolumes(pod).filter(hasContent)
    await Promise.all(
      volumes.map(async volume => {
        const name = volumeName(pod, volume.name)
        const files = await this.#files(pod, volume, maxAgeMs)
        const current = digest(files)
        if (this.#digests.get(name) === current) return
        await this.#options.runtime.writeVolume(name, files, { atomic: true })
        this.#digests.set(name, current)
      }),
    )
  }

  /** The first emptyDir of a running pod that holds more than its sizeLimit, with the limit as it was written. */
  async overLimit(pod: Pod): Promise<{ readonly volume: string; readonly limit: string } | undefined> {
    for (const { name, emptyDir } of mountedVolumes(pod)) {
      const limit = emptyDir?.sizeLimit
      // In memory the limit is the size of the file system: it cannot be exceeded.
      if (!limit || emptyDir.medium === 'Memory' || quantityToNumber(parseQuantity(limit)) <= 0) continue
      const used = await this.#options.runtime.volumeUsage(volumeName(pod, name))
      if (used > quantityToNumber(parseQuantity(limit))) return { volume: name, limit }
    }
    return undefined
  }

  /** What each volume on the node takes up, by its name in the pod; those that are not there yet, or no more, are left out. */
  async usage(pod: Pod): Promise<{ readonly name: string; readonly usedBytes: number }[]> {
    const measured = mountedVolumes(pod)
      .filter(({ hostPath }) => !hostPath)
      .map(async ({ name }) => {
        try {
          return { name, usedBytes: await this.#options.runtime.volumeUsage(volumeName(pod, name)) }
        } catch (error) {
          if (isRuntimeError(error, 'NotFound')) return undefined
          throw error
        }
      })
    return (await Promise.all(measured)).flatMap(found => found ?? [])
  }

  /** Removes whatever volumes the runtime still has of the pod. */
  async release(podUid: string): Promise<void> {
    const { runtime, tokens } = this.#options
    tokens.forget(podUid)
    const names = (await runtime.listVolumes()).filter(volume => volume.podUid === podUid).map(({ name }) => name)
    await Promise.all(names.map(name => runtime.removeVolume(name)))
    for (const name of names) this.#digests.delete(name)
  }

  async #prepared(pod: Pod, volume: Volume): Promise<PreparedVolume | undefined> {
    const base = baseOf(pod, volume)
    if (volume.emptyDir) return { ...base, ...emptyDir(volume.emptyDir) }
    if (volume.hostPath) {
      await checkHostPath(volume.hostPath, this.#options.runtime)
      return undefined
    }
    // Upstream keeps these in a tmpfs, whose root is sticky; a ConfigMap's files lie on disk.
    const mode = volume.configMap ? 0o777 : 0o1777
    return { ...base, mode, content: { files: await this.#files(pod, volume, 0), atomic: true } }
  }

  async #files(pod: Pod, volume: Volume, maxAgeMs: number): Promise<VolumeFile[]> {
    const { objects, tokens, hostIp, allocatable } = this.#options
    const context: ContentContext = {
      pod,
      objects,
      tokens,
      maxAgeMs,
      hostIp: hostIp(),
      allocatable: allocatable(),
      podIp: pod.status.podIP,
    }
    return withGroup(await filesOf(volume, context), pod.spec.securityContext?.fsGroup)
  }
}

async function filesOf(volume: Volume, context: ContentContext): Promise<VolumeFile[]> {
  if (volume.configMap) return await configMapFiles(volume.configMap, context)
  if (volume.secret) {
    const { secretName, ...rest } = volume.secret
    return await secretFiles({ ...rest, ...(secretName ? { name: secretName } : {}) }, context)
  }
  if (volume.downwardAPI) return downwardFiles(volume.downwardAPI.items ?? [], volume.downwardAPI.defaultMode, context)
  if (volume.projected) return await projectedFiles(volume.projected, context)
  const type = Object.keys(volume).find(key => key !== 'name') ?? 'unknown'
  throw new Error(`volumes of type ${type} are not supported by this node`)
}
