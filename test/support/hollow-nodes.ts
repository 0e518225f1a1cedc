import { Lease } from '../../api/coordination/lease.ts'
import { Node } from '../../api/core/node.ts'
import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { Pod } from '../../api/core/pod.ts'
import { isConflict, isNotFound } from '../../api/errors.ts'
import { isDataToDelete, withDataFinalizer } from '../../api/storage/node-directory.ts'
import { microTimestamp, timestamp } from '../../api/time.ts'
import { keyOf } from '../../client/cache.ts'
import type { Client } from '../../client/client.ts'
import { runController, watching } from '../../client/controller.ts'
import { Informers } from '../../client/informers.ts'
import type { Logger } from '../../common/log.ts'
import { runAll, type Runnable } from '../../common/run.ts'

const capacity = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110' }

/** Registers a node that is ready, and beats once. */
export async function addHollowNode(client: Client, name: string, allocatable: Record<string, string> = {}): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' }
  const node = await client.create(Node, { metadata: { name, labels }, spec: {} })
  const now = timestamp(new Date())
  const ready = {
    type: 'Ready',
    status: 'True' as const,
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }
  const status = {
    ...node.status,
    capacity: { ...capacity, ...allocatable },
    allocatable: { ...capacity, ...allocatable },
    conditions: [ready],
  }
  await client.patch(Node, { name }, { type: 'merge', subresource: 'status', body: { status } })
  await client.create(Lease, {
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTimestamp(new Date()) },
  })
}

export interface HollowKubelets {
  /** From a pod's binding until it runs and is ready. */
  readonly startMilliseconds?: number
  /** Which pods come up at all; the others stay Pending. */
  readonly starts?: (pod: Pod) => boolean
}

/**
 * The kubelets of all nodes, as far as the API can tell: bound pods run and are ready at once or after a while, deleted ones end at
 * once, and volumes have no data.
 */
export function hollowKubelets(client: Client, log: Logger, { startMilliseconds = 0, starts = () => true }: HollowKubelets = {}): Runnable {
  const due = new Map<string, number>()
  const informers = new Informers(client, log)
  let address = 1
  const start = async (pod: Pod) => {
    const now = timestamp(new Date())
    const isTrue = (type: string) => ({ type, status: 'True' as const, lastTransitionTime: now })
    const podIP = `10.244.${(address >> 8) & 255}.${address++ & 255}`
    const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(isTrue)
    const status = { ...pod.status, phase: 'Running' as const, conditions, podIP, podIPs: [{ ip: podIP }], startTime: now }
    await client.updateStatus(Pod, { ...pod, status })
  }
  const kubelet = runController({
    controller: {
      name: 'hollow-kubelet',
      watches: [watching(Pod, pod => (pod.spec.nodeName ? [keyOf(pod)] : []))],
      workers: 10,
      async reconcile(key) {
        const pod = informers.for(Pod).cache.get(key)
        if (!pod) due.delete(key)
        try {
          if (pod?.metadata.deletionTimestamp) await client.delete(Pod, pod.metadata, { gracePeriodSeconds: 0 })
          else if (pod?.spec.nodeName && pod.status.phase === 'Pending' && starts(pod)) {
            const at = due.get(key) ?? Date.now() + startMilliseconds
            due.set(key, at)
            if (at > Date.now()) return at - Date.now()
            await start(pod)
          }
        } catch (error) {
          if (!isNotFound(error) && !isConflict(error)) throw error
        }
        return undefined
      },
    },
    informers,
    log,
  })
  const volumes = runController({
    controller: {
      name: 'hollow-volumes',
      watches: [watching(PersistentVolume)],
      async reconcile(key) {
        const volume = informers.for(PersistentVolume).cache.get(key)
        if (volume && isDataToDelete(volume)) await client.update(PersistentVolume, withDataFinalizer(volume, false))
      },
    },
    informers,
    log,
  })
  return { run: signal => runAll([informers, kubelet, volumes], signal) }
}
