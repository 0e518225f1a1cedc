import { describe, expect, it } from '@jest/globals'
import { startAdmittingServer } from './testing.ts'

const root = '/apis/admissionregistration.k8s.io/v1'
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const matchConstraints = {
  resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }],
}
const deployment = (replicas: number, labels: object = {}) => ({
  metadata: { name: 'web', labels },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  },
})

type Server = Awaited<ReturnType<typeof startAdmittingServer>>
async function post(server: Server, path: string, body: object) {
  const { status, text } = await server.call('POST', path, { body })
  if (status !== 201) throw new Error(text)
}
async function bind(server: Server, spec: object, binding: object = {}) {
  await post(server, `${root}/validatingadmissionpolicies`, { metadata: { name: 'p' }, spec: { matchConstraints, ...spec } })
  const rest = { policyName: 'p', validationActions: ['Deny'], ...binding }
  await post(server, `${root}/validatingadmissionpolicybindings`, { metadata: { name: 'b' }, spec: rest })
}
const create = async (server: Server, replicas: number, labels?: object) => {
  const { status, body, headers } = await server.call('POST', `${deployments}?dryRun=All`, { body: deployment(replicas, labels) })
  return { status, message: body['message'] as unknown as string, reason: body['reason'] as unknown, warning: headers['warning'] }
}
const denied = (why: string) => `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${why}`

describe('a validating admission policy', () => {
  it('refuses what its expressions do not allow', async () => {
    await using server = await startAdmittingServer()
    await bind(server, { validations: [{ expression: 'object.spec.replicas <= 5' }] })
    expect((await create(server, 5)).status).toBe(201)
    expect(await create(server, 6)).toEqual({
      status: 422,
      reason: 'Invalid',
      message: denied('failed expression: object.spec.replicas <= 5'),
      warning: undefined,
    })
  })

  it.each([
    [{ message: 'too many' }, 422, 'too many'],
    [{ message: 'too many', messageExpression: '"at most 5, not " + string(object.spec.replicas)' }, 422, 'at most 5, not 6'],
    [{ messageExpression: 'object.nothing', reason: 'Forbidden' }, 403, 'failed expression: object.spec.replicas <= 5'],
  ])('says %j', async (validation, status, why) => {
    await using server = await startAdmittingServer()
    await bind(server, { validations: [{ expression: 'object.spec.replicas <= 5', ...validation }] })
    expect(await create(server, 6)).toMatchObject({ status, message: denied(why) })
  })

  it('knows variables, parameters, the namespace and the request', async () => {
    await using server = await startAdmittingServer()
    await post(server, '/api/v1/namespaces/default/configmaps', { metadata: { name: 'limits' }, data: { most: '3' } })
    const validations = [
      {
        expression:
          'variables.twice <= int(params.data.most) * 2 && namespaceObject.metadata.name == "default" && request.userInfo.username == "kubernetes-admin" && oldObject == null',
      },
    ]
    const variables = [
      { name: 'replicas', expression: 'object.spec.replicas' },
      { name: 'twice', expression: 'variables.replicas * 2' },
    ]
    const paramRef = { name: 'limits', parameterNotFoundAction: 'Deny' }
    await bind(server, { validations, variables, paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }, { paramRef })
    expect([(await create(server, 3)).status, (await create(server, 4)).status]).toEqual([201, 422])
    await server.call('DELETE', '/api/v1/namespaces/default/configmaps/limits')
    expect((await create(server, 3)).message).toBe(denied('no params found for policy binding with `Deny` parameterNotFoundAction'))
  })

  it('is about bindings of pods whichever way they are made, and about no question of rights', async () => {
    await using server = await startAdmittingServer()
    const resourceRules = [
      { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['bindings', 'selfsubjectaccessreviews'] },
    ]
    await bind(server, { matchConstraints: { resourceRules }, validations: [{ expression: 'false', message: 'never' }] })
    const binding = { metadata: { name: 'p' }, target: { apiVersion: 'v1', kind: 'Node', name: 'n1' } }
    const bound = await server.call('POST', '/api/v1/namespaces/default/bindings', { body: binding })
    expect(bound).toMatchObject({ status: 422, body: { message: expect.stringContaining('bindings "p" is forbidden') } })
    const question = { metadata: { name: 'q' }, spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } }
    const answer = await server.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body: question })
    expect(answer).toMatchObject({ status: 201 })
  })

  it('warns where it is only to warn', async () => {
    await using server = await startAdmittingServer()
    await bind(server, { validations: [{ expression: 'false', message: 'never' }] }, { validationActions: ['Warn'] })
    expect(await create(server, 1)).toMatchObject({
      status: 201,
      warning: `299 - "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': never"`,
    })
  })

  it('is about what constraints, binding and conditions say', async () => {
    await using server = await startAdmittingServer()
    const matchConditions = [{ name: 'many', expression: 'object.spec.replicas > 1' }]
    const matchResources = { objectSelector: { matchLabels: { check: 'yes' } } }
    await bind(server, { validations: [{ expression: 'false' }], matchConditions }, { matchResources })
    const check = { check: 'yes' }
    expect([(await create(server, 2)).status, (await create(server, 1, check)).status, (await create(server, 2, check)).status]).toEqual([
      201, 201, 422,
    ])
  })

  it('refuses when an expression has no value, unless failures are ignored', async () => {
    await using server = await startAdmittingServer()
    await bind(server, { validations: [{ expression: 'object.spec.missing == 1' }] })
    expect((await create(server, 1)).message).toMatch(
      /denied request: expression 'object.spec.missing == 1' resulted in error: no such key: missing$/,
    )
    await server.call('PATCH', `${root}/validatingadmissionpolicies/p`, {
      body: { spec: { failurePolicy: 'Ignore' } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    })
    expect((await create(server, 1)).status).toBe(201)
  })
})

describe('a mutating admission policy', () => {
  const mutations = [
    { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"by": "policy"}}}' } },
    {
      patchType: 'JSONPatch',
      jsonPatch: { expression: '[JSONPatch{op: "replace", path: "/spec/replicas", value: object.spec.replicas + 1}]' },
    },
  ]
  const bindMutating = async (server: Server, spec: object) => {
    const policy = { matchConstraints, reinvocationPolicy: 'Never', mutations, ...spec }
    await post(server, `${root}/mutatingadmissionpolicies`, { metadata: { name: 'p' }, spec: policy })
    await post(server, `${root}/mutatingadmissionpolicybindings`, { metadata: { name: 'b' }, spec: { policyName: 'p' } })
  }

  it('changes objects by parts and by patches', async () => {
    await using server = await startAdmittingServer()
    await bindMutating(server, {})
    const { body } = await server.call('POST', deployments, { body: deployment(1, { own: 'x' }) })
    expect(body).toMatchObject({ metadata: { labels: { own: 'x', by: 'policy' } }, spec: { replicas: 2 } })
  })

  it('refuses when a change cannot be made', async () => {
    await using server = await startAdmittingServer()
    await bindMutating(server, { mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: 'object.nothing' } }] })
    expect(await create(server, 1)).toMatchObject({ status: 403, message: expect.stringContaining('no such key: nothing') as unknown })
  })
})
