import { isConditionTrue } from '../../../api/conditions.ts'
import type { Node } from '../../../api/core/node.ts'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { apiVersionOf } from '../../../api/kind.ts'
import { isAllowedNode } from '../../../api/storage/allowed-topologies.ts'
import { annotationOf, storageAnnotations } from '../../../api/storage/binding-annotations.ts'
import {
  hostnameLabel,
  nodeDirectoryPath,
  nodeDirectoryProvisioner,
  nodeOfDirectory,
  volumeDataFinalizer,
} from '../../../api/storage/node-directory.ts'
import type { StorageClass } from '../../../api/storage/storage-class.ts'
import { sizeOfClaim, waitsForConsumer } from '../../../api/storage/volume-matching.ts'
import type { NewObject } from '../../../client/client.ts'

type NewVolume = NewObject<PersistentVolume> & { readonly metadata: { readonly name: string } }

export interface ProvisionFacts {
  readonly storageClass: StorageClass | undefined
  readonly nodes: readonly Node[]
  readonly volumes: readonly PersistentVolume[]
}

export type ProvisionPlan =
  | { readonly type: 'create'; readonly volume: NewVolume }
  | { readonly type: 'refuse'; readonly why: string }
  /** The node that was chosen is no more: the scheduler has to choose again. */
  | { readonly type: 'reschedule'; readonly why: string }

/** The volume for a claim that waits for ours; undefined where it is not our turn. */
export function planProvision(claim: PersistentVolumeClaim, facts: ProvisionFacts): ProvisionPlan | undefined {
  if (annotationOf(claim, 'provisioner') !== nodeDirectoryProvisioner || claim.spec.volumeName || claim.metadata.deletionTimestamp)
    return undefined
  const { storageClass, nodes, volumes } = facts
  const selected = annotationOf(claim, 'selectedNode')
  if (!storageClass || (waitsForConsumer(storageClass) && selected === undefined)) return undefined
  const why = whyRefused(claim)
  if (why) return { type: 'refuse', why }
  const node =
    selected === undefined ? roomiest(eligible(nodes, storageClass), volumes) : nodes.find(({ metadata }) => metadata.name === selected)
  if (node) return { type: 'create', volume: volumeOn(node, claim, storageClass) }
  if (selected === undefined) return { type: 'refuse', why: 'no node is ready to take the volume' }
  return { type: 'reschedule', why: `failed to get target node: nodes "${selected}" not found` }
}

function whyRefused({ spec }: PersistentVolumeClaim): string | undefined {
  if (spec.selector) return 'claim Selector is not supported'
  if (spec.volumeMode === 'Block') return 'block volume provisioning is not supported'
  return spec.dataSource || spec.dataSourceRef ? 'volumes cannot be filled from other objects' : undefined
}

const eligible = (nodes: readonly Node[], { allowedTopologies }: StorageClass): Node[] =>
  nodes.filter(
    node => !node.spec.unschedulable && isConditionTrue(node.status.conditions, 'Ready') && isAllowedNode(node, allowedTopologies),
  )

const hostnameOf = ({ metadata }: Node): string => metadata.labels?.[hostnameLabel] ?? metadata.name

/** The node with the fewest volumes. */
function roomiest(nodes: readonly Node[], volumes: readonly PersistentVolume[]): Node | undefined {
  const countOn = (node: Node) => volumes.filter(volume => nodeOfDirectory(volume) === hostnameOf(node)).length
  return nodes
    .map(node => ({ node, count: countOn(node) }))
    .sort((a, b) => a.count - b.count || (a.node.metadata.name < b.node.metadata.name ? -1 : 1))[0]?.node
}

/** The name makes it the claim's only one, however often it is made. */
function volumeOn(node: Node, claim: PersistentVolumeClaim, { metadata, reclaimPolicy = 'Delete', mountOptions }: StorageClass): NewVolume {
  const { name, namespace = '', uid, resourceVersion } = claim.metadata
  const volume = `pvc-${uid}`
  return {
    metadata: {
      name: volume,
      annotations: { [storageAnnotations.provisionedBy]: nodeDirectoryProvisioner },
      ...(reclaimPolicy === 'Delete' ? { finalizers: [volumeDataFinalizer] } : {}),
    },
    spec: {
      capacity: { storage: sizeOfClaim(claim) },
      accessModes: [...(claim.spec.accessModes ?? [])],
      claimRef: {
        kind: PersistentVolumeClaim.kind,
        apiVersion: apiVersionOf(PersistentVolumeClaim),
        namespace,
        name,
        uid,
        resourceVersion,
      },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: metadata.name,
      volumeMode: 'Filesystem' as const,
      local: { path: nodeDirectoryPath(volume) },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: hostnameLabel, operator: 'In', values: [hostnameOf(node)] }] }] },
      },
      ...(mountOptions ? { mountOptions: [...mountOptions] } : {}),
    },
  }
}
