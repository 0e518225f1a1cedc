import { describe, expect, it } from '@jest/globals'
import { ConfigMap } from './config-map.ts'
import { Secret } from './secret.ts'
import { decode } from '../schema/decode.ts'
import type { FieldError } from '../schema/field-error.ts'

const header = { apiVersion: 'v1', metadata: { name: 'x', namespace: 'default' } }
const configMap = (fields: Record<string, unknown>): ConfigMap =>
  decode(ConfigMap.schema, { ...header, kind: 'ConfigMap', ...fields }).value
const secret = (fields: Record<string, unknown>): Secret => decode(Secret.schema, { ...header, kind: 'Secret', ...fields }).value
const texts = (errors: readonly FieldError[] | undefined) => (errors ?? []).map(({ field, message }) => `${field}: ${message}`)
const frozen = (field: string) => `${field}: Forbidden: field is immutable when \`immutable\` is set`

describe('a config map', () => {
  it('holds a mebibyte and no more', () => {
    expect(texts(ConfigMap.validate?.(configMap({ data: { a: 'x'.repeat(1048576) } })))).toEqual([])
    expect(texts(ConfigMap.validate?.(configMap({ data: { a: 'x'.repeat(1048576), b: 'é' } })))).toEqual([
      '[]: Too long: may not be more than 1048576 bytes',
    ])
  })

  it('has each key in one place', () => {
    expect(texts(ConfigMap.validate?.(configMap({ data: { a: '1' }, binaryData: { a: 'MQ==' } })))).toEqual([
      'data[a]: Invalid value: "a": duplicate of key present in binaryData',
    ])
  })

  it('stays as it is once immutable', () => {
    const current = configMap({ data: { a: '1' }, immutable: true })
    const next = configMap({ data: { a: '2' }, immutable: false })
    expect(texts(ConfigMap.validateUpdate?.(next, current))).toEqual([frozen('immutable'), frozen('data')])
    expect(texts(ConfigMap.validateUpdate?.(current, current))).toEqual([])
  })
})

describe('a secret', () => {
  it('writes texts into its data and forgets them', () => {
    const written = Secret.applyDefaults?.(secret({ data: { a: 'MQ==', b: 'MQ==' }, stringData: { b: '2' } }))
    expect(written).toMatchObject({ data: { a: 'MQ==', b: 'Mg==' } })
    expect(written).not.toHaveProperty('stringData')
  })

  it('keeps its type', () => {
    const current = secret({ type: 'Opaque' })
    expect(texts(Secret.validateUpdate?.(secret({ type: 'example.com/other' }), current))).toEqual([
      'type: Invalid value: "example.com/other": field is immutable',
    ])
  })

  it('holds what its type asks for', () => {
    const says = (type: string, data: Record<string, string> = {}) => {
      const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
      return texts(Secret.validate?.(secret({ type, data: Object.fromEntries(encoded) })))
    }
    expect(says('kubernetes.io/ssh-auth')).toEqual(['data[ssh-privatekey]: Required value'])
    expect(says('kubernetes.io/basic-auth', { username: 'me' })).toEqual([])
    expect(says('kubernetes.io/service-account-token')).toEqual([
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    ])
    expect(says('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': 'x' })).toEqual([
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'x\' looking for beginning of value',
    ])
  })
})
