import { describe, expect, it } from '@jest/globals'
import { decode } from '../schema/decode.ts'
import { CustomResourceDefinition } from './custom-resource-definition.ts'
import { defaultDefinition } from './definition-strategy.ts'
import { validateDefinition, validateDefinitionUpdate } from './definition-validation.ts'

type Json = Record<string, unknown>

/** A definition with one version, whose parts may be replaced. */
function definition(parts: { spec?: Json; version?: Json; schema?: Json; metadata?: Json } = {}): CustomResourceDefinition {
  const schema = parts.schema ?? { type: 'object', properties: { spec: { type: 'object' } } }
  const json = {
    metadata: { name: 'tabs.example.com', ...parts.metadata },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'tabs', kind: 'Tab' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...parts.version }],
      ...parts.spec,
    },
  }
  return defaultDefinition(decode(CustomResourceDefinition.schema, json).value)
}
const problems = (parts: Parameters<typeof definition>[0]) =>
  validateDefinition(definition(parts)).map(({ field, message }) => `${field}: ${message}`)

const root = 'spec.validation.openAPIV3Schema'
const x = `${root}.properties[x]`
const withField = (schema: Json) => ({ schema: { type: 'object', properties: { x: schema } } })

describe('definitions', () => {
  it('get the names that they leave out', () => {
    expect(definition().spec).toMatchObject({ names: { singular: 'tab', listKind: 'TabList' }, conversion: { strategy: 'None' } })
  })

  it('keep every JSON value of their schemas', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer', default: 0, enum: [0, null], minimum: 0 }, b: { items: { type: 'string' } } },
    }
    expect(definition({ schema }).spec.versions[0]?.schema?.openAPIV3Schema).toEqual(schema)
  })

  it.each<[Parameters<typeof definition>[0], string[]]>([
    [{}, []],
    [
      { metadata: { name: 'tab.example.com' } },
      ['metadata.name: Invalid value: "tab.example.com": must be spec.names.plural+"."+spec.group'],
    ],
    [
      { metadata: { name: 'tabs.example' }, spec: { group: 'example' } },
      ['spec.group: Invalid value: "example": should be a domain with at least one dot'],
    ],
    [{ spec: { scope: 'Both' } }, ['spec.scope: Unsupported value: "Both": supported values: "Cluster", "Namespaced"']],
    [
      { spec: { conversion: { strategy: 'Magic' } } },
      ['spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"'],
    ],
    [{ version: { schema: {} } }, ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required']],
    [
      { version: { deprecationWarning: 'old' } },
      ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions'],
    ],
    [
      { version: { selectableFields: [{ jsonPath: '.spec.no' }] } },
      ['spec.selectableFields[0].jsonPath: Invalid value: ".spec.no": is an invalid path: does not refer to a valid field'],
    ],
    [
      { version: { additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: '.a' }] } },
      ['spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string'],
    ],
    [
      { version: { subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: '.status.a' } } } },
      ['spec.subresources.scale.specReplicasPath: Invalid value: ".status.a": should be a json path under .spec'],
    ],
    [
      { metadata: { name: 'tabs.a.k8s.io' }, spec: { group: 'a.k8s.io' } },
      [
        'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ],
    ],
  ])('%j have these problems: %j', (parts, expected) => {
    expect(problems(parts)).toEqual(expected)
  })

  it.each<[Json, string[]]>([
    [{}, [`${x}.type: Required value: must not be empty for specified object fields`]],
    [
      { type: 'text' },
      [`${x}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`],
    ],
    [{ type: 'array' }, [`${x}.items: Required value: must be specified`]],
    [{ type: 'array', items: {} }, [`${x}.items.type: Required value: must not be empty for specified array items`]],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, []],
    [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, []],
    [
      { type: 'string', 'x-kubernetes-int-or-string': true },
      [`${x}.type: Invalid value: "string": must be empty if x-kubernetes-int-or-string is true`],
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
      [`${x}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ],
    [
      { type: 'string', pattern: '[' },
      [`${x}.pattern: Invalid value: "[": must be a valid regular expression, but isn't: error parsing regexp: missing closing ]: \`[\``],
    ],
    [
      { type: 'array', items: { type: 'string' }, uniqueItems: true },
      [`${x}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`],
    ],
    [{ type: 'integer', default: 'a' }, [`${x}.default: Invalid value: "string": ${x}.default in body must be of type integer: "string"`]],
    [
      { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' },
      [`${x}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`],
    ],
    [
      {
        type: 'array',
        items: { type: 'object', properties: { k: { type: 'string' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      },
      [
        `${x}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
      ],
    ],
    [
      { type: 'object', anyOf: [{ properties: { a: { minimum: 1 } } }] },
      [`${x}.properties[a]: Required value: because it is defined in ${x}.anyOf[0].properties[a]`],
    ],
    [{ type: 'object', not: { description: 'no' } }, [`${x}.not.description: Forbidden: must be empty to be structural`]],
    [
      { type: 'string', 'x-kubernetes-validations': [{ rule: ' ' }] },
      [`${x}.x-kubernetes-validations[0].rule: Required value: rule is not specified`],
    ],
    [
      { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self + 1' }] },
      [
        `${x}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self + 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool`,
      ],
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-validations': [{ rule: 'self.b == "x"' }] },
      [
        `${x}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.b == \\"x\\"","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b == "x"\n | ....^`,
      ],
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, 'x-kubernetes-validations': [{ rule: 'true', fieldPath: '.b' }] },
      [`${x}.x-kubernetes-validations[0].fieldPath: Invalid value: ".b": fieldPath must be a valid path: does not refer to a valid field`],
    ],
  ])('with the field %j have these problems: %j', (schema, expected) => {
    expect(problems(withField(schema))).toEqual(expected)
  })

  it('may not describe metadata', () => {
    const schema = { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } }
    expect(problems({ schema })).toEqual([
      `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ])
  })

  it('keep what objects are stored under', () => {
    const current = definition()
    const conditions = [{ type: 'Established', status: 'True' }]
    const established = { ...current, status: { ...current.status, conditions } }
    const changed = definition({ spec: { scope: 'Cluster', names: { plural: 'tabs', kind: 'Other' } } })
    expect(validateDefinitionUpdate(changed, established).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'spec.scope: Invalid value: "Cluster": field is immutable',
      'spec.names.kind: Invalid value: "Other": field is immutable',
    ])
    expect(validateDefinitionUpdate(changed, current)).toEqual([])
  })
})
