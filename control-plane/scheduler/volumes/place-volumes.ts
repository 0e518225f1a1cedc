import type { Node } from '../../../api/core/node.ts'
import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { classOf } from '../../../api/core/storage-class-annotation.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { annotationOf } from '../../../api/storage/binding-annotations.ts'
import { isAllowedNode } from '../../../api/storage/allowed-topologies.ts'
import { findVolume, reaches, sizeOfClaim } from '../../../api/storage/volume-matching.ts'
import type { Storage } from '../plugin.ts'
import type { PodClaims } from './pod-claims.ts'

/** What the claims of a pod get when it goes to a node. */
export interface VolumePlacement {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[]
  /** Their volumes are still to be made, for that node. */
  readonly provisions: readonly PersistentVolumeClaim[]
}

export const volumeReasons = {
  node: "node(s) didn't match PersistentVolume's node affinity",
  bind: "node(s) didn't find available persistent volumes to bind",
  missing: 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
} as const

/** Which volumes a pod's claims would have on a node, or why they can have none there (upstream's FindPodVolumes). */
export function placeVolumes(claims: PodClaims, node: Node, storage: Storage): VolumePlacement | readonly string[] {
  const named = claims.bound.map(({ spec }) => storage.volumes.find(({ metadata }) => metadata.name === spec.volumeName))
  if (named.includes(undefined)) return [volumeReasons.missing]
  const boundElsewhere = named.some(volume => volume && !reaches(volume, node))
  const placed = placeUnbound(claims.delayed, node, storage)
  const reasons = [...(boundElsewhere ? [volumeReasons.node] : []), ...(placed ? [] : [volumeReasons.bind])]
  return placed && reasons.length === 0 ? placed : reasons
}

function placeUnbound(claims: readonly PersistentVolumeClaim[], node: Node, storage: Storage): VolumePlacement | undefined {
  const bindings: { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[] = []
  const provisions: PersistentVolumeClaim[] = []
  // The smallest first: a large volume is not wasted on a claim that a small one would do for.
  for (const claim of [...claims].sort((a, b) => compareQuantities(sizeOfClaim(a), sizeOfClaim(b)))) {
    const selected = annotationOf(claim, 'selectedNode')
    if (selected !== undefined && selected !== node.metadata.name) return undefined
    const taken = new Set(bindings.map(({ volume }) => volume.metadata.name))
    const free = storage.volumes.filter(({ metadata }) => !taken.has(metadata.name))
    const volume = selected === undefined ? findVolume(claim, free, { node, delayed: true }) : undefined
    if (volume) bindings.push({ claim, volume })
    else if (canBeMade(claim, node, storage)) provisions.push(claim)
    else return undefined
  }
  return { bindings, provisions }
}

function canBeMade(claim: PersistentVolumeClaim, node: Node, { classes }: Storage): boolean {
  const found = classes.find(({ metadata }) => metadata.name === classOf(claim))
  if (!found || found.provisioner === '' || found.provisioner === 'kubernetes.io/no-provisioner') return false
  return isAllowedNode(node, found.allowedTopologies)
}
