import { describe, expect, it } from '@jest/globals'
import {
  configMapKeyErrors,
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  envVarNameErrors,
  generateName,
  nameCheck,
  pathSegmentNameErrors,
  portNameErrors,
  qualifiedNameErrors,
} from './names.ts'

describe('names', () => {
  it('says which rule a name breaks', () => {
    expect(dns1123LabelErrors('a.b')).toEqual(['must not contain dots'])
    expect(dns1123LabelErrors('a'.repeat(64))).toEqual(['must be no more than 63 bytes'])
    expect(dns1123LabelErrors('Bad_Name')).toEqual([
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ])
    expect(dns1035LabelErrors('1a')).toHaveLength(1)
    expect(dns1123SubdomainErrors('a.b-c.d')).toEqual([])
  })

  it('takes qualified names apart', () => {
    expect(qualifiedNameErrors('example.com/a_b.C')).toEqual([])
    expect(qualifiedNameErrors('/a')).toEqual(['prefix part must be non-empty'])
    expect(qualifiedNameErrors('A/a')[0]).toMatch(/^prefix part a lowercase RFC 1123 subdomain/)
    expect(qualifiedNameErrors('')).toEqual(['name part must be non-empty', expect.stringMatching(/^name part must consist of/)])
    expect(qualifiedNameErrors('a/b/c')[0]).toMatch(/^a qualified name must consist of .* with an optional DNS subdomain prefix/)
  })

  it('knows keys, ports, variables and path segments', () => {
    expect(configMapKeyErrors('..data')).toEqual(["must not start with '..'"])
    expect(configMapKeyErrors('a/b')[0]).toMatch(/^a valid config key must consist of/)
    expect(portNameErrors('this-name-is-too-long')).toEqual(['must be no more than 15 characters'])
    expect(portNameErrors('-1')).toEqual(['must contain at least one letter (a-z)', 'must not begin or end with a hyphen'])
    expect(envVarNameErrors('A B')).toEqual([])
    expect(envVarNameErrors('A=B')).toHaveLength(1)
    expect(pathSegmentNameErrors('system:x/y')).toEqual(["may not contain '/'"])
    expect(pathSegmentNameErrors('..')).toEqual(["may not be '..'"])
  })

  it('lets a prefix end in a dash', () => {
    const check = nameCheck(dns1123SubdomainErrors)
    expect(check('web-', true)).toEqual([])
    expect(check('web-', false)).toHaveLength(1)
  })

  it('generates names from the safe alphabet, within the limit', () => {
    expect(generateName('web-')).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(generateName('x'.repeat(100))).toHaveLength(63)
  })
})
