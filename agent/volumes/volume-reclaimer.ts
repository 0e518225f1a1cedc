import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { isNotFound } from '../../api/errors.ts'
import { isDataToDelete, nodeDirectoryAt, nodeOfDirectory, withDataFinalizer } from '../../api/storage/node-directory.ts'
import type { Client } from '../../client/client.ts'
import { watching, type Controller } from '../../client/controller.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { Informers } from '../../client/informers.ts'
import { messageOf } from '../../common/error-message.ts'
import type { Logger } from '../../common/log.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface VolumeReclaimerOptions {
  readonly nodeName: string
  readonly client: Pick<Client, 'update'>
  readonly informers: Informers
  readonly runtime: Pick<Runtime, 'removeVolume'>
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly log: Logger
}

/**
 * Deletes what this node keeps for volumes whose objects are being deleted, and then lets the objects go. Nothing but such an
 * object, which still holds the data by its finalizer, makes data go: what the API does not know (any more) stays where it is.
 */
export const volumeReclaimer = ({ nodeName, client, informers, runtime, recorder, log }: VolumeReclaimerOptions): Controller => ({
  name: 'volume-reclaimer',
  watches: [watching(PersistentVolume)],
  async reconcile(key) {
    const volume = informers.for(PersistentVolume).cache.get(key)
    if (!volume || !isDataToDelete(volume) || nodeOfDirectory(volume) !== nodeName) return
    const directory = nodeDirectoryAt(volume.spec.local?.path ?? '')
    if (directory !== undefined) {
      await runtime.removeVolume(directory).catch((error: unknown) => {
        recorder.event(volume, { type: 'Warning', reason: 'VolumeFailedDelete', message: messageOf(error) })
        throw error
      })
      log.info('the data of a volume is deleted', { volume: key })
    }
    try {
      await client.update(PersistentVolume, withDataFinalizer(volume, false))
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  },
})
