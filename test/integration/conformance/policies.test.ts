import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'

const root = '/apis/admissionregistration.k8s.io/v1'

describe('admission policies', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false, disabled: ['deployment-controller'] })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  /** A policy about Deployments of one namespace, and its binding. */
  async function policy(name: string, type: 'Validating' | 'Mutating', spec: object): Promise<void> {
    const labels = { [name]: 'true' }
    await call('POST', '/api/v1/namespaces', { body: { metadata: { name, labels } } })
    const matchConstraints = {
      namespaceSelector: { matchLabels: labels },
      resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }],
    }
    const plural = `${type.toLowerCase()}admissionpolic`
    const made = await call('POST', `${root}/${plural}ies`, {
      body: { metadata: { name: `${name}.policy` }, spec: { matchConstraints, ...spec } },
    })
    expect(made).toMatchObject({ status: 201 })
    const binding = {
      policyName: `${name}.policy`,
      matchResources: { namespaceSelector: { matchLabels: labels } },
      ...(type === 'Validating' ? { validationActions: ['Deny'] } : {}),
    }
    expect(
      await call('POST', `${root}/${plural}ybindings`, { body: { metadata: { name: `${name}.binding` }, spec: binding } }),
    ).toMatchObject({ status: 201 })
  }
  const create = (namespace: string, replicas: number, plural = 'deployments') =>
    call('POST', `/apis/apps/v1/namespaces/${namespace}/${plural}?dryRun=All`, {
      body: {
        metadata: { name: 'web', labels: { app: 'nginx' } },
        spec: {
          replicas,
          selector: { matchLabels: { app: 'nginx' } },
          template: { metadata: { labels: { app: 'nginx' } }, spec: { containers: [{ name: 'nginx', image: 'nginx:latest' }] } },
        },
      },
    })

  it.each<[string, object]>([
    [
      'an expression, though its message cannot be made',
      { validations: [{ expression: 'object.spec.replicas > 1', messageExpression: "'wants replicas > 1, got ' + object.spec.replicas" }] },
    ],
    [
      'variables',
      {
        variables: [
          { name: 'replicas', expression: 'object.spec.replicas' },
          { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' },
        ],
        validations: [
          { expression: 'variables.replicas > 1' },
          { expression: '!variables.oddReplicas', messageExpression: "'replicas must be even, got ' + string(variables.replicas)" },
        ],
      },
    ],
  ])('validate Deployments by %s, and nothing else', async (_, spec) => {
    const name = 'variables' in spec ? 'by-variables' : 'by-expression'
    await policy(name, 'Validating', spec)
    expect(await create(name, 1)).toMatchObject({ status: 422, body: { reason: 'Invalid' } })
    expect(await create(name, 2)).toMatchObject({ status: 201 })
    expect(await create(name, 1, 'replicasets')).toMatchObject({ status: 201 })
    if ('variables' in spec) expect((await create(name, 3)).body['message']).toContain('replicas must be even, got 3')
  })

  it.each([
    [
      'annotated',
      'Object{metadata: Object.metadata{annotations: {"mutated-by": "admission-policy"}}}',
      { metadata: { annotations: { 'mutated-by': 'admission-policy' } } },
    ],
    ['scaled', 'Object{\n  spec: Object.spec{\n    replicas: object.spec.replicas + 1\n  }\n}', { spec: { replicas: 3 } }],
    [
      'labelled',
      'Object{metadata: Object.metadata{labels: {"my-foo-label": "myLabelValue"}, annotations: {"my-foo-annotation": "myAnnotationValue"}}}',
      { metadata: { labels: { app: 'nginx', 'my-foo-label': 'myLabelValue' }, annotations: { 'my-foo-annotation': 'myAnnotationValue' } } },
    ],
  ])('change Deployments: %s', async (name, expression, expected) => {
    const mutations = [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }]
    await policy(name, 'Mutating', { mutations, reinvocationPolicy: 'Never' })
    expect(await create(name, 2)).toMatchObject({ status: 201, body: expected })
  })

  it.each([
    [
      'an expression that is none',
      { validations: [{ expression: 'object.spec.replicas >' }] },
      /spec\.validations\[0\]\.expression: Invalid value: .*: compilation failed: /s,
    ],
    ['a variable that is not there', { validations: [{ expression: 'params.most > 1' }] }, /undeclared reference to 'params'/],
    [
      'a message that is no text',
      { validations: [{ expression: 'true', messageExpression: '1 + 1' }] },
      /messageExpression: Invalid value: "1 \+ 1": must evaluate to string/,
    ],
    [
      'a condition that is no truth',
      { matchConditions: [{ name: 'c', expression: '1' }], validations: [{ expression: 'true' }] },
      /matchConditions\[0\]\.expression: Invalid value: "1": must evaluate to bool/,
    ],
    [
      'a name of a variable that cannot be one',
      { variables: [{ name: 'a-b', expression: '1' }], validations: [{ expression: 'true' }] },
      /spec\.variables\[0\]\.name: Invalid value: "a-b": name is not a valid CEL identifier/,
    ],
  ])('are refused with %s', async (_, spec, message) => {
    const resourceRules = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }]
    const body = { metadata: { name: 'refused' }, spec: { matchConstraints: { resourceRules }, ...spec } }
    expect(await call('POST', `${root}/validatingadmissionpolicies`, { body })).toMatchObject({
      status: 422,
      body: { message: expect.stringMatching(message) },
    })
  })
})
