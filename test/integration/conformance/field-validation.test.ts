import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const query = '?fieldManager=field_validation_mgr&fieldValidation=Strict'

const ports = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
  items: {
    type: 'object',
    required: ['containerPort', 'protocol'],
    properties: { containerPort: { type: 'integer', format: 'int32' }, name: { type: 'string' }, protocol: { type: 'string' } },
  },
}
const spec = (more: object = {}, properties: object = {}) => ({
  type: 'object',
  ...more,
  properties: {
    foo: { type: 'string' },
    cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
    ports,
    ...properties,
  },
})
const open = { 'x-kubernetes-preserve-unknown-fields': true }
const embedded = {
  template: {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    properties: { metadata: { type: 'object', properties: { name: { type: 'string' } } }, spec: { type: 'object' } },
  },
}
const schemas = {
  closed: { type: 'object', properties: { spec: spec() } },
  none: { type: 'object', ...open },
  embedding: { type: 'object', properties: { spec: spec(open, embedded) } },
  opened: { type: 'object', properties: { spec: spec(open) } },
}
type Name = keyof typeof schemas

const definition = (name: Name) => ({
  metadata: { name: `${name}s.validated.example.com` },
  spec: {
    group: 'validated.example.com',
    scope: 'Cluster',
    names: { plural: `${name}s`, kind: name },
    versions: ['v1beta1', 'v1beta2'].map((version, index) => ({
      name: version,
      served: true,
      storage: index === 0,
      schema: { openAPIV3Schema: schemas[name] },
    })),
  },
})

/** As upstream's tests write it: `metadata` and `root` go to the beginning, `more` into the spec. */
const manifest = (name: Name, { metadata = '', root = '', more = '' } = {}) => `apiVersion: validated.example.com/v1beta1
kind: ${name}
metadata:
  name: mytest
${metadata}  finalizers:
  - test-finalizer
${root}spec:
${more}  cronSpec: "* * * * */5"
  ports:
  - name: x
    containerPort: 80
    protocol: TCP
`

describe('strict field validation', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  const path = (name: Name) => `/apis/validated.example.com/v1beta1/${name}s/mytest${query}`
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false })
    call = rawApi(cluster.plane)
    for (const name of Object.keys(schemas) as Name[]) {
      expect(await call('POST', definitions, { body: definition(name) })).toMatchObject({ status: 201 })
      await eventually(async () => (await call('GET', `/apis/validated.example.com/v1beta1/${name}s`)).status === 200)
    }
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())
  const apply = (name: Name, body: string) => call('PATCH', path(name), { body, type: 'application/apply-patch+yaml' })

  it.each([
    [
      'unknown and duplicate fields',
      '"metadata": {"name": "my-dep"}, "spec": {"unknownField": "foo", "replicas": 2, "replicas": 3,',
      'strict decoding error: unknown field "spec.unknownField", duplicate field "spec.replicas"',
    ],
    [
      'unknown metadata',
      '"metadata": {"name": "my-dep", "unknownMeta": "foo"}, "spec": {',
      'strict decoding error: unknown field "metadata.unknownMeta"',
    ],
  ])('finds %s of a typed object', async (_, beginning, message) => {
    const rest =
      '"selector": {"matchLabels": {"app": "nginx"}}, "template": {"metadata": {"labels": {"app": "nginx"}}, "spec": {"containers": [{"name": "nginx", "image": "nginx:latest"}]}}'
    const body = `{"apiVersion": "apps/v1", "kind": "Deployment", ${beginning} ${rest}}}`
    const answer = await call('POST', `/apis/apps/v1/namespaces/default/deployments${query}`, { body })
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } })
  })

  it.each<[string, Name, string]>([
    ['a valid custom resource', 'closed', manifest('closed', { more: '  foo: foo1\n' })],
    ['unknown fields where there is no schema', 'none', manifest('none', { more: '  unknown: uk1\n' })],
  ])('lets %s be applied', async (_, name, body) => {
    expect(await apply(name, body)).toMatchObject({ status: 201 })
  })

  it.each<[string, Name, string, RegExp]>([
    [
      'unknown fields',
      'closed',
      manifest('closed', { root: 'unknownField: unknown\n', more: '  foo: foo1\n' }),
      /\.unknownField: field not declared in schema/,
    ],
    [
      'unknown metadata, in embedded objects too',
      'embedding',
      manifest('embedding', {
        metadata: '  unknownMeta: unknown\n',
        more: '  template:\n    apiversion: foo/v1\n    kind: Sub\n    metadata:\n      unknownSubMeta: unknown\n      name: subobject\n      namespace: default\n',
      }),
      /\.spec\.template\.metadata\.unknownSubMeta: field not declared in schema|\.metadata\.unknownMeta: field not declared in schema/,
    ],
    [
      'duplicate fields, unknown ones too',
      'opened',
      manifest('opened', { more: '  unknown: uk1\n  unknown: uk2\n  foo: foo1\n  foo: foo2\n' }),
      /line 9: key \\"unknown\\" already set in map.*line 11: key \\"foo\\" already set in map/s,
    ],
  ])('finds %s of a custom resource', async (_, name, body, message) => {
    const answer = await apply(name, body)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.text).toMatch(message)
  })
})
