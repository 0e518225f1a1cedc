import { describe, expect, it } from '@jest/globals'
import type { StatefulSet } from '../../../api/apps/stateful-set.ts'
import type { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { OwnerReference } from '../../../api/meta.ts'
import { isStaleClaim, planClaimOwners } from './claim-owners.ts'

const statefulSet = (whenDeleted: string, whenScaled: string) =>
  ({
    metadata: { name: 'web', uid: 'set' },
    spec: { replicas: 1, persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } },
  }) as StatefulSet
const pod = (ordinal: number) => ({ metadata: { name: `web-${ordinal}`, uid: 'pod' } }) as Pod
const ofSet: OwnerReference = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  name: 'web',
  uid: 'set',
  controller: true,
  blockOwnerDeletion: true,
}
const ofPod: OwnerReference = { apiVersion: 'v1', kind: 'Pod', name: 'web-1', uid: 'pod', controller: true, blockOwnerDeletion: true }
const other: OwnerReference = { apiVersion: 'example.com/v1', kind: 'Backup', name: 'b', uid: 'b', controller: true }
const claim = (...ownerReferences: OwnerReference[]) => ({ metadata: { name: 'www-web-1', ownerReferences } }) as PersistentVolumeClaim

describe('the owners of a claim', () => {
  it.each([
    ['Retain', 'Retain', 0, [], undefined],
    ['Retain', 'Retain', 1, [ofSet], []],
    ['Delete', 'Retain', 0, [], [ofSet]],
    ['Delete', 'Retain', 1, [], [ofSet]],
    ['Retain', 'Delete', 0, [], undefined],
    ['Retain', 'Delete', 1, [], [ofPod]],
    ['Delete', 'Delete', 0, [], [ofSet]],
    ['Delete', 'Delete', 1, [ofSet], [ofPod]],
    ['Delete', 'Delete', 1, [ofPod], undefined],
    ['Delete', 'Retain', 0, [{ ...ofSet, controller: false }], [ofSet]],
    ['Delete', 'Retain', 0, [other], undefined],
    ['Delete', 'Retain', 0, [other, ofSet], [other]],
    ['Delete', 'Retain', 0, [{ ...ofSet, uid: 'earlier' }], undefined],
  ])('when deleted: %s, when scaled: %s, for number %i of one, from %j: %j', (whenDeleted, whenScaled, ordinal, before, after) => {
    expect(planClaimOwners(claim(...before), statefulSet(whenDeleted, whenScaled), pod(ordinal))).toEqual(after)
  })

  it('tell of an earlier pod', () => {
    expect(isStaleClaim(claim(ofPod), 'web-1')).toBe(true)
    expect(isStaleClaim(claim(ofPod), 'web-0')).toBe(false)
  })
})
