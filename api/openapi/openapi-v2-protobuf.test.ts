import { describe, expect, it } from '@jest/globals'
import { builtInKinds } from '../kinds.ts'
import { WireReader, wireTypes } from '../protobuf/wire.ts'
import { openApiV2 } from './openapi-v2.ts'
import { encodeOpenApiV2 } from './openapi-v2-protobuf.ts'

/** Length-delimited fields of a message, by number. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const reader = new WireReader(bytes)
  const fields = new Map<number, Uint8Array[]>()
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (wireType === wireTypes.bytes) fields.set(number, [...(fields.get(number) ?? []), reader.bytes()])
    else reader.skip(wireType)
  }
  return fields
}
const first = (bytes: Uint8Array, ...path: number[]): Uint8Array =>
  path.reduce((inner, number) => fieldsOf(inner).get(number)?.[0] ?? new Uint8Array(), bytes)

describe('encodeOpenApiV2', () => {
  const swagger = openApiV2(builtInKinds)
  const bytes = encodeOpenApiV2(swagger)

  it('holds every definition and path under its number', () => {
    expect(Buffer.from(first(bytes, 1)).toString()).toBe('2.0')
    expect(fieldsOf(first(bytes, 9)).get(1)).toHaveLength(Object.keys(swagger['definitions'] as object).length)
    expect(fieldsOf(first(bytes, 8)).get(2)).toHaveLength(Object.keys(swagger['paths'] as object).length)
  })

  it('keeps extensions as YAML', () => {
    const one = encodeOpenApiV2({ definitions: { 'a.B': { type: 'object', 'x-kubernetes-group-version-kind': [{ kind: 'B' }] } } })
    const extension = first(one, 9, 1, 2, 31)
    expect(Buffer.from(first(extension, 1)).toString()).toBe('x-kubernetes-group-version-kind')
    expect(Buffer.from(first(extension, 2, 2)).toString()).toBe('[{"kind":"B"}]')
  })
})
