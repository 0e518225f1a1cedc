import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createCsr } from '../../../common/certificate-request.ts'
import { createAuthority } from '../../../common/certificates.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'
import { watchApi } from '../../support/watch-api.ts'

const merge = 'application/merge-patch+json'

interface Item {
  readonly metadata: { readonly name: string; readonly uid: string; readonly annotations?: Record<string, string> }
  readonly spec: Readonly<Record<string, unknown>>
  readonly status?: { readonly conditions?: readonly { readonly type: string }[] }
}

interface Operations {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly spec: object
  /** What a patch changes of the spec, and how a PUT changes it again. */
  readonly change: object
  readonly again: object
  /** Whether a condition may be patched and put into its status. */
  readonly status?: false
}

const admission = 'admissionregistration.k8s.io'
const flowControl = 'flowcontrol.apiserver.k8s.io'
const matchConstraints = {
  resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
}
const applyConfiguration = { expression: 'Object{metadata: Object.metadata{annotations: {"my-foo-annotation": "myAnnotationValue"}}}' }
const kinds: readonly Operations[] = [
  {
    group: flowControl,
    kind: 'FlowSchema',
    plural: 'flowschemas',
    spec: {
      matchingPrecedence: 10000,
      priorityLevelConfiguration: { name: 'global-default' },
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'nobody-there' } }],
          nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        },
      ],
    },
    change: { matchingPrecedence: 9999 },
    again: { matchingPrecedence: 9000 },
  },
  {
    group: flowControl,
    kind: 'PriorityLevelConfiguration',
    plural: 'prioritylevelconfigurations',
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 2, limitResponse: { type: 'Reject' } } },
    change: { limited: { nominalConcurrencyShares: 4 } },
    again: { limited: { nominalConcurrencyShares: 6, limitResponse: { type: 'Reject' } } },
  },
  {
    group: admission,
    kind: 'ValidatingAdmissionPolicy',
    plural: 'validatingadmissionpolicies',
    spec: { matchConstraints, validations: [{ expression: 'object.spec.replicas <= 100' }] },
    change: { failurePolicy: 'Ignore' },
    again: { failurePolicy: 'Fail' },
  },
  {
    group: admission,
    kind: 'ValidatingAdmissionPolicyBinding',
    plural: 'validatingadmissionpolicybindings',
    spec: { policyName: 'replicalimit-policy.example.com', validationActions: ['Deny'] },
    change: { validationActions: ['Warn'] },
    again: { validationActions: ['Deny'] },
    status: false,
  },
  {
    group: admission,
    kind: 'MutatingAdmissionPolicy',
    plural: 'mutatingadmissionpolicies',
    spec: { matchConstraints, reinvocationPolicy: 'Never', mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration }] },
    change: { failurePolicy: 'Ignore' },
    again: { failurePolicy: 'Fail' },
    status: false,
  },
  {
    group: admission,
    kind: 'MutatingAdmissionPolicyBinding',
    plural: 'mutatingadmissionpolicybindings',
    spec: { policyName: 'mutate-policy.example.com' },
    change: { matchResources: { matchPolicy: 'Exact' } },
    again: { policyName: 'other-policy.example.com' },
    status: false,
  },
]

describe('the API operations', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  const isDiscovered = async (group: string, ...resources: string[]) => {
    const { groups } = (await call('GET', '/apis')).body as unknown as { groups: { name: string; versions: { version: string }[] }[] }
    expect(groups.find(({ name }) => name === group)?.versions.map(({ version }) => version)).toContain('v1')
    const { versions } = (await call('GET', `/apis/${group}`)).body as unknown as { versions: { version: string }[] }
    expect(versions.map(({ version }) => version)).toContain('v1')
    const found = (await call('GET', `/apis/${group}/v1`)).body as unknown as { resources: { name: string }[] }
    expect(found.resources.map(({ name }) => name)).toEqual(expect.arrayContaining(resources))
  }
  const item = async (answer: ReturnType<typeof call>): Promise<Item> => {
    const { status, body, text } = await answer
    if (status >= 300) throw new Error(text)
    return body as unknown as Item
  }
  const conditionTypes = ({ status }: Item) => (status?.conditions ?? []).map(({ type }) => type)

  it.each(kinds.map(each => [each.kind, each] as const))(
    'of %s, from discovery to the deletion of many',
    async (kind, { group, plural, spec, change, again, status }) => {
      await isDiscovered(group, plural, ...(status === false ? [] : [`${plural}/status`]))
      const path = `/apis/${group}/v1/${plural}`
      const label = `conformance=${plural.slice(0, 40)}`
      const selected = `${path}?labelSelector=${encodeURIComponent(label)}`
      const template = { metadata: { generateName: 'e2e-', labels: { conformance: plural.slice(0, 40) } }, spec }
      const list = async () => (await call('GET', selected)).body as unknown as { items: Item[]; metadata: { resourceVersion: string } }

      await item(call('POST', path, { body: template }))
      await item(call('POST', path, { body: template }))
      const created = await item(call('POST', path, { body: template }))
      const one = `${path}/${created.metadata.name}`
      expect((await item(call('GET', one))).metadata.uid).toBe(created.metadata.uid)
      const { items, metadata } = await list()
      expect(items).toHaveLength(3)

      const watch = await watchApi(cluster.plane, `${selected}&resourceVersion=${metadata.resourceVersion}`)
      const body = { metadata: { annotations: { patched: 'true' } }, spec: change }
      const patched = await item(call('PATCH', one, { body, type: merge }))
      expect(patched).toMatchObject({ metadata: { annotations: { patched: 'true' } }, spec: change })
      const annotations = { ...patched.metadata.annotations, updated: 'true' }
      const put = { ...patched, metadata: { ...patched.metadata, annotations }, spec: { ...patched.spec, ...again } }
      expect(await item(call('PUT', one, { body: put }))).toMatchObject({ metadata: { annotations }, spec: again })
      expect(await watch.take(1)).toMatchObject([{ type: 'MODIFIED', object: { kind, metadata: { annotations: { patched: 'true' } } } }])
      watch.end()

      if (status !== false) {
        expect(await item(call('GET', `${one}/status`))).toMatchObject({ kind, metadata: { uid: created.metadata.uid } })
        const condition = (type: string) => ({
          type,
          status: 'False',
          reason: 'e2e',
          message: 'm',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        })
        const inStatus = await item(
          call('PATCH', `${one}/status`, { body: { status: { conditions: [condition('PatchStatusFailed')] } }, type: merge }),
        )
        expect(conditionTypes(inStatus)).toContain('PatchStatusFailed')
        const next = {
          ...inStatus,
          status: { ...inStatus.status, conditions: [...(inStatus.status?.conditions ?? []), condition('StatusUpdateFailed')] },
        }
        expect(conditionTypes(await item(call('PUT', `${one}/status`, { body: next })))).toContain('StatusUpdateFailed')
      }

      expect((await call('DELETE', one)).status).toBe(200)
      expect((await call('GET', one)).status).toBe(404)
      expect((await list()).items).toHaveLength(2)
      expect((await call('DELETE', selected)).status).toBe(200)
      expect((await list()).items).toEqual([])
    },
  )

  it('of CertificateSigningRequest, its approval and its status', async () => {
    const group = 'certificates.k8s.io'
    const plural = 'certificatesigningrequests'
    await isDiscovered(group, plural, `${plural}/approval`, `${plural}/status`)
    const path = `/apis/${group}/v1/${plural}`
    const selected = `${path}?labelSelector=conformance%3Dcsr`
    const { csr } = await createCsr({ commonName: 'e2e-example-com', organizations: [] })
    const spec = {
      request: Buffer.from(csr).toString('base64'),
      signerName: 'example.com/e2e',
      expirationSeconds: 3600,
      usages: ['digital signature', 'key encipherment', 'server auth'],
    }
    const template = { metadata: { generateName: 'e2e-example-csr-', labels: { conformance: 'csr' } }, spec }
    await item(call('POST', path, { body: template }))
    const created = await item(call('POST', path, { body: template }))
    expect(created.spec).toMatchObject({ username: 'kubernetes-admin', expirationSeconds: 3600 })
    const one = `${path}/${created.metadata.name}`
    const { items, metadata } = (await call('GET', selected)).body as unknown as { items: Item[]; metadata: { resourceVersion: string } }
    expect(items).toHaveLength(2)
    const watch = await watchApi(cluster.plane, `${selected}&resourceVersion=${metadata.resourceVersion}`)
    const annotate = (key: string, status = {}) => ({
      metadata: { annotations: { [key]: 'true' } },
      ...(Object.keys(status).length > 0 ? { status } : {}),
    })
    const patched = await item(call('PATCH', one, { body: annotate('patched'), type: merge }))
    const updated = { ...patched, metadata: { ...patched.metadata, annotations: { patched: 'true', updated: 'true' } } }
    expect((await item(call('PUT', one, { body: updated }))).metadata.annotations).toEqual({ patched: 'true', updated: 'true' })
    expect(await watch.take(2)).toMatchObject([{ type: 'MODIFIED' }, { type: 'MODIFIED' }])
    watch.end()

    const condition = (type: string) => ({ type, status: 'True', reason: 'E2E', message: 'Set from an e2e test' })
    const withCondition = (object: Item, type: string) => ({
      ...object,
      status: { ...object.status, conditions: [...(object.status?.conditions ?? []), condition(type)] },
    })
    expect((await item(call('GET', `${one}/approval`))).metadata.uid).toBe(created.metadata.uid)
    const approval = annotate('patchedapproval', { conditions: [condition('ApprovalPatch')] })
    const approving = await item(call('PATCH', `${one}/approval`, { body: approval, type: merge }))
    expect(conditionTypes(approving)).toEqual(['ApprovalPatch'])
    expect(approving.metadata.annotations).toMatchObject({ patchedapproval: 'true' })
    const approved = await item(call('PUT', `${one}/approval`, { body: withCondition(approving, 'Approved') }))
    expect(conditionTypes(approved)).toEqual(['ApprovalPatch', 'Approved'])

    expect((await item(call('GET', `${one}/status`))).metadata.uid).toBe(created.metadata.uid)
    const certificate = Buffer.from((await createAuthority('e2e')).cert).toString('base64')
    const issued = await item(call('PATCH', `${one}/status`, { body: annotate('patchedstatus', { certificate }), type: merge }))
    expect(issued).toMatchObject({ metadata: { annotations: { patchedstatus: 'true' } }, status: { certificate } })
    const final = await item(call('PUT', `${one}/status`, { body: withCondition(issued, 'StatusUpdate') }))
    expect(conditionTypes(final)).toEqual(['ApprovalPatch', 'Approved', 'StatusUpdate'])

    expect((await call('DELETE', one)).status).toBe(200)
    expect((await call('DELETE', selected)).status).toBe(200)
    expect((await call('GET', selected)).body['items']).toEqual([])
  })
})
