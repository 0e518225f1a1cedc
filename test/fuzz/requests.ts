import { stringify } from 'yaml'
import { Pod } from '../../api/core/pod.ts'
import { encodeProtobuf } from '../../api/protobuf/envelope.ts'
import { mutateBytes, mutateValue, pick, randomText, type Random } from './generators.ts'

export interface Input {
  readonly method: string
  readonly path: string
  readonly contentType?: string
  readonly body?: string | Buffer
}

export const pods = '/api/v1/namespaces/default/pods'
export const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['x/y'], ownerReferences: [] },
  spec: {
    containers: [
      { name: 'c', image: 'i', env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } },
    ],
    volumes: [{ name: 'v', emptyDir: {} }],
    tolerations: [{ key: 'a', operator: 'Exists' }],
  },
}
const operations = [
  { op: 'add', path: '/metadata/labels/x', value: 'y' },
  { op: 'replace', path: '/spec/containers/0/image', value: 'j' },
  { op: 'move', from: '/metadata/labels/a', path: '/metadata/labels/z' },
  { op: 'copy', from: '/spec', path: '/spec/containers/-' },
  { op: 'test', path: '/metadata/name', value: 'p' },
]
const mutated = (value: unknown, random: Random): unknown => {
  let mutant = value
  for (let times = 0; times <= random() * 3; times++) mutant = mutateValue(mutant, random)
  return mutant
}
const text = (value: unknown, random: Random): Buffer => {
  const whole = Buffer.from(JSON.stringify(mutated(value, random)) ?? 'null')
  return random() < 0.3 ? mutateBytes(whole, random) : whole
}
const protobuf = encodeProtobuf(Pod.schema, pod)
const token = Buffer.from('{"v":"meta.k8s.io/v1","rv":1,"start":"p\\u0000"}')

const patch =
  (type: string, value: unknown) =>
  (random: Random): Input => ({
    method: 'PATCH',
    path: `${pods}/p?fieldManager=fuzz&force=${type.includes('apply')}`.replace('&force=false', ''),
    contentType: `application/${type}`,
    body: text(value, random),
  })

/** Every decoder of the API server, by name. */
export const targets: Readonly<Record<string, (random: Random) => Input>> = {
  json: random => ({ method: 'POST', path: pods, body: text(pod, random) }),
  yaml: random => ({
    method: 'POST',
    path: pods,
    contentType: 'application/yaml',
    body: mutateBytes(Buffer.from(stringify(mutated(pod, random)) ?? ''), random),
  }),
  protobuf: random => ({
    method: 'POST',
    path: pods,
    contentType: 'application/vnd.kubernetes.protobuf',
    body: mutateBytes(protobuf, random),
  }),
  'json patch': patch('json-patch+json', operations),
  'merge patch': patch('merge-patch+json', pod),
  'strategic patch': patch('strategic-merge-patch+json', pod),
  'apply patch': patch('apply-patch+yaml', pod),
  'delete options': random => ({
    method: 'DELETE',
    path: `${pods}/none`,
    body: text({ kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 1, preconditions: { uid: 'u' }, dryRun: ['All'] }, random),
  }),
  'label selector': random => ({ method: 'GET', path: `${pods}?labelSelector=${encodeURIComponent(randomText(random))}` }),
  'field selector': random => ({ method: 'GET', path: `${pods}?fieldSelector=${encodeURIComponent(randomText(random))}` }),
  'continue token': random => ({
    method: 'GET',
    path: `${pods}?limit=1&continue=${random() < 0.5 ? mutateBytes(token, random).toString('base64url') : encodeURIComponent(randomText(random))}`,
  }),
  query: random => ({
    method: pick(random, ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
    path: `${pods}?${['limit', 'resourceVersion', 'resourceVersionMatch', 'timeout', 'dryRun', 'fieldManager', 'fieldValidation', 'pretty']
      .filter(() => random() < 0.3)
      .map(name => `${name}=${encodeURIComponent(randomText(random))}`)
      .join('&')}`,
    body: '{}',
  }),
}
