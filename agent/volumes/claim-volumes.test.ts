import { describe, expect, it } from '@jest/globals'
import type { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import type { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { notFound } from '../../api/errors.ts'
import { claimRefOf, claimWith, volumeWith } from '../../api/storage/testing.ts'
import { boundPod } from '../testing/scenario.ts'
import { ClaimVolumes } from './claim-volumes.ts'

const volume = { name: 'data', persistentVolumeClaim: { claimName: 'c' } }
const mounted = { volumeMounts: [{ name: 'data', mountPath: '/data' }] }
const pod = (name = 'p') => boundPod(name, { volumes: [volume], containers: [{ name: 'c', image: 'x', ...mounted } as never] })
const claim = claimWith('c', { metadata: { namespace: 'behave' }, spec: { volumeName: 'v' }, status: { phase: 'Bound' } })
const bound = (spec: object = {}) => volumeWith('v', { spec: { claimRef: claimRefOf(claim), ...spec } })
const local = (path: string) => bound({ hostPath: undefined, local: { path } })

/** Over these objects, on a machine with a directory /there. */
function claims(...objects: ({ metadata: { name: string } } & object)[]) {
  return new ClaimVolumes({
    objects: {
      get: async (kind, { name }) => {
        const found = objects.find(object => object.metadata.name === name)
        if (!found) throw notFound(kind, name)
        return found as never
      },
    },
    runtime: { hostPathType: async path => (path === '/there' ? 'Directory' : undefined), createHostPath: async () => undefined },
  })
}
const unprocessed = (why: string) =>
  `Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: error processing PVC behave/c: ${why}`

describe('the volume behind a claim', () => {
  it.each<[object, PersistentVolume]>([
    [{ type: 'directory', volume: 'pvc-1' }, local('/var/lib/kubeling/volumes/pvc-1/data')],
    [{ type: 'local', path: '/there' }, local('/there')],
    [{ type: 'hostPath', source: { path: '/new' } }, bound({ hostPath: { path: '/new' } })],
  ])('is %j', async (source, found) => {
    const known = claims(claim, found)
    expect(await known.find(pod(), volume)).toEqual({ persistentVolume: 'v', source, readOnly: false })
    expect(known.get('uid-p', 'data')).toBeDefined()
    known.forget('uid-p')
    expect(known.get('uid-p', 'data')).toBeUndefined()
  })

  it.each<[string, (PersistentVolumeClaim | PersistentVolume)[]]>([
    [unprocessed('failed to fetch PVC from API server: persistentvolumeclaims "c" not found'), []],
    [unprocessed('PVC is being deleted'), [{ ...claim, metadata: { ...claim.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }]],
    [unprocessed('PVC is not bound'), [{ ...claim, status: { phase: 'Pending' } }]],
    [unprocessed('failed to fetch PV v from API server: persistentvolumes "v" not found'), [claim]],
    [
      unprocessed('found PV object v but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim'),
      [claim, volumeWith('v')],
    ],
    [
      unprocessed('found PV object v but its pv.Spec.ClaimRef.UID other does not point to claim.UID uid-c'),
      [claim, bound({ claimRef: { name: 'c', uid: 'other' } })],
    ],
    ['MountVolume.NewMounter initialization failed for volume "v" : path "/missing" does not exist', [claim, local('/missing')]],
    [
      'MountVolume.SetUp failed for volume "v" : hostPath type check failed: /new is not a directory',
      [claim, bound({ hostPath: { path: '/new', type: 'Directory' } })],
    ],
    [
      'MountVolume.MountDevice failed for volume "v" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers',
      [claim, bound({ hostPath: undefined, csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'h' } })],
    ],
    [
      'MountVolume.SetUp failed for volume "v" : volumes of type nfs are not supported by this node',
      [claim, bound({ hostPath: undefined, nfs: { server: 's', path: '/' } })],
    ],
  ])('cannot be had: %s', async (message, objects) => {
    await expect(claims(...objects).find(pod(), volume)).rejects.toThrow(message)
  })

  it('is one pod’s alone when it is to be', async () => {
    const known = claims(claim, bound({ hostPath: { path: '/there' }, accessModes: ['ReadWriteOncePod'] }))
    await known.find(pod('first'), volume)
    await known.find(pod('first'), volume)
    const why = 'volume uses the ReadWriteOncePod access mode and is already in use by another pod'
    await expect(known.find(pod('second'), volume)).rejects.toThrow(`MountVolume.SetUp failed for volume "v" : ${why}`)
    known.forget('uid-first')
    await known.find(pod('second'), volume)
  })

  it('of an ephemeral volume has to have been made for the pod', async () => {
    const own = { name: 'data', ephemeral: { volumeClaimTemplate: {} } } as never
    const other = { ...claim, metadata: { ...claim.metadata, name: 'p-data' } }
    await expect(claims(other, bound()).find(pod(), own)).rejects.toThrow(
      'PVC behave/p-data was not created for pod behave/p (pod is not owner)',
    )
  })
})
