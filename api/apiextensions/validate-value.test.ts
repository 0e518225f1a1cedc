import { describe, expect, it } from '@jest/globals'
import type { JSONSchemaProps } from './json-schema-props.ts'
import { validateValue } from './validate-value.ts'

const messages = (schema: JSONSchemaProps, value: unknown) =>
  validateValue({ type: 'object', properties: { x: schema } }, { x: value }, '').map(({ field, message }) => `${field}: ${message}`)

describe('validateValue', () => {
  it.each<[JSONSchemaProps, unknown, string[]]>([
    [{ type: 'integer' }, 'a', ['x: Invalid value: "string": x in body must be of type integer: "string"']],
    [{ type: 'integer' }, 1.5, ['x: Invalid value: "number": x in body must be of type integer: "number"']],
    [{ type: 'number' }, 1, []],
    [{ type: 'string' }, null, ['x: Invalid value: "null": x in body must be of type string: "null"']],
    [{ type: 'string', nullable: true }, null, []],
    [{ type: 'array', items: { type: 'string' } }, {}, ['x: Invalid value: "object": x in body must be of type array: "object"']],
    [
      { type: 'array', items: { type: 'string' } },
      ['a', 1],
      ['x[1]: Invalid value: "integer": x[1] in body must be of type string: "integer"'],
    ],
    [
      { type: 'object', additionalProperties: { type: 'boolean' } },
      { a: 1 },
      ['x.a: Invalid value: "integer": x.a in body must be of type boolean: "integer"'],
    ],
    [{ 'x-kubernetes-int-or-string': true }, true, ['x: Invalid value: "boolean": x in body must be of type integer,string: "boolean"']],
    [{ 'x-kubernetes-int-or-string': true }, '25%', []],
    [{ type: 'object', required: ['a'] }, {}, ['x.a: Required value']],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', ['x: Unsupported value: "c": supported values: "a", "b"']],
    [{ type: 'string', minLength: 2 }, 'ä', ['x: Invalid value: "ä": x in body should be at least 2 chars long']],
    [{ type: 'string', maxLength: 1 }, 'ab', ['x: Too long: may not be more than 1 bytes']],
    [{ type: 'string', pattern: '^a$' }, 'b', ['x: Invalid value: "b": x in body should match \'^a$\'']],
    [{ type: 'string', format: 'date-time' }, 'now', ['x: Invalid value: "now": x in body must be of type date-time: "now"']],
    [{ type: 'string', format: 'date-time' }, '2024-02-29T10:00:00Z', []],
    [{ type: 'string', format: 'ipv4' }, '::1', ['x: Invalid value: "::1": x in body must be of type ipv4: "::1"']],
    [{ type: 'string', format: 'whatever' }, 'x', []],
    [{ type: 'integer', minimum: 1 }, 0, ['x: Invalid value: 0: x in body should be greater than or equal to 1']],
    [{ type: 'integer', minimum: 1, exclusiveMinimum: true }, 1, ['x: Invalid value: 1: x in body should be greater than 1']],
    [{ type: 'integer', maximum: 1 }, 2, ['x: Invalid value: 2: x in body should be less than or equal to 1']],
    [{ type: 'integer', multipleOf: 2 }, 3, ['x: Invalid value: 3: x in body should be a multiple of 2']],
    [{ type: 'array', maxItems: 1, items: {} }, [1, 2], ['x: Too many: 2: must have at most 1 item']],
    [{ type: 'array', minItems: 1, items: {} }, [], ['x: Invalid value: 0: x in body should have at least 1 items']],
    [{ type: 'object', minProperties: 1 }, {}, ['x: Invalid value: 0: x in body should have at least 1 properties']],
    [{ type: 'object', maxProperties: 1 }, { a: 1, b: 2 }, ['x: Too many: 2: must have at most 1 item']],
    [{ type: 'string', not: { enum: ['a'] } }, 'a', ['x: Invalid value: "a": "x" must not validate the schema (not)']],
    [
      { type: 'integer', oneOf: [{ minimum: 1 }, { maximum: 5 }] },
      3,
      ['x: Invalid value: 3: "x" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b', 'c'] }] },
      {},
      ['x.a: Required value', 'x: Invalid value: {}: "x" must validate at least one schema (anyOf)'],
    ],
  ])('by %j says of %j', (schema, value, expected) => {
    expect(messages(schema, value)).toEqual(expected)
  })
})
