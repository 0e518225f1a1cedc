import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { DeploymentSchema } from '../apps/deployment.ts'
import { TokenRequest } from '../authentication/token-request.ts'
import { Lease } from '../coordination/lease.ts'
import { ConfigMapSchema } from '../core/config-map.ts'
import { PodSchema } from '../core/pod.ts'
import { SecretSchema } from '../core/secret.ts'
import { ApiError } from '../errors.ts'
import { decode } from '../schema/decode.ts'
import type { Schema } from '../schema/schema.ts'
import { decodeProtobuf, encodeProtobuf } from './envelope.ts'

const schemas: Readonly<Record<string, Schema>> = {
  'v1/ConfigMap': ConfigMapSchema,
  'v1/Secret': SecretSchema,
  'v1/Pod': PodSchema,
  'apps/v1/Deployment': DeploymentSchema,
  'coordination.k8s.io/v1/Lease': Lease.schema,
  'authentication.k8s.io/v1/TokenRequest': TokenRequest.schema,
}
const schemaOf = (apiVersion: string, kind: string) => schemas[`${apiVersion}/${kind}`]

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
const objects: readonly Typed[] = [
  pod,
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
const onRecorded = recorded.length > 0 ? it : it.skip

describe('protobuf bodies of objects recorded from a real API server (skipped where the recordings are absent)', () => {
  onRecorded('come back as they were', () => {
    for (const object of recorded) expect(normal(roundTrip(object))).toEqual(normal(object))
  })
})
