import { Node } from '../../../api/core/node.ts'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { classOf } from '../../../api/core/storage-class-annotation.ts'
import { isAlreadyExists, isNotFound } from '../../../api/errors.ts'
import { annotated, annotationOf } from '../../../api/storage/binding-annotations.ts'
import { isNodeDirectory, nodeDirectoryProvisioner, withDataFinalizer } from '../../../api/storage/node-directory.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { planProvision, type ProvisionPlan } from './plan-provision.ts'
import { planExpansion, planUpkeep, type VolumeUpkeep } from './plan-upkeep.ts'

const [claimPrefix, volumePrefix] = ['claim:', 'volume:']
const keyOfVolume = ({ metadata }: PersistentVolume) => `${volumePrefix}${metadata.name}`
const isWaiting = (claim: PersistentVolumeClaim): boolean =>
  !claim.spec.volumeName && annotationOf(claim, 'provisioner') === nodeDirectoryProvisioner

/**
 * Makes volumes that are directories of nodes for the claims that ask for them, and takes them away; to the controller that binds
 * it is a provisioner like any other from outside. It only writes objects: the node makes and deletes the directory.
 */
export const volumeProvisioner = (context: ControllerContext): Controller => new VolumeProvisioner(context)

class VolumeProvisioner implements Controller {
  readonly name = nodeDirectoryProvisioner
  readonly #context: ControllerContext
  readonly #waiting
  readonly #claimed

  constructor(context: ControllerContext) {
    this.#context = context
    this.#waiting = context.informers.for(PersistentVolumeClaim).cache.index('node-directory', claim => (isWaiting(claim) ? ['yes'] : []))
    this.#claimed = context.informers
      .for(PersistentVolume)
      .cache.index('node-directory', volume => (isNodeDirectory(volume) ? ['yes'] : []))
  }

  get watches() {
    const waiting = () => this.#waiting('yes').map(claim => `${claimPrefix}${keyOf(claim)}`)
    return [
      watching(PersistentVolumeClaim, claim => [`${claimPrefix}${keyOf(claim)}`]),
      watching(PersistentVolume, volume => {
        const { claimRef } = volume.spec
        return [keyOfVolume(volume), ...(claimRef ? [`${claimPrefix}${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`] : [])]
      }),
      watching(StorageClass, waiting),
      // A node's heartbeats are news too; there is something to do about them only as long as somebody waits.
      watching(Node, () => [...waiting(), ...this.#leaving()]),
    ]
  }

  #leaving(): string[] {
    return this.#claimed('yes')
      .filter(({ metadata }) => metadata.deletionTimestamp)
      .map(keyOfVolume)
  }

  async reconcile(key: string): Promise<void> {
    const { informers } = this.#context
    if (key.startsWith(volumePrefix)) {
      const volume = informers.for(PersistentVolume).cache.get(key.slice(volumePrefix.length))
      const upkeep = volume && planUpkeep(volume, informers.for(Node).cache.list())
      if (upkeep) await this.#keepUp(volume, upkeep)
      return
    }
    const claim = informers.for(PersistentVolumeClaim).cache.get(key.slice(claimPrefix.length))
    if (!claim) return
    const plan = planProvision(claim, {
      storageClass: informers.for(StorageClass).cache.get(classOf(claim)),
      nodes: informers.for(Node).cache.list(),
      volumes: informers.for(PersistentVolume).cache.list(),
    })
    if (plan) await this.#provision(claim, plan)
    else await this.#expand(claim)
  }

  async #provision(claim: PersistentVolumeClaim, plan: ProvisionPlan): Promise<void> {
    const { client, events, informers } = this.#context
    if (plan.type !== 'create') {
      const message = `failed to provision volume with StorageClass "${classOf(claim)}": ${plan.why}`
      events.event(claim, { type: 'Warning', reason: 'ProvisioningFailed', message })
      if (plan.type === 'reschedule') await client.update(PersistentVolumeClaim, annotated(claim, { selectedNode: undefined }))
      return
    }
    const { name } = plan.volume.metadata
    if (informers.for(PersistentVolume).cache.get(name)) return
    const { namespace = '' } = claim.metadata
    events.event(claim, {
      type: 'Normal',
      reason: 'Provisioning',
      message: `External provisioner is provisioning volume for claim "${namespace}/${claim.metadata.name}"`,
    })
    try {
      await client.create(PersistentVolume, plan.volume)
    } catch (error) {
      if (isAlreadyExists(error)) return
      throw error
    }
    events.event(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message: `Successfully provisioned volume ${name}` })
  }

  async #expand(claim: PersistentVolumeClaim): Promise<void> {
    const { client, events, informers } = this.#context
    const volume = informers.for(PersistentVolume).cache.get(claim.spec.volumeName ?? '')
    const step = planExpansion(claim, volume)
    if (!step || !volume) return
    if (step.type === 'grow-volume') {
      const message = `External resizer is resizing volume ${volume.metadata.name}`
      events.event(claim, { type: 'Normal', reason: 'Resizing', message })
      const capacity = { ...volume.spec.capacity, storage: step.size }
      await client.update(PersistentVolume, { ...volume, spec: { ...volume.spec, capacity } })
      return
    }
    const capacity = { ...claim.status.capacity, storage: step.size }
    await client.updateStatus(PersistentVolumeClaim, { ...claim, status: { ...claim.status, capacity } })
    events.event(claim, { type: 'Normal', reason: 'VolumeResizeSuccessful', message: 'Resize volume succeeded' })
  }

  async #keepUp(volume: PersistentVolume, upkeep: VolumeUpkeep): Promise<void> {
    const { client } = this.#context
    if (upkeep !== 'delete') return void (await client.update(PersistentVolume, withDataFinalizer(volume, upkeep === 'hold-data')))
    const { name, uid } = volume.metadata
    try {
      await client.delete(PersistentVolume, { name }, { preconditions: { uid } })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}
