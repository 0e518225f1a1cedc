import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { Pod } from '../../../api/core/pod.ts'
import { classOf } from '../../../api/core/storage-class-annotation.ts'
import { claimNamesOf } from '../../../api/core/pod-claims.ts'
import { isNotFound } from '../../../api/errors.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'
import { annotated, annotationOf } from '../../../api/storage/binding-annotations.ts'
import { defaultStorageClassOf, namesNoClass } from '../../../api/storage/default-storage-class.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { planClaim, type ClaimPlan } from './plan-claim.ts'
import { planVolume, whyNotReclaimed, type VolumePlan } from './plan-volume.ts'
import { VolumeBinder } from './volume-binder.ts'

const [claimPrefix, volumePrefix] = ['claim:', 'volume:']
const keyOfClaim = (claim: PersistentVolumeClaim) => `${claimPrefix}${keyOf(claim)}`
const isBinding = (claim: PersistentVolumeClaim): boolean => annotationOf(claim, 'bindCompleted') === undefined

/** The key of the claim that a volume names. */
const claimKey = ({ spec: { claimRef } }: PersistentVolume): string | undefined =>
  claimRef && `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`

/** Brings claims and volumes together, and says of both what has become of them (upstream's PersistentVolumeController). */
export const persistentVolumeController = (context: ControllerContext): Controller => new PersistentVolumes(context)

class PersistentVolumes implements Controller {
  readonly name = 'persistentvolume-controller'
  /** One after the other: two claims must not choose the same volume. */
  readonly workers = 1
  readonly #context: ControllerContext
  readonly #binder: VolumeBinder
  readonly #claiming
  readonly #waitingForClaim
  readonly #unbound

  constructor(context: ControllerContext) {
    const { informers } = context
    this.#context = context
    this.#binder = new VolumeBinder(context)
    this.#claiming = informers.for(PersistentVolume).cache.index('claim', volume => [claimKey(volume) ?? ''])
    this.#unbound = informers.for(PersistentVolumeClaim).cache.index('binding', claim => (isBinding(claim) ? ['yes'] : []))
    this.#waitingForClaim = informers
      .for(Pod)
      .cache.index('waiting-for-claim', pod =>
        pod.spec.nodeName || isPodFinished(pod) ? [] : claimNamesOf(pod).map(name => `${pod.metadata.namespace ?? ''}/${name}`),
      )
  }

  get watches() {
    return [
      watching(PersistentVolumeClaim, claim => this.#concernedByClaim(claim)),
      watching(PersistentVolume, volume => this.#concernedByVolume(volume)),
      watching(StorageClass, () => this.#unbound('yes').map(keyOfClaim)),
      // Only looked at: a claim tells by its events which pod it waits for.
      watching(Pod, () => []),
    ]
  }

  #concernedByClaim(claim: PersistentVolumeClaim): string[] {
    const volumes = new Set(this.#claiming(keyOf(claim)).map(({ metadata }) => metadata.name))
    if (claim.spec.volumeName) volumes.add(claim.spec.volumeName)
    return [keyOfClaim(claim), ...[...volumes].map(name => `${volumePrefix}${name}`)]
  }

  /** Besides its own claim those that name it, and as long as it is free those that it may be what they wait for. */
  #concernedByVolume(volume: PersistentVolume): string[] {
    const { name } = volume.metadata
    const isFree = volume.spec.claimRef === undefined
    const waiting = this.#unbound('yes').filter(
      claim => claim.spec.volumeName === name || (isFree && !claim.spec.volumeName && classOf(claim) === classOf(volume)),
    )
    const named = claimKey(volume)
    return [`${volumePrefix}${name}`, ...(named ? [`${claimPrefix}${named}`] : []), ...waiting.map(keyOfClaim)]
  }

  async reconcile(key: string, signal: AbortSignal): Promise<void> {
    const { informers } = this.#context
    if (key.startsWith(claimPrefix)) {
      const claim = informers.for(PersistentVolumeClaim).cache.get(key.slice(claimPrefix.length))
      if (claim) await this.#syncClaim(claim, signal)
    } else {
      const volume = informers.for(PersistentVolume).cache.get(key.slice(volumePrefix.length))
      if (volume) await this.#syncVolume(volume, signal)
    }
  }

  async #syncClaim(found: PersistentVolumeClaim, signal: AbortSignal): Promise<void> {
    const { informers } = this.#context
    const claim = await this.#withDefaultClass(found, signal)
    const storageClass = informers.for(StorageClass).cache.get(classOf(claim))
    const volumes = informers.for(PersistentVolume).cache.list()
    const waitingPods = this.#waitingForClaim(keyOf(claim)).map(({ metadata }) => metadata.name)
    await this.#actOnClaim(claim, planClaim(claim, { volumes, storageClass, waitingPods }), signal)
  }

  async #actOnClaim(claim: PersistentVolumeClaim, plan: ClaimPlan, signal: AbortSignal): Promise<void> {
    const { events } = this.#context
    switch (plan.type) {
      case 'bind':
        return await this.#binder.bind(plan.volume, claim, signal)
      case 'wait':
        return await this.#binder.leaveUnbound(claim, { phase: 'Pending', ...(plan.event ? { event: plan.event } : {}) }, signal)
      case 'lost':
        return await this.#binder.leaveUnbound(claim, { phase: 'Lost', event: plan.event }, signal)
      case 'fail':
        return events.event(claim, plan.event)
      case 'provision': {
        const told = annotated(claim, { provisioner: plan.provisioner, betaProvisioner: plan.provisioner })
        events.event(await this.#binder.saveClaim(claim, told, signal), plan.event)
      }
    }
  }

  /** A claim from before there was a default class gets it as long as it has no volume (upstream's assignDefaultStorageClass). */
  async #withDefaultClass(claim: PersistentVolumeClaim, signal: AbortSignal): Promise<PersistentVolumeClaim> {
    if (claim.spec.volumeName || claim.metadata.deletionTimestamp || !namesNoClass(claim)) return claim
    const found = defaultStorageClassOf(this.#context.informers.for(StorageClass).cache.list())
    if (!found) return claim
    return await this.#binder.saveClaim(claim, { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } }, signal)
  }

  async #syncVolume(volume: PersistentVolume, signal: AbortSignal): Promise<void> {
    const key = claimKey(volume)
    const plan = planVolume(volume, key === undefined ? undefined : this.#context.informers.for(PersistentVolumeClaim).cache.get(key))
    if (plan.type === 'reclaim' && (await this.#hasClaimAfterAll(volume))) return
    await this.#actOnVolume(volume, plan, signal)
  }

  async #actOnVolume(volume: PersistentVolume, plan: VolumePlan, signal: AbortSignal): Promise<void> {
    switch (plan.type) {
      case 'leave':
        return
      case 'phase':
        return void (await this.#binder.setPhase(volume, { phase: plan.phase }, signal))
      case 'unbind':
        return await this.#binder.unbind(volume, signal)
      case 'mismatch':
        return this.#tellMismatch(volume, plan.claim)
      case 'reclaim':
        return await this.#reclaim(volume, signal)
    }
  }

  async #reclaim(volume: PersistentVolume, signal: AbortSignal): Promise<void> {
    // What has failed stays so for everybody to see.
    const released = volume.status.phase === 'Failed' ? volume : await this.#binder.setPhase(volume, { phase: 'Released' }, signal)
    const refusal = whyNotReclaimed(released)
    if (refusal) await this.#binder.setPhase(released, { phase: 'Failed', event: { type: 'Warning', ...refusal } }, signal)
  }

  /** Data may hang on it: before a volume is released the API is asked, as the cache of claims may be older than that of volumes. */
  async #hasClaimAfterAll(volume: PersistentVolume): Promise<boolean> {
    const { namespace, name = '', uid } = volume.spec.claimRef ?? {}
    if (volume.status.phase === 'Released' || volume.status.phase === 'Failed') return false
    try {
      const claim = await this.#context.client.get(PersistentVolumeClaim, { namespace, name })
      return claim.metadata.uid === uid && [undefined, '', volume.metadata.name].includes(claim.spec.volumeName)
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  #tellMismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const { events } = this.#context
    const [type, reason, why] = ['Warning', 'VolumeMismatch', 'due to incompatible volumeMode.'] as const
    const message = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" ${why}`
    events.event(volume, { type, reason, message })
    events.event(claim, {
      type,
      reason,
      message: `Cannot bind PersistentVolume "${volume.metadata.name}" to requested PersistentVolumeClaim "${claim.metadata.name}" ${why}`,
    })
  }
}
