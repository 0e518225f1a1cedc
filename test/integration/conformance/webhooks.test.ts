import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startWebhook, type Review } from '../../../control-plane/api-server/admission/dynamic/testing.ts'
import { cronTab, cronTabs } from '../../support/cron-tab.ts'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi, type RawAnswer } from '../../support/raw-api.ts'

const root = '/apis/admissionregistration.k8s.io/v1'
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const merge = 'application/merge-patch+json'

type Type = 'validating' | 'mutating'
const configurations = (type: Type) => `${root}/${type}webhookconfigurations`

/** What the webhook of upstream's tests does, as far as they are about it: by the path that it is asked at, here by a function. */
const deny = (message: string) => () => ({ allowed: false, status: { message } })
const patch = (...operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})
const dataOf = ({ request }: Review) => (request.object['data'] ?? {}) as Record<string, string>
const addStage = (stage: number) => (review: Review) =>
  dataOf(review)['mutation-start'] === 'yes' ? patch({ op: 'add', path: `/data/mutation-stage-${stage}`, value: 'yes' }) : { allowed: true }

describe('admission webhooks', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  /** A namespace that only the webhooks of one test look at, and a configuration for it. */
  async function scene(name: string) {
    await call('POST', '/api/v1/namespaces', { body: { metadata: { name, labels: { [name]: 'true' } } } })
    await eventually(async () => (await call('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`)).status === 200)
    const maps = `/api/v1/namespaces/${name}/configmaps`
    const register = (type: Type, webhooks: readonly object[], metadata: object = {}) =>
      call('POST', configurations(type), {
        body: {
          metadata: { name, ...metadata },
          webhooks: webhooks.map((webhook, index) => ({
            name: `hook-${index}.k8s.io`,
            rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
            sideEffects: 'None',
            admissionReviewVersions: ['v1', 'v1beta1'],
            namespaceSelector: { matchLabels: { [name]: 'true' } },
            ...webhook,
          })),
        },
      })
    const create = (map: string, data: object = {}) => call('POST', maps, { body: { metadata: { name: map }, data } })
    return { maps, register, create, path: (type: Type) => `${configurations(type)}/${name}` }
  }
  const isRegistered = (answer: RawAnswer) => expect(answer).toMatchObject({ status: 201 })

  it('are found in the discovery documents', async () => {
    const { body } = await call('GET', '/apis')
    expect(body['groups']).toContainEqual(
      expect.objectContaining({
        name: 'admissionregistration.k8s.io',
        versions: expect.arrayContaining([{ groupVersion: 'admissionregistration.k8s.io/v1', version: 'v1' }]),
      }),
    )
    expect((await call('GET', '/apis/admissionregistration.k8s.io')).body['versions']).toContainEqual(
      expect.objectContaining({ version: 'v1' }),
    )
    const { resources } = (await call('GET', root)).body as unknown as { resources: { name: string }[] }
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']),
    )
  })

  it('deny what is created, put or patched, let pass what they do not mind, and do not look into other namespaces', async () => {
    const { register, create, maps } = await scene('denied')
    await using webhook = await startWebhook(review =>
      dataOf(review)['webhook-e2e-test'] === 'webhook-disallow'
        ? {
            allowed: false,
            status: { reason: 'the configmap contains unwanted key and value', message: 'the configmap contains unwanted key and value' },
          }
        : { allowed: true },
    )
    await using ofPods = await startWebhook(({ request }) =>
      request.object.metadata.labels?.['webhook-e2e-test'] ? deny('the pod contains unwanted label')() : { allowed: true },
    )
    const rule = (resource: string, ...operations: string[]) => [
      { apiGroups: [''], apiVersions: ['v1'], resources: [resource], operations },
    ]
    const skipping = { matchLabels: { denied: 'true' }, matchExpressions: [{ key: 'skip', operator: 'NotIn', values: ['yes'] }] }
    isRegistered(
      await register('validating', [
        { clientConfig: ofPods.clientConfig, rules: rule('pods', 'CREATE') },
        { clientConfig: webhook.clientConfig, rules: rule('configmaps', 'CREATE', 'UPDATE', 'DELETE'), namespaceSelector: skipping },
        // Nobody answers there: as failures are ignored it does not matter.
        { clientConfig: { url: 'https://localhost:1/configmaps' }, failurePolicy: 'Ignore' },
      ]),
    )
    const refusal = { body: { message: expect.stringContaining('the configmap contains unwanted key and value') } }
    const unwanted = { 'webhook-e2e-test': 'webhook-disallow' }
    const pod = { metadata: { name: 'p', labels: unwanted }, spec: { containers: [{ name: 'c', image: 'x' }] } }
    expect((await call('POST', '/api/v1/namespaces/denied/pods', { body: pod })).body['message']).toContain('unwanted label')
    expect(await create('m', unwanted)).toMatchObject(refusal)
    isRegistered(await create('allowed', { admit: 'this' }))
    expect(await call('PUT', `${maps}/allowed`, { body: { metadata: { name: 'allowed' }, data: unwanted } })).toMatchObject(refusal)
    expect(
      await call('PATCH', `${maps}/allowed`, { body: { data: unwanted }, type: 'application/strategic-merge-patch+json' }),
    ).toMatchObject(refusal)
    await call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'skipped', labels: { denied: 'true', skip: 'yes' } } } })
    isRegistered(await call('POST', '/api/v1/namespaces/skipped/configmaps', { body: { metadata: { name: 'm' }, data: unwanted } }))
  })

  it('deny to attach to a pod, by what the client asks for', async () => {
    const { register } = await scene('attached')
    await using webhook = await startWebhook(({ request }) => {
      const { stdin, container } = request.object as unknown as { stdin?: boolean; container?: string }
      return stdin && container === 'container1' && request['name'] === 'p'
        ? deny("attaching to pod 'p' is not allowed")()
        : { allowed: true }
    })
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods/attach'], operations: ['CONNECT'] }]
    isRegistered(await register('validating', [{ clientConfig: webhook.clientConfig, rules }]))
    const pod = { metadata: { name: 'p' }, spec: { nodeName: 'n', containers: [{ name: 'container1', image: 'x' }] } }
    isRegistered(await call('POST', '/api/v1/namespaces/attached/pods', { body: pod }))
    const attach = (query: string) =>
      call('POST', `/api/v1/namespaces/attached/pods/p/attach?${query}`, { headers: { Connection: 'Upgrade', Upgrade: 'SPDY/3.1' } })
    expect((await attach('container=container1&stdin=true&stdout=true')).body['message']).toContain("attaching to pod 'p' is not allowed")
    expect(webhook.asked[0]?.request).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'PodAttachOptions' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'attach',
      operation: 'CONNECT',
      name: 'p',
      namespace: 'attached',
      object: { kind: 'PodAttachOptions', apiVersion: 'v1', stdin: true, stdout: true, container: 'container1' },
      oldObject: null,
      options: null,
    })
    expect((await attach('container=container1&stdout=true')).body['message']).not.toContain('is not allowed')
  })

  it('change objects one after the other, and pods get their defaults afterwards', async () => {
    const { register, create } = await scene('changed')
    await using first = await startWebhook(addStage(1))
    await using second = await startWebhook(addStage(2))
    await using ofPods = await startWebhook(() =>
      patch({
        op: 'add',
        path: '/spec/initContainers',
        value: [{ image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} }],
      }),
    )
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }]
    isRegistered(
      await register('mutating', [
        { clientConfig: first.clientConfig },
        { clientConfig: second.clientConfig },
        { clientConfig: ofPods.clientConfig, rules },
      ]),
    )
    expect((await create('m', { 'mutation-start': 'yes' })).body['data']).toEqual({
      'mutation-start': 'yes',
      'mutation-stage-1': 'yes',
      'mutation-stage-2': 'yes',
    })
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } }
    const { initContainers } = (await call('POST', '/api/v1/namespaces/changed/pods', { body: pod })).body['spec'] as unknown as Record<
      string,
      unknown
    >
    expect(initContainers).toEqual([
      expect.objectContaining({ name: 'webhook-added-init-container', terminationMessagePolicy: 'File', imagePullPolicy: 'Always' }),
    ])
  })

  it('refuse everything where failures are not ignored and nobody answers', async () => {
    const { register, create } = await scene('closed')
    await using webhook = await startWebhook(() => ({ allowed: true }))
    // Without the bundle its certificate is nobody's.
    isRegistered(await register('validating', [{ clientConfig: { url: webhook.clientConfig.url }, failurePolicy: 'Fail' }]))
    expect(await create('m')).toMatchObject({ status: 500, body: { reason: 'InternalError' } })
  })

  it('neither change nor keep the configurations of webhooks', async () => {
    const { register, path } = await scene('exempt')
    await using webhook = await startWebhook(() => ({
      ...patch({ op: 'add', path: '/metadata/labels', value: { changed: 'yes' } }),
      allowed: false,
    }))
    const rules = [
      { apiGroups: ['admissionregistration.k8s.io'], apiVersions: ['*'], resources: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'] },
    ]
    const hook = { clientConfig: webhook.clientConfig, rules, namespaceSelector: {} }
    isRegistered(await register('validating', [hook]))
    isRegistered(await register('mutating', [hook]))
    const { body } = await call('POST', configurations('validating'), { body: { metadata: { name: 'plain' } } })
    expect(body['metadata']).not.toHaveProperty('labels')
    for (const each of [`${configurations('validating')}/plain`, path('mutating'), path('validating')])
      expect(await call('DELETE', each)).toMatchObject({ status: 200 })
    expect(webhook.asked).toEqual([])
  })

  it.each<[Type, string]>([
    ['validating', 'denied'],
    ['mutating', 'changed'],
  ])('%s: follow updates and patches of their operations, at once', async (type, effect) => {
    const { register, create, path } = await scene(`updated-${type}`)
    await using webhook = await startWebhook(type === 'validating' ? deny('no') : addStage(1))
    isRegistered(await register(type, [{ clientConfig: webhook.clientConfig }]))
    const took = async (name: string) => {
      const { status, body } = await create(name, { 'mutation-start': 'yes' })
      if (status !== 201) return 'denied'
      return 'mutation-stage-1' in (body['data'] as unknown as object) ? 'changed' : 'nothing'
    }
    expect(await took('a')).toBe(effect)
    const { body } = await call('GET', path(type))
    const webhooks = (operations: string[]) =>
      (body as unknown as { webhooks: { rules: object[] }[] }).webhooks.map(each => ({
        ...each,
        rules: each.rules.map(rule => ({ ...rule, operations })),
      }))
    expect(await call('PUT', path(type), { body: { ...body, webhooks: webhooks(['UPDATE']) } })).toMatchObject({ status: 200 })
    expect(await took('b')).toBe('nothing')
    const json = [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }]
    expect(await call('PATCH', path(type), { body: json, type: 'application/json-patch+json' })).toMatchObject({ status: 200 })
    expect(await took('c')).toBe(effect)
  })

  it.each<[Type]>([['validating'], ['mutating']])('%s: are listed by their labels, and deleted together', async type => {
    const { register, create } = await scene(`listed-${type}`)
    await using webhook = await startWebhook(type === 'validating' ? deny('no') : addStage(1))
    for (const number of [1, 2, 3])
      isRegistered(
        await register(type, [{ clientConfig: webhook.clientConfig }], { name: `listed-${type}-${number}`, labels: { listed: type } }),
      )
    const listed = async () =>
      ((await call('GET', `${configurations(type)}?labelSelector=listed%3D${type}`)).body['items'] as unknown as object[]).length
    expect(await listed()).toBe(3)
    await create('m', { 'mutation-start': 'yes' })
    expect(webhook.asked.length).toBeGreaterThan(0)
    await call('DELETE', `${configurations(type)}?labelSelector=listed%3D${type}`)
    expect(await listed()).toBe(0)
    const asked = webhook.asked.length
    isRegistered(await create('n', { 'mutation-start': 'yes' }))
    expect(webhook.asked).toHaveLength(asked)
  })

  it.each<[Type]>([['validating'], ['mutating']])(
    '%s: keep their match conditions, new ones too, and refuse what is no expression',
    async type => {
      const { register, path } = await scene(`conditions-${type}`)
      const hook = { clientConfig: { url: 'https://localhost:1/hook' } }
      const matchConditions = [{ name: 'expression-1', expression: "object.metadata.namespace == 'production'" }]
      const { body } = await register(type, [{ ...hook, matchConditions }])
      const conditions = async () =>
        ((await call('GET', path(type))).body as unknown as { webhooks: [{ matchConditions: object[] }] }).webhooks[0].matchConditions
      expect(await conditions()).toEqual(matchConditions)
      const updated = [...matchConditions, { name: 'expression-2', expression: "object.metadata.namespace == 'staging'" }]
      const [first] = (body as unknown as { webhooks: [object] }).webhooks
      await call('PUT', path(type), { body: { ...body, webhooks: [{ ...first, matchConditions: updated }] } })
      expect(await conditions()).toEqual(updated)
      const bad = (expression: string) =>
        register(type, [{ ...hook, matchConditions: [{ name: 'invalid-expression-1', expression }] }], { name: `bad-${type}` })
      expect(await bad('... [] bad expression')).toMatchObject({
        status: 422,
        body: {
          message: expect.stringMatching(/webhooks\[0\]\.matchConditions\[0\]\.expression: Invalid value: .*: compilation failed: /s),
        },
      })
      expect((await bad('"yes"')).body['message']).toContain('must evaluate to bool')
    },
  )

  it('are not asked about what their match conditions exclude', async () => {
    const { register, create } = await scene('skipping')
    await using webhook = await startWebhook(addStage(1))
    const matchConditions = [{ name: 'skip-me', expression: "object.metadata.name != 'skip-me'" }]
    isRegistered(await register('mutating', [{ clientConfig: webhook.clientConfig, matchConditions }]))
    const start = { 'mutation-start': 'yes' }
    expect((await create('any', start)).body['data']).toEqual({ ...start, 'mutation-stage-1': 'yes' })
    expect((await create('skip-me', start)).body['data']).toEqual(start)
  })

  it('are waited for as long as they say', async () => {
    const { register, create, path } = await scene('slow')
    await using webhook = await startWebhook(() => ({ allowed: true }), { delay: 2_000 })
    const timed = async (type: object) => {
      await call('DELETE', path('validating'))
      isRegistered(await register('validating', [{ clientConfig: webhook.clientConfig, ...type }]))
      return create(`m-${JSON.stringify(type).length}`)
    }
    expect((await timed({ timeoutSeconds: 1 })).body['message']).toMatch(/\/hook\?timeout=1s": .*(deadline exceeded|Client\.Timeout)/)
    expect(await timed({ timeoutSeconds: 1, failurePolicy: 'Ignore' })).toMatchObject({ status: 201 })
    expect(await timed({ timeoutSeconds: 30 })).toMatchObject({ status: 201 })
    // No timeout is ten seconds.
    expect(await timed({})).toMatchObject({ status: 201 })
  })

  describe('of custom resources', () => {
    const objects = '/apis/stable.example.com/v1/namespaces/default/crontabs'
    const rules = (...operations: string[]) => [
      { apiGroups: ['stable.example.com'], apiVersions: ['*'], resources: ['crontabs'], operations },
    ]
    const everywhere = { namespaceSelector: {} }
    beforeAll(async () => {
      const [v1] = cronTabs.spec.versions
      const versions = [v1, { ...v1, name: 'v2', storage: false }]
      isRegistered(await call('POST', definitions, { body: { ...cronTabs, spec: { ...cronTabs.spec, versions } } }))
      await eventually(async () => (await call('GET', objects)).status === 200)
    }, 60_000)

    it('deny to create, update and delete them', async () => {
      const { register, path } = await scene('custom-denied')
      await using webhook = await startWebhook(({ request }) => {
        const { spec } = (request.operation === 'DELETE' ? request['oldObject'] : request.object) as { spec: { note?: string } }
        return spec.note === 'unwanted' ? deny('the custom resource contains unwanted data')() : { allowed: true }
      })
      isRegistered(
        await register('validating', [{ clientConfig: webhook.clientConfig, rules: rules('CREATE', 'UPDATE', 'DELETE'), ...everywhere }]),
      )
      const unwanted = { body: { message: expect.stringContaining('the custom resource contains unwanted data') } }
      expect(await call('POST', objects, { body: cronTab('bad', { note: 'unwanted' }) })).toMatchObject(unwanted)
      isRegistered(await call('POST', objects, { body: cronTab('good') }))
      const change = (note: string | null) => call('PATCH', `${objects}/good`, { body: { spec: { note } }, type: merge })
      expect(await change('unwanted')).toMatchObject(unwanted)
      await call('DELETE', path('validating'))
      expect(await change('unwanted')).toMatchObject({ status: 200 })
      isRegistered(
        await register('validating', [{ clientConfig: webhook.clientConfig, rules: rules('CREATE', 'UPDATE', 'DELETE'), ...everywhere }]),
      )
      expect(await call('DELETE', `${objects}/good`)).toMatchObject(unwanted)
      expect(await change('fine')).toMatchObject({ status: 200 })
      expect(await call('DELETE', `${objects}/good`)).toMatchObject({ status: 200 })
      await call('DELETE', path('validating'))
    })

    it('change them, but what their schema does not know goes, and the version that is stored may move on', async () => {
      const { register, path } = await scene('custom-changed')
      await using webhook = await startWebhook(() =>
        patch({ op: 'add', path: '/spec/note', value: 'by webhook' }, { op: 'add', path: '/spec/unknown', value: 'pruned' }),
      )
      isRegistered(await register('mutating', [{ clientConfig: webhook.clientConfig, rules: rules('CREATE', 'UPDATE'), ...everywhere }]))
      const created = await call('POST', objects, { body: cronTab('changed') })
      expect(created.body['spec']).toMatchObject({ note: 'by webhook' })
      expect(created.body['spec']).not.toHaveProperty('unknown')
      const json = [
        { op: 'replace', path: '/spec/versions/0/storage', value: false },
        { op: 'replace', path: '/spec/versions/1/storage', value: true },
      ]
      expect(
        await call('PATCH', `${definitions}/${cronTabs.metadata.name}`, { body: json, type: 'application/json-patch+json' }),
      ).toMatchObject({ status: 200 })
      const patched = await call('PATCH', `${objects.replace('v1', 'v2')}/changed`, { body: { spec: { note: 'by hand' } }, type: merge })
      expect(patched).toMatchObject({ status: 200, body: { apiVersion: 'stable.example.com/v2', spec: { note: 'by webhook' } } })
      await call('DELETE', path('mutating'))
    })

    it('deny to create definitions', async () => {
      const { register, path } = await scene('definitions')
      await using webhook = await startWebhook(deny('the crd contains unwanted label'))
      const ofDefinitions = [
        { apiGroups: ['apiextensions.k8s.io'], apiVersions: ['*'], resources: ['customresourcedefinitions'], operations: ['CREATE'] },
      ]
      isRegistered(
        await register('validating', [
          { clientConfig: webhook.clientConfig, rules: ofDefinitions, objectSelector: { matchLabels: { unwanted: 'yes' } }, ...everywhere },
        ]),
      )
      const other = { ...cronTabs, metadata: { name: 'others.stable.example.com', labels: { unwanted: 'yes' } } }
      const spec = { ...cronTabs.spec, names: { plural: 'others', kind: 'Other' } }
      expect((await call('POST', definitions, { body: { ...other, spec } })).body['message']).toContain('the crd contains unwanted label')
      await call('DELETE', path('validating'))
    })
  })
})
