import { describe, expect, it } from '@jest/globals'
import { ReplicaSet } from '../../api/apps/replica-set.ts'
import { ConfigMap } from '../../api/core/config-map.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { ApiError } from '../../api/errors.ts'
import type { KubernetesObject } from '../../api/kind.ts'
import type { Client } from '../../client/client.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'
import { Chance } from './chance.ts'
import { noFaults } from './faults.ts'
import { SimulatedApi } from './simulated-api.ts'
import { simulatedClient } from './simulated-client.ts'
import { VirtualTime } from './virtual-time.ts'

const namespace = 'default'
const labels = { app: 'a' }
const pod = (name: string, more: object = {}) => ({
  metadata: { name, namespace, labels, ...more },
  spec: { nodeName: 'nowhere', containers: [{ name: 'c', image: 'x', resources: {} }] },
})
const set = {
  metadata: { name: 's', namespace },
  spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod('').spec } },
}

const unlessEmpty = <T>(list: readonly T[] | undefined) => (list && list.length > 0 ? list : undefined)

/** What is the same for every server: everything but times, uids and how far versions have come. */
const shown = ({ metadata }: KubernetesObject) => {
  const { name, generation, labels, deletionTimestamp, deletionGracePeriodSeconds } = metadata
  const lists = { finalizers: unlessEmpty(metadata.finalizers), ownerReferences: unlessEmpty(metadata.ownerReferences) }
  return { name, generation, labels, ...lists, deletionGracePeriodSeconds, deleted: deletionTimestamp !== undefined }
}

/** Calls as controllers make them, and what came of each. */
async function answers(client: Client): Promise<unknown[]> {
  const seen: unknown[] = []
  const note = async (call: Promise<KubernetesObject | void>) => {
    try {
      const object = await call
      seen.push(object ? shown(object) : 'done')
    } catch (error) {
      seen.push(error instanceof ApiError ? `${error.code} ${error.reason}` : error)
    }
  }
  const key = (name: string) => ({ name, namespace })
  await note(client.create(ReplicaSet, set as never))
  await note(client.create(ReplicaSet, set as never))
  const first = await client.get(ReplicaSet, key('s'))
  await note(client.update(ReplicaSet, { ...first, spec: { ...first.spec, replicas: 0 } }))
  await note(client.update(ReplicaSet, { ...first, spec: { ...first.spec, replicas: 3 } }))
  await note(
    client.updateStatus(ReplicaSet, { ...(await client.get(ReplicaSet, key('s'))), status: { replicas: 0, observedGeneration: 2 } }),
  )
  await note(client.create(Pod, pod('p', { finalizers: ['example.com/kept'] }) as never))
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 's', uid: 'u', controller: true, blockOwnerDeletion: true }
  const strategic = (metadata: object) => ({ type: 'strategic', body: { metadata } }) as const
  await note(client.patch(Pod, key('p'), strategic({ ownerReferences: [owner] })))
  await note(client.patch(Pod, key('p'), strategic({ uid: 'another', ownerReferences: [owner] })))
  await note(client.patch(Pod, key('p'), strategic({ ownerReferences: [{ $patch: 'delete', uid: 'u' }] })))
  await note(client.delete(Pod, key('p'), { preconditions: { uid: 'another' } }))
  await note(client.delete(Pod, key('p')))
  await note(client.get(Pod, key('p')))
  await note(client.delete(Pod, key('p'), { gracePeriodSeconds: 0 }))
  await note(client.get(Pod, key('p')))
  await note(client.patch(Pod, key('p'), strategic({ '$deleteFromPrimitiveList/finalizers': ['example.com/kept'] })))
  await note(client.get(Pod, key('p')))
  await note(client.delete(Pod, key('p')))
  await note(client.create(ConfigMap, { metadata: key('m') }))
  await note(client.delete(ConfigMap, key('m'), { propagationPolicy: 'Foreground' }))
  const waiting = await client.get(ConfigMap, key('m'))
  await note(client.patch(ConfigMap, key('m'), { type: 'merge', body: { metadata: { resourceVersion: '1', finalizers: null } } }))
  const { resourceVersion } = waiting.metadata
  await note(client.patch(ConfigMap, key('m'), { type: 'merge', body: { metadata: { resourceVersion, finalizers: null } } }))
  await note(client.get(ConfigMap, key('m')))
  return seen
}

/** The simulated API as a program sees it through a client that nothing goes wrong with. */
async function simulated(): Promise<unknown[]> {
  const time = new VirtualTime(new Date('2026-01-01T00:00:00Z'))
  const chance = new Chance(1)
  const api = new SimulatedApi({ time, chance, kinds: [ReplicaSet, Pod, ConfigMap, Node] })
  const ignore = () => undefined
  const { signal } = new AbortController()
  const client = simulatedClient({ api, time, chance, faults: () => noFaults, name: 'user', crash: ignore, fault: ignore, signal })
  let result: unknown[] | undefined
  void answers(client).then(seen => (result = seen))
  while (result === undefined && (await time.step()));
  return result ?? []
}

describe('the simulated API', () => {
  it('answers as the real one does', async () => {
    // Without controllers, which would answer too.
    await using cluster = await startHollowCluster({
      nodes: [],
      disabled: ['replicaset-controller', 'garbage-collector-controller', 'pod-garbage-collector-controller'],
      kubelets: false,
    })
    expect(await simulated()).toEqual(await answers(cluster.client))
  }, 60_000)
})
