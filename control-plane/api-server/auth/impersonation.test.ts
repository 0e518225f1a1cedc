import { describe, expect, it } from '@jest/globals'
import { impersonationOf } from './impersonation.ts'

const of = (headersDistinct: Record<string, string[]>) =>
  impersonationOf({ headers: Object.fromEntries(Object.keys(headersDistinct).map(name => [name, ''])), headersDistinct })

describe('impersonationOf', () => {
  it('leaves requests alone that do not ask for it', () => {
    expect(of({ host: ['x'] })).toBeUndefined()
  })

  it('needs leave for the user, each group, the uid and every extra value', () => {
    const asked = of({
      'impersonate-user': ['joe'],
      'impersonate-group': ['devs', 'system:masters'],
      'impersonate-uid': ['7'],
      'impersonate-extra-scopes': ['a'],
    })
    expect(asked?.user).toEqual({
      name: 'joe',
      uid: '7',
      groups: ['devs', 'system:masters', 'system:authenticated'],
      extra: { scopes: ['a'] },
    })
    expect(asked?.needs).toMatchObject([
      { verb: 'impersonate', resource: 'users', name: 'joe' },
      { resource: 'groups', name: 'devs' },
      { resource: 'groups', name: 'system:masters' },
      { group: 'authentication.k8s.io', resource: 'uids', name: '7' },
      { group: 'authentication.k8s.io', resource: 'userextras', subresource: 'scopes', name: 'a' },
    ])
  })

  it('puts a service account into the groups it has', () => {
    const asked = of({ 'impersonate-user': ['system:serviceaccount:web:default'] })
    expect(asked?.user.groups).toEqual(['system:serviceaccounts', 'system:serviceaccounts:web', 'system:authenticated'])
    expect(asked?.needs).toMatchObject([{ resource: 'serviceaccounts', namespace: 'web', name: 'default' }])
  })

  it('keeps nobody unknown', () => {
    expect(of({ 'impersonate-user': ['system:anonymous'] })?.user.groups).toEqual(['system:unauthenticated'])
  })

  it('refuses groups without a user', () => {
    expect(() => of({ 'impersonate-group': ['system:masters'] })).toThrow('without impersonating a user')
  })
})
