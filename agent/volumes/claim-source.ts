import type { PersistentVolume } from '../../api/core/persistent-volume.ts'
import type { HostPathVolumeSource, Volume } from '../../api/core/volume.ts'
import { nodeDirectoryAt } from '../../api/storage/node-directory.ts'
import { MountProblem } from './mount-error.ts'

/** What a node mounts for a claim. */
export type ClaimSource =
  /** A directory that the node keeps, by the runtime's name for it. */
  | { readonly type: 'directory'; readonly volume: string }
  /** A path of the machine; `local` ones have to be there, the others are what their type says. */
  | { readonly type: 'local'; readonly path: string }
  | { readonly type: 'hostPath'; readonly source: HostPathVolumeSource }

/** What of the volume is mounted. Throws, in upstream's words, where this node has no plugin for it. */
export function claimSource({ metadata, spec }: PersistentVolume): ClaimSource {
  const failed = (operation: string, why: string) => new MountProblem(`${operation} for volume "${metadata.name}" : ${why}`)
  if (spec.volumeMode === 'Block') throw failed('MapVolume.SetUpDevice failed', 'block volumes are not supported by this node')
  if (spec.hostPath) return { type: 'hostPath', source: spec.hostPath }
  if (spec.local) {
    const volume = nodeDirectoryAt(spec.local.path)
    return volume === undefined ? { type: 'local', path: spec.local.path } : { type: 'directory', volume }
  }
  if (spec.csi) {
    const why = `kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${spec.csi.driver} not found in the list of registered CSI drivers`
    throw failed('MountVolume.MountDevice failed', why)
  }
  throw failed('MountVolume.SetUp failed', `volumes of type ${typeOf(spec)} are not supported by this node`)
}

/** What a volume's spec says besides where the volume is. */
const common = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
])
const typeOf = (spec: PersistentVolume['spec']): string =>
  Object.entries(spec).find(([key, value]) => value !== undefined && !common.has(key))?.[0] ?? 'unknown'

/** What happens when a volume cannot even be looked for (upstream's desired state of the world populator). */
export const unprocessed = ({ name }: Pick<Volume, 'name'>, why: string): MountProblem =>
  new MountProblem(
    `Unable to attach or mount volumes: unmounted volumes=[${name}], unattached volumes=[], failed to process volumes=[${name}]: ${why}`,
  )
