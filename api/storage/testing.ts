import type { Node } from '../core/node.ts'
import type { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../core/persistent-volume.ts'
import type { StorageClass } from './storage-class.ts'

interface Parts {
  readonly metadata?: object
  readonly spec?: object
  readonly status?: object
}

/** For tests of rules about storage: a claim of 1Gi that waits, in the namespace `ns`, with a uid like its name. */
export const claimWith = (name: string, { metadata = {}, spec = {}, status = {} }: Parts = {}): PersistentVolumeClaim =>
  ({
    metadata: { name, namespace: 'ns', uid: `uid-${name}`, resourceVersion: '1', ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } }, ...spec },
    status: { phase: 'Pending', ...status },
  }) as unknown as PersistentVolumeClaim

/** A volume of 1Gi that is free. */
export const volumeWith = (name: string, { metadata = {}, spec = {}, status = {} }: Parts = {}): PersistentVolume =>
  ({
    metadata: { name, uid: `uid-${name}`, resourceVersion: '1', ...metadata },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: '/data' },
      ...spec,
    },
    status: { phase: 'Available', ...status },
  }) as unknown as PersistentVolume

export const claimRefOf = ({ metadata: { namespace, name, uid } }: PersistentVolumeClaim) => ({ namespace, name, uid })

/** Reachable from one node alone. */
export const onlyFrom = (hostname: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [hostname] }] }] },
  },
})

export const classWith = (name: string, rest: Partial<StorageClass> = {}): StorageClass =>
  ({ metadata: { name, uid: `uid-${name}` }, provisioner: 'example.com/disks', reclaimPolicy: 'Delete', ...rest }) as StorageClass

export const readyNode = (name: string, labels: Record<string, string> = {}): Node =>
  ({
    metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }) as unknown as Node
