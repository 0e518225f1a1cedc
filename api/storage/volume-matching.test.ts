import { describe, expect, it } from '@jest/globals'
import { claimRefOf, claimWith, onlyFrom, readyNode, volumeWith } from './testing.ts'
import { findVolume, isBoundTo, whyUnsuitable } from './volume-matching.ts'

const sized = (storage: string) => ({ capacity: { storage } })
const claim = claimWith('c')

describe('the volume for a claim', () => {
  const found = (wanted: typeof claim, ...volumes: ReturnType<typeof volumeWith>[]) => findVolume(wanted, volumes)?.metadata.name

  it.each<[string, string | undefined, typeof claim, ReturnType<typeof volumeWith>[]]>([
    [
      'the smallest that is large enough',
      'b',
      claimWith('c', { spec: { resources: { requests: { storage: '2Gi' } } } }),
      [volumeWith('a', { spec: sized('5Gi') }), volumeWith('b', { spec: sized('3Gi') }), volumeWith('d')],
    ],
    [
      'none that is taken, not available yet or going',
      undefined,
      claim,
      [
        volumeWith('a', { spec: { claimRef: { namespace: 'ns', name: 'other' } } }),
        volumeWith('b', { status: { phase: 'Pending' } }),
        volumeWith('d', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      ],
    ],
    [
      'one that is reserved for it before a smaller one',
      'a',
      claim,
      [
        volumeWith('a', { spec: { ...sized('9Gi'), claimRef: { namespace: 'ns', name: 'c' } }, status: { phase: 'Pending' } }),
        volumeWith('b'),
      ],
    ],
    [
      'none that is reserved for an earlier claim of its name',
      undefined,
      claim,
      [volumeWith('a', { spec: { claimRef: { namespace: 'ns', name: 'c', uid: 'earlier' } } })],
    ],
    [
      'of its class',
      'b',
      claimWith('c', { spec: { storageClassName: 'fast' } }),
      [volumeWith('a'), volumeWith('b', { spec: { storageClassName: 'fast' } })],
    ],
    [
      'of its mode',
      'b',
      claimWith('c', { spec: { volumeMode: 'Block' } }),
      [volumeWith('a'), volumeWith('b', { spec: { volumeMode: 'Block' } })],
    ],
    [
      'with the labels that it selects',
      'b',
      claimWith('c', { spec: { selector: { matchLabels: { app: 'x' } } } }),
      [volumeWith('a'), volumeWith('b', { metadata: { labels: { app: 'x' } } })],
    ],
    [
      'with all of its access modes, and few others before a smaller size',
      'b',
      claim,
      [
        volumeWith('a', { spec: { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] } }),
        volumeWith('b', { spec: { ...sized('2Gi') } }),
        volumeWith('d', { spec: { accessModes: ['ReadOnlyMany'] } }),
      ],
    ],
  ])('is %s', (_, name, wanted, volumes) => {
    expect(found(wanted, ...volumes)).toBe(name)
  })

  it('is one that the node reaches, where the scheduler asks; without a node only one that is its own', () => {
    const volumes = [volumeWith('a', { spec: onlyFrom('n1') }), volumeWith('b', { spec: { ...sized('2Gi'), ...onlyFrom('n2') } })]
    expect(findVolume(claim, volumes, { node: readyNode('n2'), delayed: true })?.metadata.name).toBe('b')
    expect(findVolume(claim, volumes, { node: readyNode('n3'), delayed: true })).toBeUndefined()
    expect(findVolume(claim, volumes, { delayed: true })).toBeUndefined()
    const own = volumeWith('own', { spec: { claimRef: claimRefOf(claim), ...onlyFrom('n1') } })
    expect(findVolume(claim, [...volumes, own], { delayed: true })?.metadata.name).toBe('own')
    expect(findVolume(claim, [...volumes, own], { node: readyNode('n2'), delayed: true })).toBeUndefined()
  })
})

describe('a volume that a claim names', () => {
  it.each<[string | undefined, object, object]>([
    [undefined, {}, {}],
    ['requested PV is too small', { resources: { requests: { storage: '2Gi' } } }, {}],
    ['storageClassName does not match', { storageClassName: 'fast' }, {}],
    ['VolumeAttributesClassName does not match', { volumeAttributesClassName: 'gold' }, {}],
    ['incompatible volumeMode', {}, { volumeMode: 'Block' }],
    ['incompatible accessMode', { accessModes: ['ReadWriteMany'] }, {}],
  ])('is unsuitable because of: %s', (why, wanted, offered) => {
    expect(whyUnsuitable(volumeWith('v', { spec: offered }), claimWith('c', { spec: wanted }))).toBe(why)
  })

  it('is bound to it by name, and by uid where there is one', () => {
    const of = (claimRef: object) => isBoundTo(volumeWith('v', { spec: { claimRef } }), claim)
    expect([of({ namespace: 'ns', name: 'c' }), of(claimRefOf(claim))]).toEqual([true, true])
    expect([of({ namespace: 'ns', name: 'c', uid: 'other' }), of({ namespace: 'other', name: 'c' })]).toEqual([false, false])
  })
})
