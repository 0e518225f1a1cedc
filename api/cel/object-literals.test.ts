import { expect, it } from '@jest/globals'
import { asMaps } from './object-literals.ts'

it.each([
  ['Object{spec: Object.spec{replicas: 1, paused: a.b}}', '{"spec": {"replicas": 1, "paused": a.b}}'],
  ['[JSONPatch{op: "add", path: "/a{", value: {"k": x}}]', '[{"op": "add", "path": "/a{", "value": {"k": x}}]'],
  ['Object{ metadata: Object.metadata{ labels: {"a": f(x, y)} } }', '{ "metadata": { "labels": {"a": f(x, y)} } }'],
  ['object.spec.x ? Object{} : Object{`my-field`: [1, 2]}', 'object.spec.x ? {} : {"my-field": [1, 2]}'],
  ['\'Object{a: 1}\' + r"Object{b}"', '\'Object{a: 1}\' + r"Object{b}"'],
])('%s', (expression, maps) => {
  expect(asMaps(expression)).toBe(maps)
})
