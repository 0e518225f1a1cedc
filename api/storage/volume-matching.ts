import { annotationOf } from './binding-annotations.ts'
import type { StorageClass } from './storage-class.ts'
import type { Node } from '../core/node.ts'
import type { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../core/persistent-volume.ts'
import { classOf } from '../core/storage-class-annotation.ts'
import { matches, selectorFromObject } from '../label-selector.ts'
import { matchesTerm } from '../node-selector.ts'
import { compareQuantities } from '../quantity.ts'

type Claim = PersistentVolumeClaim
type Volume = PersistentVolume

export const sizeOfVolume = ({ spec }: Volume): string => spec.capacity?.['storage'] ?? '0'
export const sizeOfClaim = ({ spec }: Claim): string => spec.resources?.requests?.['storage'] ?? '0'
const modeOf = ({ spec }: Volume | Claim): string => spec.volumeMode ?? 'Filesystem'
const attributesOf = ({ spec }: Volume | Claim): string => spec.volumeAttributesClassName ?? ''

/** Whether the volume is the claim's, or reserved for one of its name (upstream's IsVolumeBoundToClaim). */
export function isBoundTo({ spec: { claimRef } }: Volume, { metadata }: Claim): boolean {
  if (claimRef?.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false
  return !claimRef.uid || claimRef.uid === metadata.uid
}

/** Whether the claim has its volume for good (upstream's IsPVCFullyBound). */
export const isFullyBound = (claim: Claim): boolean => Boolean(claim.spec.volumeName) && annotationOf(claim, 'bindCompleted') !== undefined

/** Whether volumes of the class wait for the first pod that uses them. */
export const waitsForConsumer = (storageClass: StorageClass | undefined): boolean =>
  storageClass?.volumeBindingMode === 'WaitForFirstConsumer'

/** Whether the volume can be reached from the node. */
export function reaches({ spec }: Volume, node: Node): boolean {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms
  return terms === undefined || terms.some(term => matchesTerm(node, term))
}

export const haveSameMode = (volume: Volume, claim: Claim): boolean => modeOf(volume) === modeOf(claim)

const offersModes = ({ spec }: Volume, claim: Claim): boolean =>
  (claim.spec.accessModes ?? []).every(mode => (spec.accessModes ?? []).includes(mode))

/** Why a volume that the claim names is not for it (upstream's checkVolumeSatisfyClaim); undefined when it is. */
export function whyUnsuitable(volume: Volume, claim: Claim): string | undefined {
  if (compareQuantities(sizeOfVolume(volume), sizeOfClaim(claim)) < 0) return 'requested PV is too small'
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match'
  if (attributesOf(volume) !== attributesOf(claim)) return 'VolumeAttributesClassName does not match'
  if (!haveSameMode(volume, claim)) return 'incompatible volumeMode'
  return offersModes(volume, claim) ? undefined : 'incompatible accessMode'
}

export interface Search {
  /** Where it must be reachable; absent: anywhere. */
  readonly node?: Node
  /** The scheduler binds the claim, with a node in mind: without one only a volume that is the claim's already is found. */
  readonly delayed?: boolean
}

/**
 * The smallest volume that satisfies the claim, of those with the fewest access modes besides; one that is reserved for the claim
 * before all others (upstream's findBestMatchForClaim and FindMatchingVolume). Equally good ones are told apart by their names.
 */
export function findVolume(claim: Claim, volumes: readonly Volume[], { node, delayed = false }: Search = {}): Volume | undefined {
  const large = volumes.filter(volume => isLargeEnough(volume, claim) && !volume.metadata.deletionTimestamp)
  const reserved = large.find(volume => isBoundTo(volume, claim) && (node ?? offersModes(volume, claim)))
  if (reserved) return !node || reaches(reserved, node) ? reserved : undefined
  if (delayed && !node) return undefined
  const selector = claim.spec.selector && selectorFromObject(claim.spec.selector)
  const suitable = large.filter(
    volume =>
      volume.status.phase === 'Available' &&
      !volume.spec.claimRef &&
      classOf(volume) === classOf(claim) &&
      attributesOf(volume) === attributesOf(claim) &&
      offersModes(volume, claim) &&
      (!selector || matches(selector, volume.metadata.labels ?? {})) &&
      (!node || reaches(volume, node)),
  )
  return suitable.sort(node ? bySize : (a, b) => modesOf(a) - modesOf(b) || bySize(a, b))[0]
}

const isLargeEnough = (volume: Volume, claim: Claim): boolean =>
  haveSameMode(volume, claim) && compareQuantities(sizeOfVolume(volume), sizeOfClaim(claim)) >= 0

const modesOf = ({ spec }: Volume): number => new Set(spec.accessModes).size
const bySize = (a: Volume, b: Volume): number =>
  compareQuantities(sizeOfVolume(a), sizeOfVolume(b)) || (a.metadata.name < b.metadata.name ? -1 : 1)
