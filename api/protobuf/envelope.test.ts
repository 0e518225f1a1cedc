import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { PodSchema } from '../core/pod.ts'
import { ApiError } from '../errors.ts'
import { findKindByName } from '../kinds.ts'
import { decode } from '../schema/decode.ts'
import type { Schema } from '../schema/schema.ts'
import { decodeProtobuf, encodeProtobuf } from './envelope.ts'

function schemaOf(apiVersion: string, kind: string): Schema | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return findKindByName(group, version, kind)?.schema
}

interface Typed {
  readonly apiVersion: string
  readonly kind: string
}
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { a: 'b', '': 'empty' },
    managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': { '.': {} } } }],
  },
  spec: {
    containers: [
      {
        name: 'c',
        image: 'ü:1',
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '500m', memory: '1Gi' } },
        livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
        readinessProbe: { tcpSocket: { port: 8080 } },
        env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'cm', key: 'k', optional: true } } }],
        envFrom: [{ secretRef: { name: 's' } }],
      },
    ],
    ephemeralContainers: [{ name: 'e', image: 'busybox', targetContainerName: 'c', tty: true }],
    volumes: [
      { name: 'v', configMap: { name: 'cm', defaultMode: 420 } },
      { name: 'w', emptyDir: {} },
    ],
    tolerations: [{ key: 'k', operator: 'Exists', tolerationSeconds: -5 }],
    terminationGracePeriodSeconds: 30,
  },
}
const rule = { operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], scope: 'Namespaced' }
const opaque = { driver: 'gpu.example.com', parameters: { mode: 'fast', sizes: [1, 2] } }

/** What protobuf has other messages or names for than JSON. */
const otherwise = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'w' },
    webhooks: [{ name: 'a.example.com', rules: [rule], clientConfig: { url: 'https://example.com' }, sideEffects: 'None' }],
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: { resourceRules: [{ ...rule, resourceNames: ['web'] }] },
      variables: [{ name: 'a', expression: '1 + 1' }],
      validations: [{ expression: 'variables.a == 2', message: 'so' }],
    },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.example.com' },
    spec: {
      group: 'example.com',
      version: 'v1',
      groupPriorityMinimum: 1,
      versionPriority: 2,
      service: { name: 's', namespace: 'n', port: 443 },
    },
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'R', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'i' },
    spec: { controller: 'example.com/c', parameters: { apiGroup: 'example.com', kind: 'Parameters', name: 'p' } },
  },
  { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: 'd' }, spec: { config: [{ opaque }] } },
  {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'c' },
    spec: { devices: { requests: [{ name: 'r' }], config: [{ requests: ['r'], opaque }] } },
    status: { allocation: { devices: { config: [{ source: 'FromClass', opaque }] } } },
  },
]

const objects: readonly Typed[] = [
  pod,
  ...otherwise,
  {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    ...{ metadata: {}, spec: { audiences: ['a'], boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'u' } } },
  },
  { apiVersion: 'v1', kind: 'Secret', ...{ metadata: { name: 's' }, data: { a: 'AAEC/w==' }, type: 'Opaque' } },
  {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    ...{ metadata: { name: 'l' }, spec: { holderIdentity: 'h', renewTime: '2026-01-01T00:00:00.123456Z', leaseDurationSeconds: 15 } },
  },
]

const normal = (object: Typed) => decode(schemaOf(object.apiVersion, object.kind) ?? {}, object).value
const roundTrip = (object: Typed) =>
  decodeProtobuf(encodeProtobuf(schemaOf(object.apiVersion, object.kind) ?? {}, object), schemaOf) as unknown as Typed

describe('protobuf bodies', () => {
  it.each(objects.map(object => [object.kind, object] as const))('carry a %s there and back', (_, object) => {
    expect(normal(roundTrip(object))).toEqual(normal(object))
  })

  it('are read as the wire format is specified', () => {
    // magic, Unknown{typeMeta{v1, ConfigMap}, raw{metadata{name: n}, data{k: v}}}
    const hex = '6b387300' + '0a0f' + '0a0276311209436f6e6669674d6170' + '120d' + '0a030a016e' + '1206' + '0a016b120176'
    expect(decodeProtobuf(Buffer.from(hex, 'hex'), schemaOf)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'n' },
      data: { k: 'v' },
    })
  })

  it('refuse what is not protobuf, and kinds nobody knows', () => {
    expect(() => decodeProtobuf(Buffer.from('{}'), schemaOf)).toThrow('provided data does not appear to be a protobuf message')
    expect(() => decodeProtobuf(encodeProtobuf({}, { apiVersion: 'v1', kind: 'Ghost' }), schemaOf)).toThrow(
      'no kind "Ghost" is registered for version "v1"',
    )
  })

  it('never fail with anything but a Status, however damaged', () => {
    const bytes = encodeProtobuf(PodSchema, pod)
    let seed = 42
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return (seed >>> 8) % below
    }
    for (let round = 0; round < 3000; round++) {
      const damaged = Buffer.from(bytes.subarray(0, round % 3 === 0 ? random(bytes.length) : bytes.length))
      for (let times = 0; times < 1 + (round % 4) && damaged.length > 0; times++) damaged[random(damaged.length)] = random(256)
      try {
        decodeProtobuf(damaged, schemaOf)
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError)
      }
    }
  })
})

const file = new URL('../../../shared/kubernetes-api/golden-seeds.json', import.meta.url)
const seeds = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { response?: Typed }[]) : []
const recorded = seeds.flatMap(({ response }) => (response && schemaOf(response.apiVersion, response.kind) ? [response] : []))
/** On the wire nothing but the whole has a type: claims in templates lose theirs. */
const withoutInnerTypes = (object: Typed): Typed =>
  JSON.parse(JSON.stringify(object), (name, value: unknown) =>
    name === 'volumeClaimTemplates' ? (value as Typed[]).map(({ kind: _, apiVersion: __, ...claim }) => claim) : value,
  ) as Typed
const onRecorded = recorded.length > 0 ? it : it.skip

describe('protobuf bodies of objects recorded from a real API server (skipped where the recordings are absent)', () => {
  onRecorded('come back as they were', () => {
    for (const object of recorded) expect(normal(roundTrip(object))).toEqual(normal(withoutInnerTypes(object)))
  })
})
