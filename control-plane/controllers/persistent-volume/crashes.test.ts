import { describe, expect, it } from '@jest/globals'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import type { Client } from '../../../client/client.ts'
import { runController } from '../../../client/controller.ts'
import { createClient } from '../../../client/http-client.ts'
import { Informers } from '../../../client/informers.ts'
import { systemClock } from '../../../common/clock.ts'
import { silentLogger } from '../../../common/log.ts'
import { runAll } from '../../../common/run.ts'
import { startApiServer } from '../../api-server/testing.ts'
import { persistentVolumeController } from './persistent-volume.ts'

const namespace = 'default'
const claim = {
  metadata: { name: 'c', namespace },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
}
const volume = {
  metadata: { name: 'v' },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
}

/** A client that writes so many times and never again, and the moment at which it refuses to. */
function dying(client: Client, writes: number) {
  let left = writes
  let end: () => void = () => undefined
  const over = new Promise<void>(resolve => (end = resolve))
  const write = async (method: 'update' | 'updateStatus', ...parameters: Parameters<Client['update']>): Promise<unknown> => {
    if (left-- > 0) return await client[method](...parameters)
    end()
    throw new Error('killed')
  }
  const update = (...parameters: Parameters<Client['update']>) => write('update', ...parameters)
  const updateStatus = (...parameters: Parameters<Client['update']>) => write('updateStatus', ...parameters)
  const parts = { get: client.get.bind(client), list: client.list.bind(client), watch: client.watch.bind(client) }
  return { client: { ...parts, update, updateStatus } as unknown as Client, over }
}

/** The controller, until `until` says that it has done enough. */
async function run(client: Client, until: (client: Client) => Promise<unknown>): Promise<void> {
  const informers = new Informers(client, silentLogger)
  const events = { event: () => undefined } as never
  const controller = persistentVolumeController({ client, informers, events, log: silentLogger, clock: systemClock })
  const stop = new AbortController()
  const running = runAll([informers, runController({ controller, informers, log: silentLogger })], stop.signal)
  await until(client)
  stop.abort()
  await running
}

async function bothBound(client: Client): Promise<void> {
  for (;;) {
    const found = await client.get(PersistentVolumeClaim, { name: 'c', namespace })
    const phases = [found.status.phase, (await client.get(PersistentVolume, { name: 'v' })).status.phase]
    if (phases.every(phase => phase === 'Bound')) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

describe('a binding that breaks off', () => {
  // The volume becomes Available, then the four writes of the binding.
  it.each([0, 1, 2, 3, 4])('is completed by who comes next after %d writes', async writes => {
    await using server = await startApiServer()
    const client = createClient({ server: `https://127.0.0.1:${server.port}`, ca: server.ca.cert, userAgent: 'test' })
    await client.create(PersistentVolume, volume as never)
    await client.create(PersistentVolumeClaim, claim as never)
    const killed = dying(client, writes)
    await run(killed.client, () => killed.over)
    await run(client, bothBound)
    const bound = await client.get(PersistentVolumeClaim, { name: 'c', namespace })
    expect(bound.spec.volumeName).toBe('v')
    expect(bound.metadata.annotations).toMatchObject({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    })
    expect(bound.status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } })
    const { spec, metadata } = await client.get(PersistentVolume, { name: 'v' })
    expect([spec.claimRef?.uid, metadata.annotations]).toEqual([bound.metadata.uid, { 'pv.kubernetes.io/bound-by-controller': 'yes' }])
  })
})
