import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { claimNameOf, isClaimOfPod, whyNotOfPod } from '../../api/core/pod-claims.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Volume } from '../../api/core/volume.ts'
import { messageOf } from '../../common/error-message.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { claimSource, unprocessed, type ClaimSource } from './claim-source.ts'
import { checkHostPath } from './host-path.ts'
import { MountProblem } from './mount-error.ts'
import type { Objects } from './object-reader.ts'

export interface ClaimVolumesOptions {
  readonly objects: Objects
  readonly runtime: Pick<Runtime, 'hostPathType' | 'createHostPath'>
}

/** The volume behind a pod's claim, as this node has it. */
export interface ClaimVolume {
  readonly persistentVolume: string
  readonly source: ClaimSource
  readonly readOnly: boolean
}

/** Finds out which volumes the claims of pods stand for, and remembers it for as long as the pod is here. */
export class ClaimVolumes {
  readonly #options: ClaimVolumesOptions
  readonly #found = new Map<string, Map<string, ClaimVolume>>()

  constructor(options: ClaimVolumesOptions) {
    this.#options = options
  }

  /** Undefined until `find` has found it. */
  get(podUid: string, volume: string): ClaimVolume | undefined {
    return this.#found.get(podUid)?.get(volume)
  }

  /** Asks the API, and checks that the volume can be mounted. Throws MountProblem where it cannot. */
  async find(pod: Pod, volume: Volume): Promise<ClaimVolume> {
    const { uid } = pod.metadata
    const persistentVolume = await this.#persistentVolumeOf(pod, volume)
    const found = {
      persistentVolume: persistentVolume.metadata.name,
      source: claimSource(persistentVolume),
      readOnly: volume.persistentVolumeClaim?.readOnly ?? false,
    }
    if (isExclusive(persistentVolume) && this.#isUsedByAnother(uid, found.persistentVolume)) {
      const why = 'volume uses the ReadWriteOncePod access mode and is already in use by another pod'
      throw new MountProblem(`MountVolume.SetUp failed for volume "${found.persistentVolume}" : ${why}`)
    }
    await this.#check(found)
    const ofPod = this.#found.get(uid) ?? new Map<string, ClaimVolume>()
    this.#found.set(uid, ofPod.set(volume.name, found))
    return found
  }

  forget(podUid: string): void {
    this.#found.delete(podUid)
  }

  async #persistentVolumeOf(pod: Pod, volume: Volume): Promise<PersistentVolume> {
    const { namespace = '' } = pod.metadata
    const name = claimNameOf(pod, volume) ?? ''
    const failed = (why: string) => unprocessed(volume, `error processing PVC ${namespace}/${name}: ${why}`)
    const claim = await this.#options.objects.get(PersistentVolumeClaim, { namespace, name }).catch((error: unknown) => {
      throw failed(`failed to fetch PVC from API server: ${messageOf(error)}`)
    })
    if (volume.ephemeral && !isClaimOfPod(claim, pod)) throw unprocessed(volume, whyNotOfPod(claim, pod))
    if (claim.metadata.deletionTimestamp) throw failed('PVC is being deleted')
    if (claim.status.phase !== 'Bound') throw failed('PVC is not bound')
    const { volumeName } = claim.spec
    if (!volumeName) throw failed('PVC has empty pvc.Spec.VolumeName')
    const found = await this.#options.objects.get(PersistentVolume, { name: volumeName }).catch((error: unknown) => {
      throw failed(`failed to fetch PV ${volumeName} from API server: ${messageOf(error)}`)
    })
    const { claimRef, volumeMode } = found.spec
    if (!claimRef)
      throw failed(`found PV object ${volumeName} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`)
    if (claimRef.uid !== claim.metadata.uid)
      throw failed(
        `found PV object ${volumeName} but its pv.Spec.ClaimRef.UID ${claimRef.uid ?? ''} does not point to claim.UID ${claim.metadata.uid}`,
      )
    if (volumeMode === 'Block' && isMounted(pod, volume.name))
      throw unprocessed(volume, `volume ${volume.name} has volumeMode Block, but is specified in volumeMounts`)
    return found
  }

  async #check({ persistentVolume, source }: ClaimVolume): Promise<void> {
    const { runtime } = this.#options
    try {
      if (source.type === 'hostPath') await checkHostPath(source.source, runtime)
    } catch (error) {
      throw new MountProblem(`MountVolume.SetUp failed for volume "${persistentVolume}" : ${messageOf(error)}`, { cause: error })
    }
    if (source.type !== 'local' || (await runtime.hostPathType(source.path)) !== undefined) return
    throw new MountProblem(
      `MountVolume.NewMounter initialization failed for volume "${persistentVolume}" : path "${source.path}" does not exist`,
    )
  }

  #isUsedByAnother(podUid: string, persistentVolume: string): boolean {
    return [...this.#found].some(
      ([uid, volumes]) => uid !== podUid && [...volumes.values()].some(each => each.persistentVolume === persistentVolume),
    )
  }
}

const isExclusive = ({ spec: { accessModes = [] } }: PersistentVolume): boolean =>
  accessModes.length === 1 && accessModes[0] === 'ReadWriteOncePod'

const isMounted = ({ spec }: Pod, volume: string): boolean =>
  [...(spec.initContainers ?? []), ...spec.containers].some(({ volumeMounts = [] }) => volumeMounts.some(({ name }) => name === volume))
