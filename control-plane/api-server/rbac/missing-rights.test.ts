import { describe, expect, it } from '@jest/globals'
import { missingRights } from './missing-rights.ts'
import type { Rule } from './rules.ts'

const pods = (...verbs: string[]): Rule => ({ verbs, groups: [''], resources: ['pods'] })

describe('what somebody would give away without having it', () => {
  it.each<[title: string, held: Rule[], wanted: Rule[], missing: string[]]>([
    ['nothing is wanted', [], [], []],
    ['the same', [pods('get')], [pods('get')], []],
    ['less than all', [{ verbs: ['*'], groups: ['*'], resources: ['*'] }], [pods('get', 'list')], []],
    ['some verbs', [pods('get')], [pods('get', 'list', 'watch')], ['{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}']],
    ['all verbs', [pods('get', 'list')], [pods('*')], ['{APIGroups:[""], Resources:["pods"], Verbs:["*"]}']],
    ['rights put together from several rules', [pods('get'), pods('list')], [pods('get', 'list')], []],
    [
      'all names, of which one is held',
      [{ ...pods('get'), names: ['a'] }],
      [pods('get')],
      ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
    ],
    ['one name of all', [pods('get')], [{ ...pods('get'), names: ['a'] }], []],
    [
      'another name',
      [{ ...pods('get'), names: ['a'] }],
      [{ ...pods('get'), names: ['a', 'b'] }],
      ['{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["get"]}'],
    ],
    [
      'a part of a resource',
      [pods('get')],
      [{ verbs: ['get'], groups: [''], resources: ['pods/log'] }],
      ['{APIGroups:[""], Resources:["pods/log"], Verbs:["get"]}'],
    ],
    ['a path below one that is held', [{ verbs: ['get'], paths: ['/api/*'] }], [{ verbs: ['get'], paths: ['/api/v1'] }], []],
    [
      'another path',
      [{ verbs: ['get'], paths: ['/api'] }],
      [{ verbs: ['get'], paths: ['/metrics'] }],
      ['{NonResourceURLs:["/metrics"], Verbs:["get"]}'],
    ],
  ])('%s', (_, held, wanted, missing) => {
    expect(missingRights(held, wanted)).toEqual(missing)
  })
})
