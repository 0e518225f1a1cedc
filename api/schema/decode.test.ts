import { describe, expect, it } from '@jest/globals'
import { DecodeError } from './decode-error.ts'
import { decode } from './decode.ts'
import { bytes, embedded, int32, intOrString, list, map, message, optional, quantity, required, stored, string, time } from './schema.ts'
import { ConfigMapSchema } from '../core/config-map.ts'
import { DeploymentSchema } from '../apps/deployment.ts'
import { PodSchema } from '../core/pod.ts'
import { ObjectMeta } from '../meta.ts'

const Port = message('io.example.v1.Port', '', {
  name: optional(1, string(), ''),
  port: required(2, int32(), ''),
  targetPort: optional(3, intOrString(), ''),
})
const Thing = message('io.example.v1.Thing', '', {
  apiVersion: stored(0, string(), ''),
  metadata: embedded(1, ObjectMeta, ''),
  replicas: optional(2, int32({ presence: 'pointer' }), ''),
  count: optional(3, int32(), ''),
  ports: optional(4, list(Port), ''),
  labels: optional(5, map(string()), ''),
  limits: optional(6, map(quantity()), ''),
  data: optional(7, map(bytes()), ''),
  at: optional(8, time(), ''),
})

describe('decode', () => {
  it('leaves out what is empty, keeps what has presence, writes what is always written', () => {
    const { value, unknown } = decode(Thing, {
      replicas: 0,
      count: 0,
      ports: [{ targetPort: 0 }, null],
      labels: {},
      limits: { memory: '1024Mi', cpu: 0.5 },
      metadata: null,
    })
    expect(value).toEqual({
      replicas: 0,
      ports: [{ port: 0, targetPort: 0 }, { port: 0 }],
      limits: { memory: '1Gi', cpu: '500m' },
      metadata: {},
    })
    expect(unknown).toEqual([])
  })

  it('reports unknown fields by path and drops them', () => {
    const { value, unknown } = decode(Thing, { Replicas: 1, ports: [{ port: 1 }, { port: 2, foo: 1 }], metadata: { constructor: 1 } })
    expect(unknown).toEqual(['Replicas', 'ports[1].foo', 'metadata.constructor'])
    expect(value).toEqual({ ports: [{ port: 1 }, { port: 2 }], metadata: {} })
  })

  it('writes times in UTC', () => {
    expect(decode(Thing, { at: '2026-01-01T01:30:00.5+01:30' }).value.at).toBe('2026-01-01T00:00:00Z')
  })

  it('keeps keys with unusual names', () => {
    const { value } = decode(Thing, JSON.parse('{"labels":{"__proto__":"x"}}'))
    expect(JSON.stringify(value.labels)).toBe('{"__proto__":"x"}')
  })

  it.each([
    [{ ports: 3 }, 'json: cannot unmarshal number into Go struct field Thing.ports of type []v1.Port'],
    [{ ports: ['x'] }, 'json: cannot unmarshal string into Go struct field Thing.ports of type v1.Port'],
    [{ ports: [{ port: 'x' }] }, 'json: cannot unmarshal string into Go struct field Port.ports.port of type int32'],
    [{ replicas: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field Thing.replicas of type int32'],
    [{ replicas: 3e9 }, 'json: cannot unmarshal number 3000000000 into Go struct field Thing.replicas of type int32'],
    [{ metadata: { labels: { a: 1 } } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string'],
    [{ labels: [] }, 'json: cannot unmarshal array into Go struct field Thing.labels of type map[string]string'],
    [{ data: { a: true } }, 'json: cannot unmarshal bool into Go struct field Thing.data of type []uint8'],
    [{ data: { a: 'ab!d' } }, 'illegal base64 data at input byte 2'],
    [{ ports: [{ targetPort: false }] }, 'json: cannot unmarshal bool into Go struct field Port.ports.targetPort of type int32'],
    [{ at: 'x' }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    [{ labels: { a: 1 }, limits: { a: 'lots' } }, /^quantities must match the regular expression/],
    [[], 'json: cannot unmarshal array into Go value of type v1.Thing'],
  ])('refuses %j', (json, message) => {
    expect(() => decode(Thing, json)).toThrow(typeof message === 'string' ? new DecodeError(message) : message)
  })

  it('speaks as the API does about real kinds', () => {
    expect(() => decode(ConfigMapSchema, { data: { a: 1 } })).toThrow(
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    )
    expect(() => decode(DeploymentSchema, { spec: { replicas: 'three' } })).toThrow(
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    )
    expect(() => decode(PodSchema, { spec: { containers: [{ env: [{ value: 1 }] }] } })).toThrow(
      'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
    )
  })
})

describe('decode on damaged objects', () => {
  const pod = {
    metadata: { name: 'a', labels: { a: 'b' }, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }],
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
    },
  }
  const odd = [null, 1, -1.5, 1e300, '', 'x', true, [], {}, [[]], { a: null }, '1Gi', '2026-13-45T99:99:99Z']

  /** Every value in the object in turn, replaced by something else. */
  function* damaged(value: unknown): Generator<unknown> {
    for (const other of odd) yield other
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value)) {
      for (const other of damaged(child)) {
        yield Array.isArray(value) ? value.map((item, index) => (String(index) === key ? other : item)) : { ...value, [key]: other }
      }
    }
  }

  it('throws nothing but DecodeErrors', () => {
    for (const json of damaged(pod)) {
      try {
        decode(PodSchema, json)
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    }
  })
})
