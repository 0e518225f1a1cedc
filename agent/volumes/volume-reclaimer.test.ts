import { describe, expect, it } from '@jest/globals'
import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { volumeDataFinalizer } from '../../api/storage/node-directory.ts'
import { onlyFrom, volumeWith } from '../../api/storage/testing.ts'
import type { Client } from '../../client/client.ts'
import type { EventText } from '../../client/event-recorder.ts'
import { Informers } from '../../client/informers.ts'
import { silentLogger } from '../../common/log.ts'
import { FakeApi } from '../testing/fake-api.ts'
import { volumeReclaimer } from './volume-reclaimer.ts'

interface Given {
  readonly node?: string
  readonly metadata?: object
  readonly policy?: string
  readonly phase?: string
}
const volume = ({ node = 'n1', metadata, policy = 'Delete', phase = 'Released' }: Given = {}) =>
  volumeWith('pvc-1', {
    metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['kubernetes.io/pv-protection', volumeDataFinalizer], ...metadata },
    spec: { persistentVolumeReclaimPolicy: policy, local: { path: '/var/lib/kubeling/volumes/pvc-1/data' }, ...onlyFrom(node) },
    status: { phase },
  })

/** What the node n1 removes, and then writes or says. */
async function reclaim(found: PersistentVolume, removeVolume = async () => undefined): Promise<string[]> {
  const api = new FakeApi()
  api.put(PersistentVolume, found)
  const informers = new Informers(api as unknown as Client, silentLogger)
  const stop = new AbortController()
  const running = informers.run(stop.signal)
  const done: string[] = []
  const client = {
    update: async (_: unknown, object: PersistentVolume) => {
      done.push(`finalizers: ${(object.metadata.finalizers ?? []).join(',')}`)
      return object
    },
  } as never
  const runtime = {
    removeVolume: async (name: string) => {
      done.push(`remove ${name}`)
      await removeVolume()
    },
  }
  const recorder = { event: (_: unknown, { reason, message }: EventText) => void done.push(`${reason}: ${message}`) }
  const controller = volumeReclaimer({ nodeName: 'n1', client, informers, runtime, recorder, log: silentLogger })
  await informers.for(PersistentVolume).synced(stop.signal)
  await controller.reconcile('pvc-1', stop.signal).catch(() => done.push('again later'))
  stop.abort()
  await running
  return done
}

describe('the data of a volume', () => {
  it('is deleted before its object may go', async () => {
    expect(await reclaim(volume())).toEqual(['remove pvc-1', 'finalizers: kubernetes.io/pv-protection'])
  })

  it('keeps its object until it is gone', async () => {
    const busy = () => Promise.reject(new Error('busy'))
    expect(await reclaim(volume(), busy)).toEqual(['remove pvc-1', 'VolumeFailedDelete: busy', 'again later'])
  })

  it.each<[string, Given]>([
    ['its object stays', { metadata: { deletionTimestamp: undefined } }],
    ['it is to be kept', { policy: 'Retain' }],
    ['a claim has it', { phase: 'Bound' }],
    ['it was deleted already', { metadata: { finalizers: [] } }],
    ['it is another node’s', { node: 'n2' }],
  ])('stays when %s', async (_, given) => {
    expect(await reclaim(volume(given))).toEqual([])
  })
})
