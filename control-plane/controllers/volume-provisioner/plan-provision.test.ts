import { describe, expect, it } from '@jest/globals'
import { nodeDirectoryProvisioner, standardStorageClass, volumeDataFinalizer } from '../../../api/storage/node-directory.ts'
import { claimWith, classWith, onlyFrom, readyNode, volumeWith } from '../../../api/storage/testing.ts'
import { planProvision, type ProvisionFacts } from './plan-provision.ts'
import { planExpansion, planUpkeep } from './plan-upkeep.ts'

const provisioner = { 'volume.kubernetes.io/storage-provisioner': nodeDirectoryProvisioner }
const selected = (node: string) => ({ annotations: { ...provisioner, 'volume.kubernetes.io/selected-node': node } })
const asked = (metadata: object, spec: object = {}) => claimWith('c', { metadata, spec: { storageClassName: 'standard', ...spec } })
const facts = (given: Partial<ProvisionFacts> = {}): ProvisionFacts => ({
  storageClass: standardStorageClass as never,
  nodes: [readyNode('n1'), readyNode('n2')],
  volumes: [],
  ...given,
})
const now = { storageClass: classWith('now', { provisioner: nodeDirectoryProvisioner }) }
const nodeOf = (given: ReturnType<typeof planProvision>) =>
  given?.type === 'create' ? given.volume.spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values?.[0] : given

describe('the volume for a claim of ours', () => {
  it('is a directory of the node that was chosen, named by the claim', () => {
    expect(planProvision(asked(selected('n2')), facts())).toEqual({
      type: 'create',
      volume: {
        metadata: {
          name: 'pvc-uid-c',
          annotations: { 'pv.kubernetes.io/provisioned-by': nodeDirectoryProvisioner },
          finalizers: [volumeDataFinalizer],
        },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'ns', name: 'c', uid: 'uid-c', resourceVersion: '1' },
          persistentVolumeReclaimPolicy: 'Delete',
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
          local: { path: '/var/lib/kubeling/volumes/pvc-uid-c/data' },
          ...onlyFrom('n2'),
        },
      },
    })
  })

  it.each<[string, ReturnType<typeof asked>, Partial<ProvisionFacts>]>([
    ['of another provisioner', asked({ annotations: { 'volume.kubernetes.io/storage-provisioner': 'example.com/disks' } }), now],
    ['that has its volume', asked({ annotations: provisioner }, { volumeName: 'v' }), now],
    ['that is going', asked({ annotations: provisioner, deletionTimestamp: '2026-01-01T00:00:00Z' }), now],
    ['whose pod has no node yet', asked({ annotations: provisioner }), {}],
    ['whose class is gone', asked({ annotations: provisioner }), { storageClass: undefined }],
  ])('is not made for one %s', (_, claim, given) => {
    expect(planProvision(claim, facts(given))).toBeUndefined()
  })

  it('goes to the ready node with the fewest volumes where nobody chose one', () => {
    const claim = asked({ annotations: provisioner })
    const cordoned = { ...readyNode('n0'), spec: { unschedulable: true } }
    const volumes = [volumeWith('a', { spec: onlyFrom('n1') })]
    expect(nodeOf(planProvision(claim, facts({ ...now, nodes: [cordoned, readyNode('n1'), readyNode('n2')], volumes })))).toBe('n2')
    expect(planProvision(claim, facts({ ...now, nodes: [cordoned] }))).toMatchObject({ type: 'refuse' })
    const allowedTopologies = [{ matchLabelExpressions: [{ key: 'zone', values: ['b'] }] }]
    const zoned = { storageClass: { ...now.storageClass, allowedTopologies }, nodes: [readyNode('n1'), readyNode('n3', { zone: 'b' })] }
    expect(nodeOf(planProvision(claim, facts(zoned)))).toBe('n3')
  })

  it.each<[string, object]>([
    ['claim Selector is not supported', { selector: {} }],
    ['block volume provisioning is not supported', { volumeMode: 'Block' }],
    ['volumes cannot be filled from other objects', { dataSource: { kind: 'VolumeSnapshot', name: 's' } }],
  ])('is refused: %s', (why, spec) => {
    expect(planProvision(asked(selected('n1'), spec), facts())).toEqual({ type: 'refuse', why })
  })

  it('needs another choice when its node is gone', () => {
    expect(planProvision(asked(selected('n9')), facts())).toEqual({
      type: 'reschedule',
      why: 'failed to get target node: nodes "n9" not found',
    })
  })
})

describe('a volume of ours', () => {
  const ours = (given: { metadata?: object; policy?: string; phase?: string } = {}) =>
    volumeWith('v', {
      metadata: {
        annotations: { 'pv.kubernetes.io/provisioned-by': nodeDirectoryProvisioner },
        finalizers: [volumeDataFinalizer],
        ...given.metadata,
      },
      spec: { persistentVolumeReclaimPolicy: given.policy ?? 'Delete', ...onlyFrom('n1') },
      status: { phase: given.phase ?? 'Bound' },
    })
  const going = { deletionTimestamp: '2026-01-01T00:00:00Z' }
  it.each<[string, ReturnType<typeof planUpkeep>, ReturnType<typeof ours>]>([
    ['stays while it is bound', undefined, ours()],
    ['is deleted once it is released', 'delete', ours({ phase: 'Released' })],
    ['stays released when it is to be kept, and holds its data no more', 'let-go', ours({ phase: 'Released', policy: 'Retain' })],
    ['holds its data again when it is to be deleted after all', 'hold-data', ours({ metadata: { finalizers: [] } })],
    ['waits for its node when it goes', undefined, ours({ phase: 'Released', metadata: going })],
    ['goes at once when it is to be kept', 'let-go', ours({ phase: 'Released', policy: 'Retain', metadata: going })],
    ['is somebody else’s business when it was not made here', undefined, volumeWith('v', { status: { phase: 'Released' } })],
  ])('%s', (_, expected, volume) => {
    expect(planUpkeep(volume, [readyNode('n1')])).toBe(expected)
  })

  it('does not wait for a node that is no more', () => {
    expect(planUpkeep(ours({ phase: 'Released', metadata: going }), [readyNode('n2')])).toBe('let-go')
  })

  it('grows before its claim is told so', () => {
    const bound = (storage: string, told: string) =>
      claimWith('c', {
        metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
        spec: { volumeName: 'v', resources: { requests: { storage } } },
        status: { phase: 'Bound', capacity: { storage: told } },
      })
    const large = { ...ours(), spec: { ...ours().spec, capacity: { storage: '2Gi' } } }
    expect(planExpansion(bound('2Gi', '1Gi'), ours())).toEqual({ type: 'grow-volume', size: '2Gi' })
    expect(planExpansion(bound('2Gi', '1Gi'), large)).toEqual({ type: 'tell-claim', size: '2Gi' })
    expect(planExpansion(bound('2Gi', '2Gi'), large)).toBeUndefined()
    expect(planExpansion(bound('1Gi', '1Gi'), ours())).toBeUndefined()
    expect(planExpansion(bound('2Gi', '1Gi'), undefined)).toBeUndefined()
  })
})
