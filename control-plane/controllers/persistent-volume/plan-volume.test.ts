import { describe, expect, it } from '@jest/globals'
import { claimRefOf, claimWith, volumeWith } from '../../../api/storage/testing.ts'
import { planVolume, whyNotReclaimed, type VolumePlan } from './plan-volume.ts'

const claim = (volumeName?: string) => claimWith('c', { spec: { volumeName } })
const claimed = { claimRef: claimRefOf(claim()) }
const made = { annotations: { 'pv.kubernetes.io/provisioned-by': 'example.com/disks' } }
const mine = (spec: object = {}, metadata: object = {}) => volumeWith('v', { metadata, spec: { ...claimed, ...spec } })

describe('a volume', () => {
  it.each<[string, VolumePlan['type'] | 'Available' | 'Bound', ReturnType<typeof mine>, ReturnType<typeof claim> | undefined]>([
    ['is available', 'Available', volumeWith('v'), undefined],
    ['is available while it is only reserved', 'Available', mine({ claimRef: { namespace: 'ns', name: 'c' } }), claim()],
    ['is reclaimed when its claim is gone', 'reclaim', mine(), undefined],
    ['is reclaimed when another claim has the name', 'reclaim', mine(), claimWith('c', { metadata: { uid: 'later' } })],
    ['waits for its claim to say so too', 'leave', mine(), claim()],
    ['cannot be had by a claim of the other mode', 'mismatch', mine({ volumeMode: 'Block' }), claim()],
    ['is bound', 'Bound', mine(), claim('v')],
    ['is given back when its claim has another', 'unbind', mine(), claim('w')],
    ['is given back though it was made, when it is to be kept', 'unbind', mine({}, made), claim('w')],
    [
      'is reclaimed when it was made for a claim that has another',
      'reclaim',
      mine({ persistentVolumeReclaimPolicy: 'Delete' }, made),
      claim('w'),
    ],
  ])('%s', (_, expected, volume, named) => {
    const plan = planVolume(volume, named)
    expect(plan.type === 'phase' ? plan.phase : plan.type).toBe(expected)
  })

  it.each<[string | undefined, string, object]>([
    [undefined, 'Retain', {}],
    [undefined, 'Delete', made],
    ['No recycler plugin found for the volume!', 'Recycle', {}],
    ['error getting deleter volume plugin for volume "v": no deletable volume plugin matched', 'Delete', {}],
  ])('that is released fails with: %s', (message, policy, metadata) => {
    expect(whyNotReclaimed(mine({ persistentVolumeReclaimPolicy: policy }, metadata))?.message).toBe(message)
  })
})
