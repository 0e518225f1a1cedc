import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { classOf } from '../../../api/core/storage-class-annotation.ts'
import { annotationOf } from '../../../api/storage/binding-annotations.ts'
import type { StorageClass } from '../../../api/storage/storage-class.ts'
import { findVolume, isBoundTo, waitsForConsumer, whyUnsuitable } from '../../../api/storage/volume-matching.ts'
import type { EventText } from '../../../client/event-recorder.ts'
import { provisionerOf } from './in-tree-provisioners.ts'

export interface ClaimFacts {
  readonly volumes: readonly PersistentVolume[]
  /** The class that the claim names, when there is one of that name. */
  readonly storageClass: StorageClass | undefined
  /** Names of pods that use the claim and have no node yet. */
  readonly waitingPods: readonly string[]
}

export type ClaimPlan =
  /** Both are to say that they belong together; nothing is written that is said already. */
  | { readonly type: 'bind'; readonly volume: PersistentVolume }
  | { readonly type: 'wait'; readonly event?: EventText }
  /** Somebody is to make a volume: the provisioner is told by an annotation. */
  | { readonly type: 'provision'; readonly provisioner: string; readonly event: EventText }
  /** No way to make one. */
  | { readonly type: 'fail'; readonly event: EventText }
  | { readonly type: 'lost'; readonly event: EventText }

const normal = (reason: string, message: string): EventText => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): EventText => ({ type: 'Warning', reason, message })

/** What a claim needs next (upstream's syncClaim). Throws for what can only come of somebody's meddling. */
export function planClaim(claim: PersistentVolumeClaim, facts: ClaimFacts): ClaimPlan {
  if (annotationOf(claim, 'bindCompleted') !== undefined) return planBound(claim, facts)
  return claim.spec.volumeName ? planNamed(claim, facts) : planUnbound(claim, facts)
}

function planUnbound(claim: PersistentVolumeClaim, facts: ClaimFacts): ClaimPlan {
  const { volumes, storageClass } = facts
  const delayed = waitsForConsumer(storageClass)
  const volume = findVolume(claim, volumes, { delayed })
  if (volume) return { type: 'bind', volume }
  if (delayed && annotationOf(claim, 'selectedNode') === undefined) return { type: 'wait', event: unplaced(facts) }
  if (classOf(claim) !== '') return planProvision(claim, storageClass)
  return {
    type: 'wait',
    event: normal('FailedBinding', 'no persistent volumes available for this claim and no storage class is set'),
  }
}

const unplaced = ({ waitingPods }: ClaimFacts): EventText =>
  waitingPods[0] === undefined
    ? normal('WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
    : normal('WaitForPodScheduled', `waiting for pod ${waitingPods[0]} to be scheduled`)

function planProvision(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): ClaimPlan {
  const failed = (message: string): ClaimPlan => ({ type: 'fail', event: warning('ProvisioningFailed', message) })
  if (!storageClass) return failed(`storageclass.storage.k8s.io "${classOf(claim)}" not found`)
  const provisioner = provisionerOf(storageClass)
  if (!provisioner) return failed(`no volume plugin matched name: ${storageClass.provisioner}`)
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  return { type: 'provision', provisioner, event: normal('ExternalProvisioning', message) }
}

/** A user chose the volume, or the controller had no time to say that it was done. */
function planNamed(claim: PersistentVolumeClaim, { volumes }: ClaimFacts): ClaimPlan {
  const { namespace = '', name } = claim.metadata
  const volume = volumes.find(({ metadata }) => metadata.name === claim.spec.volumeName)
  if (!volume) return { type: 'wait' }
  const { claimRef } = volume.spec
  if (!claimRef) {
    const why = whyUnsuitable(volume, claim)
    if (why === undefined) return { type: 'bind', volume }
    return { type: 'wait', event: warning('VolumeMismatch', `Cannot bind to requested volume "${volume.metadata.name}": ${why}`) }
  }
  if (isBoundTo(volume, claim)) return { type: 'bind', volume }
  if (annotationOf(claim, 'boundByController') !== undefined) {
    const other = `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`
    throw new Error(
      `invalid binding of claim "${namespace}/${name}" to volume "${volume.metadata.name}": volume already claimed by "${other}"`,
    )
  }
  return {
    type: 'wait',
    event: warning('FailedBinding', `volume "${volume.metadata.name}" already bound to a different claim.`),
  }
}

function planBound(claim: PersistentVolumeClaim, { volumes }: ClaimFacts): ClaimPlan {
  const lost = (reason: string, message: string): ClaimPlan => ({ type: 'lost', event: warning(reason, message) })
  const { volumeName } = claim.spec
  if (!volumeName) return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  const volume = volumes.find(({ metadata }) => metadata.name === volumeName)
  if (!volume) return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  if (volume.spec.claimRef && volume.spec.claimRef.uid !== claim.metadata.uid)
    return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
  return { type: 'bind', volume }
}
