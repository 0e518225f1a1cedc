import { describe, expect, it } from '@jest/globals'
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../../api/apiextensions/custom-resource-definition.ts'
import { nameStatus } from './names.ts'

const now = new Date('2026-01-01T00:00:00Z')
const none: CustomResourceDefinitionNames = { plural: '', kind: '' }

function definition(plural: string, names: Partial<CustomResourceDefinitionNames>, accepted = none, group = 'example.com') {
  return {
    metadata: { name: `${plural}.${group}` },
    spec: { group, names: { plural, singular: plural.slice(0, -1), kind: 'Tab', listKind: 'TabList', ...names } },
    status: { acceptedNames: accepted, conditions: [], storedVersions: [] },
  } as unknown as CustomResourceDefinition
}
const taken = definition('taken', {}, { plural: 'taken', singular: 'take', kind: 'Taken', listKind: 'TakenList', shortNames: ['tk'] })

describe('nameStatus', () => {
  it('accepts names that nobody has, which establishes the definition', () => {
    const { acceptedNames, conditions } = nameStatus(definition('tabs', { shortNames: ['t'] }), [taken], now)
    expect(acceptedNames).toEqual({ plural: 'tabs', singular: 'tab', kind: 'Tab', listKind: 'TabList', shortNames: ['t'], categories: [] })
    expect(conditions).toMatchObject([
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', lastTransitionTime: '2026-01-01T00:00:00Z' },
      { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
    ])
  })

  it.each<[Partial<CustomResourceDefinitionNames>, string, string]>([
    [{ singular: 'tk' }, 'SingularConflict', '"tk" is already in use'],
    [{ shortNames: ['a', 'taken'] }, 'ShortNamesConflict', '"taken" is already in use'],
    [{ kind: 'Taken' }, 'KindConflict', '"Taken" is already in use'],
    [{ listKind: 'TakenList' }, 'ListKindConflict', '"TakenList" is already in use'],
  ])('refuses %j for %s', (names, reason, message) => {
    const { conditions } = nameStatus(definition('tabs', names), [taken], now)
    expect(conditions).toMatchObject([
      { type: 'NamesAccepted', status: 'False', reason, message },
      { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
    ])
  })

  it('lets other groups have the same names', () => {
    const elsewhere = definition('tabs', { kind: 'Taken', shortNames: ['tk'] }, none, 'other.example.com')
    expect(nameStatus(elsewhere, [taken], now).conditions).toMatchObject([{ status: 'True' }, { status: 'True' }])
  })

  it('keeps what was accepted, and establishes for good', () => {
    const first = definition('tabs', {})
    const established = { ...first, status: nameStatus(first, [], now) }
    const renamed = { ...established, spec: { ...established.spec, names: { ...established.spec.names, kind: 'Taken' } } }
    const { acceptedNames, conditions } = nameStatus(renamed, [taken], now)
    expect(acceptedNames.kind).toBe('Tab')
    expect(conditions).toMatchObject([
      { type: 'NamesAccepted', status: 'False', reason: 'KindConflict' },
      { type: 'Established', status: 'True' },
    ])
  })
})
