import { describe, expect, it } from '@jest/globals'
import type { ObjectMeta } from './meta.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta-validation.ts'

const meta = (parts: Partial<ObjectMeta>): ObjectMeta => ({
  name: 'a',
  namespace: 'n',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...parts,
})
const shown = (errors: readonly { field: string; message: string }[]) => errors.map(({ field, message }) => `${field}: ${message}`)

describe('validateObjectMeta', () => {
  it('accepts ordinary metadata', () => {
    expect(
      validateObjectMeta(meta({ labels: { a: 'b' }, annotations: { 'X/Y': '' }, finalizers: ['a.b/c'] }), { namespaced: true }),
    ).toEqual([])
  })

  it('names what is wrong in the words of the API', () => {
    const wrong = meta({ name: 'UPPER', labels: { k: 'bad value!' }, finalizers: ['a b'] })
    expect(shown(validateObjectMeta(wrong, { namespaced: false }))).toEqual([
      `metadata.name: Invalid value: "UPPER": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'metadata.namespace: Forbidden: not allowed on this type',
      `metadata.labels: Invalid value: "bad value!": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      `metadata.finalizers: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'metadata.finalizers[0]: Invalid value: "a b": name is neither a standard finalizer name nor is it fully qualified',
    ])
  })

  it('allows one controller', () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '1', controller: true }
    expect(shown(validateObjectMeta(meta({ ownerReferences: [owner, { ...owner, uid: '2' }] }), { namespaced: true }))).toEqual([
      expect.stringMatching(/Only one reference can have Controller set to true. Found "true" in references for Pod\/p and Pod\/p$/),
    ])
  })

  it('limits the size of annotations', () => {
    expect(shown(validateObjectMeta(meta({ annotations: { a: 'x'.repeat(262_144) } }), { namespaced: true }))).toEqual([
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ])
  })
})

describe('validateObjectMetaUpdate', () => {
  it('keeps identity', () => {
    expect(shown(validateObjectMetaUpdate(meta({ name: 'b', uid: 'v' }), meta({})))).toEqual([
      'metadata.name: Invalid value: "b": field is immutable',
      'metadata.uid: Invalid value: "v": field is immutable',
    ])
  })

  it('takes no new finalizers once deletion has begun', () => {
    const deleted = meta({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] })
    expect(shown(validateObjectMetaUpdate({ ...deleted, finalizers: ['a/b', 'x/y'] }, deleted))).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x/y"}',
    ])
  })
})
