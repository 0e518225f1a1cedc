import { describe, expect, it } from '@jest/globals'
import type { Binding } from '../../../api/core/binding.ts'
import { CertificateSigningRequest } from '../../../api/certificates/certificate-signing-request.ts'
import { Node } from '../../../api/core/node.ts'
import { PersistentVolumeClaim } from '../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../api/core/pod.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { IngressClass } from '../../../api/networking/ingress-class.ts'
import { Ingress } from '../../../api/networking/ingress.ts'
import { RuntimeClass } from '../../../api/node/runtime-class.ts'
import { StorageClass } from '../../../api/storage/storage-class.ts'
import { createCsr } from '../../../common/certificate-request.ts'
import type { AdmissionContext, Authorizer } from '../interfaces.ts'
import { lookupOf, stored } from '../rbac/lookup-testing.ts'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts'
import { claimResize } from './claim-resize.ts'
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import type { AdmissionRule } from './rule.ts'
import { runtimeClass } from './runtime-class.ts'

const context = (changes: Partial<AdmissionContext>): AdmissionContext => ({
  kind: Pod,
  verb: 'create',
  namespace: 'default',
  name: changes.object?.metadata.name ?? '',
  user: { name: 'alice', groups: [] },
  dryRun: false,
  warn: () => undefined,
  ...changes,
})
const mutated = async (rule: AdmissionRule, changes: Partial<AdmissionContext> & { object: KubernetesObject }) =>
  await rule.mutate?.({ ...context(changes), object: changes.object })

describe('default classes', () => {
  const marked = (name: string, creationTimestamp: string) =>
    stored(StorageClass, name, { metadata: { creationTimestamp, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } })
  const rule = defaultStorageClass(lookupOf(marked('old', '2025-01-01T00:00:00Z'), marked('new', '2026-01-01T00:00:00Z')))
  const claim = (spec: object) => stored(PersistentVolumeClaim, 'c', { spec })

  it.each([
    [{}, 'new'],
    [{ storageClassName: '' }, ''],
    [{ storageClassName: 'own' }, 'own'],
  ])('of a claim with %j', async (spec, storageClassName) => {
    expect(await mutated(rule, { kind: PersistentVolumeClaim, object: claim(spec) })).toMatchObject({ spec: { storageClassName } })
  })

  it('of an ingress', async () => {
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' }
    const lookup = lookupOf(stored(IngressClass, 'main', { metadata: { annotations } }))
    const object = stored(Ingress, 'i', { spec: {} })
    expect(await mutated(defaultIngressClass(lookup), { kind: Ingress, object })).toMatchObject({ spec: { ingressClassName: 'main' } })
  })
})

describe('a runtime class', () => {
  const scheduling = { nodeSelector: { runtime: 'slow' }, tolerations: [{ key: 'slow', operator: 'Exists' }] }
  const rule = runtimeClass(
    lookupOf(stored(RuntimeClass, 'slow', { handler: 'slow', overhead: { podFixed: { cpu: '250m' } }, scheduling })),
  )
  const pod = (spec: object) => stored(Pod, 'p', { spec: { containers: [], runtimeClassName: 'slow', ...spec } })

  it('adds its overhead and its nodes', async () => {
    expect(await mutated(rule, { object: pod({}) })).toMatchObject({ spec: { overhead: { cpu: '250m' }, ...scheduling } })
  })

  it.each([
    [{ runtimeClassName: 'none' }, 'pods "p" is forbidden: pod rejected: RuntimeClass "none" not found'],
    [{ overhead: { cpu: '1' } }, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"],
    [
      { nodeSelector: { runtime: 'fast' } },
      'conflict: runtimeClass.scheduling.nodeSelector[runtime] = slow; pod.spec.nodeSelector[runtime] = fast',
    ],
  ])('refuses %j', async (spec, message) => {
    await expect(mutated(rule, { object: pod(spec) })).rejects.toThrow(message)
  })

  it('is what overhead needs', () => {
    const object = stored(Pod, 'p', { spec: { containers: [], overhead: { cpu: '1' } } })
    expect(() => rule.validate?.(context({ object }))).toThrow('Pod Overhead set without corresponding RuntimeClass defined Overhead')
  })
})

it.each([
  ['Pending', true, 'Only bound persistent volume claims can be expanded'],
  ['Bound', false, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize'],
  ['Bound', true, ''],
])('a claim that is %s grows where its class allows it: %s', (phase, allowVolumeExpansion, message) => {
  const claim = (storage: string) =>
    stored(PersistentVolumeClaim, 'c', { spec: { storageClassName: 's', resources: { requests: { storage } } }, status: { phase } })
  const rule = claimResize(lookupOf(stored(StorageClass, 's', { allowVolumeExpansion })))
  const resize = () =>
    rule.validate?.(context({ kind: PersistentVolumeClaim, verb: 'update', object: claim('2Gi'), current: claim('1Gi') }))
  if (message) expect(resize).toThrow(message)
  else expect(resize).not.toThrow()
})

describe('certificates', () => {
  const authorizer: Authorizer = {
    authorize: (_, attributes) => ({
      allowed: attributes.type === 'resource' && attributes.verb === 'approve' && attributes.name === 'example.com/*',
      reason: '',
    }),
  }
  const request = (signerName: string, status: object = {}) => stored(CertificateSigningRequest, 'r', { spec: { signerName }, status })
  const changed = (signerName: string, subresource: string) => {
    const conditions = [{ type: 'Approved', status: 'True' }]
    const [object, current] = [request(signerName, { conditions }), request(signerName)]
    return context({ kind: CertificateSigningRequest, verb: 'update', namespace: '', subresource, object, current })
  }

  it('are approved and signed by those who may use the signer', () => {
    const approve = (signer: string) => certificateApproval(authorizer).validate?.(changed(signer, 'approval'))
    expect(() => approve('example.com/mine')).not.toThrow()
    expect(() => approve('other.com/mine')).toThrow('user not permitted to approve requests with signerName "other.com/mine"')
    expect(() => certificateSigning(authorizer).validate?.(changed('example.com/mine', 'status'))).toThrow(
      'user not permitted to sign requests with signerName "example.com/mine"',
    )
  })

  it('make nobody an administrator', async () => {
    const { csr } = await createCsr({ commonName: 'eve', organizations: ['system:masters'] })
    const spec = { signerName: 'kubernetes.io/kube-apiserver-client', request: Buffer.from(csr).toString('base64') }
    const object = stored(CertificateSigningRequest, 'r', { spec })
    await expect(
      Promise.resolve(certificateSubjectRestriction.validate?.(context({ kind: CertificateSigningRequest, object }))),
    ).rejects.toThrow('use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed')
  })
})

it('a pod that is bound gets the topology of its node', async () => {
  const labels = { 'topology.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r', other: 'x' }
  const rule = podTopologyLabels(lookupOf(stored(Node, 'node-1', { metadata: { labels } })))
  const object = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { name: 'node-1' } } as unknown as Binding
  expect((await mutated(rule, { subresource: 'binding', object }))?.metadata.labels).toEqual({
    'topology.kubernetes.io/zone': 'z',
    'topology.kubernetes.io/region': 'r',
  })
})
