import { describe, expect, it } from '@jest/globals'
import { evaluateRules } from './evaluate-rules.ts'
import type { JSONSchemaProps, ValidationRule } from './json-schema-props.ts'
import { escapeName } from './rule-values.ts'

const withRule = (rule: Partial<ValidationRule>, schema: JSONSchemaProps = {}): JSONSchemaProps => ({
  ...schema,
  'x-kubernetes-validations': [{ rule: 'true', ...rule }],
})
const spec = (schema: JSONSchemaProps): JSONSchemaProps => ({ type: 'object', properties: { spec: { type: 'object', ...schema } } })
const messages = (schema: JSONSchemaProps, next: object, current?: object) =>
  evaluateRules(schema, next, current).map(({ field, message }) => `${field}: ${message}`)

const numbers: JSONSchemaProps = { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'number' } } }

describe('evaluateRules', () => {
  it.each<[Partial<ValidationRule>, object, string[]]>([
    [{ rule: 'self.a < 3' }, { a: 2 }, []],
    [{ rule: 'self.a < 3' }, { a: 3 }, ['spec: Invalid value: "object": failed rule: self.a < 3']],
    [{ rule: 'self.a < 3', message: ' too big ' }, { a: 3 }, ['spec: Invalid value: "object": too big']],
    [
      { rule: 'self.a < 3', message: 'm', messageExpression: '"got " + string(self.a)' },
      { a: 3 },
      ['spec: Invalid value: "object": got 3'],
    ],
    [{ rule: 'self.a < 3', message: 'm', messageExpression: 'self.c' }, { a: 3 }, ['spec: Invalid value: "object": m']],
    [{ rule: 'self.a < 3', fieldPath: '.a', reason: 'FieldValueForbidden' }, { a: 3 }, ['spec.a: Forbidden: failed rule: self.a < 3']],
    [{ rule: 'self.a < 3', reason: 'FieldValueRequired', message: 'm' }, { a: 3 }, ['spec: Required value: m']],
    [{ rule: 'self.c' }, { a: 3 }, ['spec: Invalid value: "object": no such key: c evaluating rule: self.c']],
    [{ rule: 'self.b == 1.0 && self.b / 2.0 == 0.5' }, { b: 1 }, []],
  ])('says by %j of %j', (rule, value, expected) => {
    expect(messages(spec(withRule(rule, numbers)), { spec: value })).toEqual(expected)
  })

  it('evaluates rules about changes on updates only', () => {
    const schema = spec(withRule({ rule: 'self.a >= oldSelf.a', message: 'only up' }, numbers))
    expect(messages(schema, { spec: { a: 1 } })).toEqual([])
    expect(messages(schema, { spec: { a: 1 } }, { spec: { a: 2 } })).toEqual(['spec: Invalid value: "object": only up'])
  })

  it('evaluates rules with an optional oldSelf always', () => {
    const rule = { rule: 'oldSelf.hasValue() || self.a == 0', optionalOldSelf: true, message: 'starts at 0' }
    const schema = spec(withRule(rule, numbers))
    expect(messages(schema, { spec: { a: 1 } })).toEqual(['spec: Invalid value: "object": starts at 0'])
    expect(messages(schema, { spec: { a: 1 } }, { spec: { a: 0 } })).toEqual([])
  })

  it('forgives what an update leaves as it was', () => {
    const schema = spec(withRule({ rule: 'self.a < 3' }, numbers))
    expect(messages(schema, { spec: { a: 5 }, x: 1 }, { spec: { a: 5 }, x: 2 })).toEqual([])
    expect(messages(schema, { spec: { a: 6 } }, { spec: { a: 5 } })).toHaveLength(1)
  })

  it('finds items of lists by their keys, and those of other lists not at all', () => {
    const items = withRule(
      { rule: 'self.a == oldSelf.a', message: 'fixed' },
      { type: 'object', properties: { n: { type: 'string' }, a: { type: 'integer' } } },
    )
    const list = (type: string): JSONSchemaProps =>
      spec({ properties: { l: { type: 'array', items, 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': ['n'] } } })
    const [next, current] = [
      {
        spec: {
          l: [
            { n: 'new', a: 9 },
            { n: 'x', a: 2 },
          ],
        },
      },
      { spec: { l: [{ n: 'x', a: 1 }] } },
    ]
    expect(messages(list('map'), next, current)).toEqual(['spec.l[1]: Invalid value: "object": fixed'])
    expect(messages(list('atomic'), next, current)).toEqual([])
  })

  it('shows rules of the whole object its names, and fields under names that CEL can read', () => {
    const root = withRule(
      { rule: 'self.metadata.name.startsWith("a") && self.spec.a__dash__b == 1 && self.spec.__in__ == "x"' },
      spec({
        properties: { 'a-b': { type: 'integer' }, in: { type: 'string' } },
      }),
    )
    expect(messages(root, { metadata: { name: 'ab', labels: {} }, spec: { 'a-b': 1, in: 'x' } })).toEqual([])
    expect(escapeName('a__b.c/d')).toBe('a__underscores__b__dot__c__slash__d')
  })

  it('knows times and durations by their formats', () => {
    const schema = spec(
      withRule(
        { rule: 'self.t > timestamp("2020-01-01T00:00:00Z") && self.d < duration("2m")' },
        {
          properties: { t: { type: 'string', format: 'date-time' }, d: { type: 'string', format: 'duration' } },
        },
      ),
    )
    expect(messages(schema, { spec: { t: '2021-01-01T00:00:00Z', d: '1m30s' } })).toEqual([])
    expect(messages(schema, { spec: { t: '2021-01-01T00:00:00Z', d: '1h' } })).toHaveLength(1)
  })

  it('gives up when rules look at too much', () => {
    const rule = 'self.all(a, self.all(b, self.all(c, a + b + c >= 0)))'
    const schema = spec({ properties: { l: withRule({ rule }, { type: 'array', items: { type: 'integer' } }) } })
    const [message = ''] = messages(schema, { spec: { l: Array.from({ length: 200 }, (_, index) => index) } })
    expect(message).toBe(
      `spec.l: Invalid value: "array": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${rule}`,
    )
  })
})
