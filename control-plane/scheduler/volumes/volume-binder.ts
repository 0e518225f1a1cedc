import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { annotated, annotationOf } from '../../../api/storage/binding-annotations.ts'
import { claimedVolume } from '../../../api/storage/claimed-volume.ts'
import { CSINode } from '../../../api/storage/csi-node.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import { isFullyBound, reaches } from '../../../api/storage/volume-matching.ts'
import { keyOf } from '../../../client/cache.ts'
import type { Client } from '../../../client/client.ts'
import type { Informers } from '../../../client/informers.ts'
import type { Storage } from '../plugin.ts'
import { Assumed } from './assumed.ts'
import { placeVolumes, type VolumePlacement } from './place-volumes.ts'
import { podClaims } from './pod-claims.ts'

/** The volumes that are a pod's from the decision on; `bind` before the pod is bound, or `release` when it will not be. */
export interface VolumeReservation {
  readonly pod: Pod
  readonly node: Node
  readonly placement: VolumePlacement
}

interface Waiting {
  readonly reservation: VolumeReservation
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export interface VolumeBinderOptions {
  readonly client: Pick<Client, 'update'>
  readonly informers: Informers
}

/**
 * Gives the claims of a pod that has got its node their volumes (upstream's SchedulerVolumeBinder): says on volumes that are there
 * whose they are, and on claims for which node theirs is to be made; others do the rest, which is waited for.
 */
export class VolumeBinder {
  readonly #options: VolumeBinderOptions
  readonly #claims: Assumed<PersistentVolumeClaim>
  readonly #volumes: Assumed<PersistentVolume>
  readonly #waiting = new Map<string, Waiting>()

  constructor(options: VolumeBinderOptions) {
    const { informers } = options
    this.#options = options
    this.#claims = new Assumed(informers.for(PersistentVolumeClaim).cache)
    this.#volumes = new Assumed(informers.for(PersistentVolume).cache)
    const look = () => this.#look()
    informers.for(PersistentVolumeClaim).addListener({ added: look, updated: look, deleted: look })
    informers.for(PersistentVolume).addListener({ added: look, updated: look, deleted: look })
  }

  claims(): readonly PersistentVolumeClaim[] {
    return this.#claims.list()
  }

  /** Listed when somebody asks: most pods have no claims. */
  storage(): Storage {
    const [volumes, { informers }] = [this.#volumes, this.#options]
    return {
      get volumes() {
        return volumes.list()
      },
      get classes() {
        return informers.for(StorageClass).cache.list()
      },
      get csiNodes() {
        return informers.for(CSINode).cache.list()
      },
    }
  }

  /** From now on the volumes are the pod's; undefined when its claims have theirs already. */
  reserve(pod: Pod, node: Node): VolumeReservation | undefined {
    const storage = this.storage()
    const claims = podClaims(pod, { claims: this.claims(), storage })
    if (claims.delayed.length === 0) return undefined
    const placement = placeVolumes(claims, node, storage)
    if (!('bindings' in placement)) throw new Error(placement.join(', '))
    for (const { claim, volume } of placement.bindings) this.#volumes.assume(volume, claimedVolume(volume, claim))
    for (const claim of placement.provisions) this.#claims.assume(claim, annotated(claim, { selectedNode: node.metadata.name }))
    return { pod, node, placement }
  }

  /** Writes what was reserved, and resolves when all of the pod's claims are bound. */
  async bind(reservation: VolumeReservation, limits: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<void> {
    const { client } = this.#options
    const { placement, node } = reservation
    for (const { claim, volume } of placement.bindings) await client.update(PersistentVolume, claimedVolume(volume, claim))
    for (const claim of placement.provisions) {
      const { name } = node.metadata
      if (annotationOf(claim, 'selectedNode') !== name) await client.update(PersistentVolumeClaim, annotated(claim, { selectedNode: name }))
    }
    await this.#bound(reservation, limits)
  }

  /** The pod goes elsewhere, or nowhere: who waits for its volumes is told so. */
  release({ pod, placement }: VolumeReservation): void {
    for (const { volume } of placement.bindings) this.#volumes.restore(keyOf(volume))
    for (const claim of placement.provisions) this.#claims.restore(keyOf(claim))
    this.#waiting.delete(pod.metadata.uid)
  }

  /** The pod is gone: nobody has to wait any more. */
  forget(podUid: string): void {
    this.#waiting.get(podUid)?.reject(new Error('the pod is gone'))
  }

  async #bound(reservation: VolumeReservation, { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number }): Promise<void> {
    const { uid } = reservation.pod.metadata
    let timer: NodeJS.Timeout | undefined
    const stop = () => this.#waiting.get(uid)?.reject(new Error('the scheduler is stopping'))
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(uid, { reservation, resolve, reject })
        timer = setTimeout(() => reject(new Error('context deadline exceeded')), timeoutMs)
        timer.unref()
        signal.addEventListener('abort', stop, { once: true })
        if (signal.aborted) stop()
        this.#look()
      })
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      this.#waiting.delete(uid)
    }
  }

  #look(): void {
    for (const { reservation, resolve, reject } of this.#waiting.values()) {
      const state = this.#stateOf(reservation)
      if (state === 'bound') resolve()
      else if (state !== 'waiting') reject(state)
    }
  }

  /** Upstream's checkBindings. */
  #stateOf({ node, placement }: VolumeReservation): 'bound' | 'waiting' | Error {
    const asked = [...placement.bindings.map(({ claim }) => claim), ...placement.provisions]
    let allBound = true
    for (const { metadata } of asked) {
      const claim = this.#claims.get(keyOf({ metadata }))
      if (claim?.metadata.uid !== metadata.uid)
        return new Error(`could not get PVC "${keyOf({ metadata })}": persistentvolumeclaim "${metadata.name}" not found`)
      if (!isFullyBound(claim)) {
        const isOurs = placement.provisions.some(({ metadata: { uid } }) => uid === metadata.uid)
        if (isOurs && annotationOf(claim, 'selectedNode') !== node.metadata.name)
          return new Error(`provisioning failed for PVC "${metadata.name}"`)
        allBound = false
        continue
      }
      const volume = this.#volumes.get(claim.spec.volumeName ?? '')
      if (!volume) allBound = false
      else if (!reaches(volume, node))
        return new Error(
          `pv "${volume.metadata.name}" node affinity doesn't match node "${node.metadata.name}": no matching NodeSelectorTerms`,
        )
    }
    return allBound ? 'bound' : 'waiting'
  }
}
