import { describe, expect, it } from '@jest/globals'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { onlyFrom, readyNode } from '../../../api/storage/testing.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import type { Client } from '../../../client/client.ts'
import { createClient } from '../../../client/http-client.ts'
import { Informers } from '../../../client/informers.ts'
import { silentLogger } from '../../../common/log.ts'
import { startApiServer } from '../../api-server/testing.ts'
import { VolumeBinder } from './volume-binder.ts'

const namespace = 'default'
const selected = 'volume.kubernetes.io/selected-node'
const pod = (...claims: string[]) =>
  ({
    metadata: { name: 'p', namespace, uid: 'uid-p' },
    spec: { containers: [], volumes: claims.map(claimName => ({ name: claimName, persistentVolumeClaim: { claimName } })) },
  }) as unknown as Pod
const node = readyNode('n1')

const limits = ({ stop: { signal } }: { stop: AbortController }, timeoutMs = 30_000) => ({ signal, timeoutMs })

/** A real API server with a claim `c` of a class that waits for pods, and a binder whose caches show it. */
async function start() {
  const server = await startApiServer()
  const client = createClient({ server: `https://127.0.0.1:${server.port}`, ca: server.ca.cert, userAgent: 'test' })
  await client.create(StorageClass, {
    metadata: { name: 'late' },
    provisioner: 'example.com/disks',
    volumeBindingMode: 'WaitForFirstConsumer',
  } as never)
  await client.create(PersistentVolumeClaim, {
    metadata: { name: 'c', namespace },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'late', resources: { requests: { storage: '1Gi' } } },
  } as never)
  const informers = new Informers(client, silentLogger)
  const binder = new VolumeBinder({ client, informers })
  informers.for(StorageClass)
  const stop = new AbortController()
  const running = informers.run(stop.signal)
  const kinds = [informers.for(PersistentVolumeClaim), informers.for(PersistentVolume), informers.for(StorageClass)]
  await Promise.all(kinds.map(informer => informer.synced(stop.signal)))
  return {
    client,
    informers,
    binder,
    stop,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      await server[Symbol.asyncDispose]()
    },
  }
}

const claim = (client: Client) => client.get(PersistentVolumeClaim, { name: 'c', namespace })
/** What a provisioner and the controller do together. */
async function provide(client: Client, hostname: string): Promise<void> {
  await client.create(PersistentVolume, {
    metadata: { name: 'v' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      local: { path: '/d' },
      storageClassName: 'late',
      ...onlyFrom(hostname),
    },
  } as never)
  const body = { metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, spec: { volumeName: 'v' } }
  await client.patch(PersistentVolumeClaim, { name: 'c', namespace }, { type: 'merge', body })
}
async function untilSelected(client: Client): Promise<void> {
  while (!(await claim(client)).metadata.annotations?.[selected]) await new Promise(resolve => setTimeout(resolve, 10))
}

describe('the volumes of a pod that has its node', () => {
  it('are made for that node, and waited for', async () => {
    await using s = await start()
    const reservation = s.binder.reserve(pod('c'), node)
    expect(s.binder.claims()[0]?.metadata.annotations?.[selected]).toBe('n1')
    expect(reservation?.placement.provisions.map(({ metadata }) => metadata.name)).toEqual(['c'])
    if (!reservation) return
    const bound = s.binder.bind(reservation, limits(s))
    await untilSelected(s.client)
    await provide(s.client, 'n1')
    await bound
    s.binder.release(reservation)
    expect(s.binder.reserve(pod('c'), node)).toBeUndefined()
    expect(s.binder.reserve(pod(), node)).toBeUndefined()
  }, 60_000)

  it.each<[string, string, (s: Awaited<ReturnType<typeof start>>) => Promise<unknown>]>([
    [
      'the choice of the node is taken back',
      'provisioning failed for PVC "c"',
      ({ client }) =>
        client.patch(
          PersistentVolumeClaim,
          { name: 'c', namespace },
          { type: 'merge', body: { metadata: { annotations: { [selected]: null } } } },
        ),
    ],
    [
      'a claim goes',
      'could not get PVC "default/c": persistentvolumeclaim "c" not found',
      ({ client }) => client.delete(PersistentVolumeClaim, { name: 'c', namespace }),
    ],
    [
      'the volume is elsewhere',
      'pv "v" node affinity doesn\'t match node "n1": no matching NodeSelectorTerms',
      ({ client }) => provide(client, 'n2'),
    ],
    ['the pod goes', 'the pod is gone', async ({ binder }) => binder.forget('uid-p')],
    ['the scheduler stops', 'the scheduler is stopping', async ({ stop }) => stop.abort()],
  ])(
    'are given up when %s',
    async (_, message, happen) => {
      await using s = await start()
      const reservation = s.binder.reserve(pod('c'), node)
      if (!reservation) throw new Error('nothing was reserved')
      const bound = s.binder.bind(reservation, limits(s))
      const failure = expect(bound).rejects.toThrow(message)
      await untilSelected(s.client)
      // What was written has to be seen first.
      while (!s.informers.for(PersistentVolumeClaim).cache.get('default/c')?.metadata.annotations?.[selected])
        await new Promise(resolve => setTimeout(resolve, 10))
      await happen(s)
      await failure
      s.binder.release(reservation)
    },
    60_000,
  )

  it('are not waited for for ever', async () => {
    await using s = await start()
    const reservation = s.binder.reserve(pod('c'), node)
    if (!reservation) throw new Error('nothing was reserved')
    await expect(s.binder.bind(reservation, limits(s, 50))).rejects.toThrow('context deadline exceeded')
    s.binder.release(reservation)
    await untilSelected(s.client)
  }, 60_000)
})
