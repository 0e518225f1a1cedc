import { PersistentVolumeClaim, type PersistentVolumeClaimStatus } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume, type PersistentVolumeStatus } from '../../../api/core/persistent-volume.ts'
import { compareQuantities } from '../../../api/quantity.ts'
import { annotated, annotationOf } from '../../../api/storage/binding-annotations.ts'
import { claimedVolume } from '../../../api/storage/claimed-volume.ts'
import { sizeOfVolume } from '../../../api/storage/volume-matching.ts'
import { timestamp } from '../../../api/time.ts'
import type { EventText } from '../../../client/event-recorder.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'

/**
 * Writes what claims and volumes say of each other. Each write stands for itself, is left out when it would change nothing, and
 * may be the last one: whoever comes next finds in the two objects how far it came, and goes on. Returns what is stored then,
 * once the caches show it.
 */
export class VolumeBinder {
  readonly #context: Pick<ControllerContext, 'client' | 'informers' | 'events' | 'clock'>

  constructor(context: Pick<ControllerContext, 'client' | 'informers' | 'events' | 'clock'>) {
    this.#context = context
  }

  /** The volume first: from then on nobody else gets it; what the claim says is the last word. */
  async bind(volume: PersistentVolume, claim: PersistentVolumeClaim, signal: AbortSignal): Promise<void> {
    const reserved = await this.#saveVolume(volume, claimedVolume(volume, claim), signal)
    const bound = await this.setPhase(reserved, { phase: 'Bound' }, signal)
    const named = await this.saveClaim(claim, boundClaim(claim, bound), signal)
    await this.#saveClaimStatus(named, boundStatus(named, bound), signal)
  }

  /** Takes back what the controller said of a volume; what a user said of its claim stays, but without the uid. */
  async unbind(volume: PersistentVolume, signal: AbortSignal): Promise<void> {
    const { claimRef, ...spec } = volume.spec
    const { uid: _, ...reservation } = claimRef ?? {}
    const byController = annotationOf(volume, 'boundByController') !== undefined
    const next = byController
      ? annotated({ ...volume, spec }, { boundByController: undefined })
      : { ...volume, spec: { ...spec, claimRef: reservation } }
    await this.setPhase(await this.#saveVolume(volume, next, signal), { phase: 'Available' }, signal)
  }

  /** An event is told when the phase is a new one. */
  async setPhase(
    volume: PersistentVolume,
    { phase, event }: { readonly phase: NonNullable<PersistentVolumeStatus['phase']>; readonly event?: EventText },
    signal: AbortSignal,
  ): Promise<PersistentVolume> {
    if (volume.status.phase === phase) return volume
    const { client, informers, events, clock } = this.#context
    const message = event ? { message: event.message } : {}
    const status: PersistentVolumeStatus = { phase, ...message, lastPhaseTransitionTime: timestamp(clock.now()) }
    const saved = await client.updateStatus(PersistentVolume, { ...volume, status })
    await informers.for(PersistentVolume).reached(saved.metadata.resourceVersion, signal)
    if (event) events.event(saved, event)
    return saved
  }

  /** A claim without a volume: it waits for one, or has lost the one it had, of which an event tells once. */
  async leaveUnbound(
    claim: PersistentVolumeClaim,
    { phase, event }: { readonly phase: 'Pending' | 'Lost'; readonly event?: EventText },
    signal: AbortSignal,
  ): Promise<void> {
    const isNew = claim.status.phase !== phase
    if (phase === 'Lost' && !isNew) return
    const { accessModes: _, capacity: __, currentVolumeAttributesClassName: ___, ...rest } = claim.status
    const saved = await this.#saveClaimStatus(claim, { ...rest, phase }, signal)
    if (event) this.#context.events.event(saved, event)
  }

  async saveClaim(claim: PersistentVolumeClaim, next: PersistentVolumeClaim, signal: AbortSignal): Promise<PersistentVolumeClaim> {
    if (isEqual(claim, next)) return claim
    const { client, informers } = this.#context
    const saved = await client.update(PersistentVolumeClaim, next)
    await informers.for(PersistentVolumeClaim).reached(saved.metadata.resourceVersion, signal)
    return saved
  }

  async #saveClaimStatus(
    claim: PersistentVolumeClaim,
    status: PersistentVolumeClaimStatus,
    signal: AbortSignal,
  ): Promise<PersistentVolumeClaim> {
    if (isEqual(claim.status, status)) return claim
    const { client, informers } = this.#context
    const saved = await client.updateStatus(PersistentVolumeClaim, { ...claim, status })
    await informers.for(PersistentVolumeClaim).reached(saved.metadata.resourceVersion, signal)
    return saved
  }

  async #saveVolume(volume: PersistentVolume, next: PersistentVolume, signal: AbortSignal): Promise<PersistentVolume> {
    if (isEqual(volume, next)) return volume
    const { client, informers } = this.#context
    const saved = await client.update(PersistentVolume, next)
    await informers.for(PersistentVolume).reached(saved.metadata.resourceVersion, signal)
    return saved
  }
}

function boundClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const { name } = volume.metadata
  const chosen = claim.spec.volumeName === name ? claim : annotated(claim, { boundByController: 'yes' })
  const done = annotationOf(chosen, 'bindCompleted') === undefined ? annotated(chosen, { bindCompleted: 'yes' }) : chosen
  return { ...done, spec: { ...done.spec, volumeName: name } }
}

/** A claim that is bound already keeps its size: what is said of it then is how far an expansion has come. */
function boundStatus({ status }: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaimStatus {
  if (volume.spec.capacity?.['storage'] === undefined)
    throw new Error(`PersistentVolume "${volume.metadata.name}" is without a storage capacity`)
  const { accessModes = [], capacity, volumeAttributesClassName: attributes } = volume.spec
  const given = status.capacity?.['storage']
  const isNew = status.phase !== 'Bound' || given === undefined
  const differs = isNew && (given === undefined || compareQuantities(given, sizeOfVolume(volume)) !== 0)
  return {
    ...status,
    phase: 'Bound',
    accessModes: [...accessModes],
    ...(differs ? { capacity: { ...capacity } } : {}),
    ...(isNew && attributes ? { currentVolumeAttributesClassName: attributes } : {}),
  }
}
