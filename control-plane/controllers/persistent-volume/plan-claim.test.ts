import { describe, expect, it } from '@jest/globals'
import { claimRefOf, claimWith, classWith, volumeWith } from '../../../api/storage/testing.ts'
import { planClaim, type ClaimFacts, type ClaimPlan } from './plan-claim.ts'

const done = { 'pv.kubernetes.io/bind-completed': 'yes' }
const claim = claimWith('c')
const facts = (given: Partial<ClaimFacts> = {}): ClaimFacts => ({ volumes: [], storageClass: undefined, waitingPods: [], ...given })
/** What it comes to: the volume, or who makes one, and what is told. */
const summary = (plan: ClaimPlan) => ({
  type: plan.type,
  ...(plan.type === 'bind' ? { volume: plan.volume.metadata.name } : {}),
  ...(plan.type === 'provision' ? { provisioner: plan.provisioner } : {}),
  ...('event' in plan && plan.event ? { event: [plan.event.type, plan.event.reason, plan.event.message].join('|') } : {}),
})
const inClass = (name: string, metadata: object = {}) => claimWith('c', { metadata, spec: { storageClassName: name } })
const waiting = (driver: string) =>
  `Normal|ExternalProvisioning|Waiting for a volume to be created either by the external provisioner '${driver}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`

describe('a claim without a volume', () => {
  const late = { storageClass: classWith('late', { volumeBindingMode: 'WaitForFirstConsumer' }) }
  it.each<[string, ReturnType<typeof summary>, typeof claim, Partial<ClaimFacts>]>([
    ['gets one that fits', { type: 'bind', volume: 'v' }, claim, { volumes: [volumeWith('v')] }],
    [
      'waits without a class',
      { type: 'wait', event: 'Normal|FailedBinding|no persistent volumes available for this claim and no storage class is set' },
      claim,
      {},
    ],
    [
      'cannot be served by a class that is none',
      { type: 'fail', event: 'Warning|ProvisioningFailed|storageclass.storage.k8s.io "fast" not found' },
      inClass('fast'),
      {},
    ],
    [
      'is left to its provisioner',
      { type: 'provision', provisioner: 'example.com/disks', event: waiting('example.com/disks') },
      inClass('fast'),
      { storageClass: classWith('fast') },
    ],
    [
      'is left to the driver that took over from upstream’s own code',
      { type: 'provision', provisioner: 'ebs.csi.aws.com', event: waiting('ebs.csi.aws.com') },
      inClass('fast'),
      { storageClass: classWith('fast', { provisioner: 'kubernetes.io/aws-ebs' }) },
    ],
    [
      'cannot be served where volumes are made by hand',
      { type: 'fail', event: 'Warning|ProvisioningFailed|no volume plugin matched name: kubernetes.io/no-provisioner' },
      inClass('manual'),
      { storageClass: classWith('manual', { provisioner: 'kubernetes.io/no-provisioner' }) },
    ],
    [
      'waits for a pod',
      { type: 'wait', event: 'Normal|WaitForFirstConsumer|waiting for first consumer to be created before binding' },
      inClass('late'),
      late,
    ],
    [
      'waits for the pod’s node',
      { type: 'wait', event: 'Normal|WaitForPodScheduled|waiting for pod p to be scheduled' },
      inClass('late'),
      { ...late, waitingPods: ['p'] },
    ],
    [
      'is left to its provisioner when the pod has its node',
      { type: 'provision', provisioner: 'example.com/disks', event: waiting('example.com/disks') },
      inClass('late', { annotations: { 'volume.kubernetes.io/selected-node': 'n1' } }),
      late,
    ],
    [
      'does not take a free volume before its pod has a node',
      { type: 'wait', event: 'Normal|WaitForFirstConsumer|waiting for first consumer to be created before binding' },
      inClass('late'),
      { ...late, volumes: [volumeWith('v', { spec: { storageClassName: 'late' } })] },
    ],
    [
      'takes what the scheduler chose for it',
      { type: 'bind', volume: 'v' },
      inClass('late'),
      { ...late, volumes: [volumeWith('v', { spec: { storageClassName: 'late', claimRef: claimRefOf(claim) } })] },
    ],
  ])('%s', (_, expected, wanted, given) => {
    expect(summary(planClaim(wanted, facts(given)))).toEqual(expected)
  })
})

describe('a claim that names its volume', () => {
  const named = (metadata: object = {}) => claimWith('c', { metadata, spec: { volumeName: 'v' } })
  it.each<[string, ReturnType<typeof summary>, object | undefined]>([
    ['waits for it', { type: 'wait' }, undefined],
    ['gets it', { type: 'bind', volume: 'v' }, {}],
    ['gets what is reserved for it', { type: 'bind', volume: 'v' }, { claimRef: { namespace: 'ns', name: 'c' } }],
    [
      'does not get it when it does not fit',
      { type: 'wait', event: 'Warning|VolumeMismatch|Cannot bind to requested volume "v": requested PV is too small' },
      { capacity: { storage: '1Mi' } },
    ],
    [
      'does not get another’s',
      { type: 'wait', event: 'Warning|FailedBinding|volume "v" already bound to a different claim.' },
      { claimRef: { namespace: 'ns', name: 'd' } },
    ],
  ])('%s', (_, expected, spec) => {
    expect(summary(planClaim(named(), facts({ volumes: spec ? [volumeWith('v', { spec })] : [] })))).toEqual(expected)
  })

  it('is a mistake when the controller named it and it is another’s', () => {
    const volumes = [volumeWith('v', { spec: { claimRef: { namespace: 'ns', name: 'd' } } })]
    const byController = named({ annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } })
    expect(() => planClaim(byController, facts({ volumes }))).toThrow('volume already claimed by "ns/d"')
  })
})

describe('a claim that was bound', () => {
  const bound = (volumeName: string | undefined) => claimWith('c', { metadata: { annotations: done }, spec: { volumeName } })
  it.each<[string, ReturnType<typeof summary>, string | undefined, object | undefined]>([
    ['is bound', { type: 'bind', volume: 'v' }, 'v', { claimRef: claimRefOf(claim) }],
    ['is bound again when its volume forgot it', { type: 'bind', volume: 'v' }, 'v', {}],
    [
      'is lost without its volume',
      { type: 'lost', event: 'Warning|ClaimLost|Bound claim has lost its PersistentVolume. Data on the volume is lost!' },
      'v',
      undefined,
    ],
    [
      'is lost without its name',
      { type: 'lost', event: 'Warning|ClaimLost|Bound claim has lost reference to PersistentVolume. Data on the volume is lost!' },
      undefined,
      {},
    ],
    [
      'is lost when another has it',
      { type: 'lost', event: 'Warning|ClaimMisbound|Two claims are bound to the same volume, this one is bound incorrectly' },
      'v',
      { claimRef: { namespace: 'ns', name: 'd', uid: 'd' } },
    ],
  ])('%s', (_, expected, volumeName, spec) => {
    expect(summary(planClaim(bound(volumeName), facts({ volumes: spec ? [volumeWith('v', { spec })] : [] })))).toEqual(expected)
  })
})
