import { describe, expect, it } from '@jest/globals'
import { ClusterRoleBinding } from '../../../api/rbac/cluster-role-binding.ts'
import { ClusterRole } from '../../../api/rbac/cluster-role.ts'
import { RoleBinding } from '../../../api/rbac/role-binding.ts'
import { Role } from '../../../api/rbac/role.ts'
import { lookupOf, stored } from './lookup-testing.ts'
import type { Attributes, User } from '../interfaces.ts'
import { authorizeByRoles, effectiveRules } from './effective-rules.ts'

const rules = (verb: string, resource: string) => [{ verbs: [verb], apiGroups: [''], resources: [resource] }]
const ref = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name })
const lookup = lookupOf(
  stored(ClusterRole, 'reader', { rules: [...rules('get', 'pods'), { verbs: ['get'], nonResourceURLs: ['/metrics'] }] }),
  stored(Role, 'editor', { namespace: 'a', rules: rules('update', 'pods') }),
  stored(ClusterRoleBinding, 'all-read', { roleRef: ref('ClusterRole', 'reader'), subjects: [{ kind: 'Group', name: 'readers' }] }),
  stored(RoleBinding, 'alice-edits', { namespace: 'a', roleRef: ref('Role', 'editor'), subjects: [{ kind: 'User', name: 'alice' }] }),
  stored(RoleBinding, 'robot-reads', {
    namespace: 'a',
    roleRef: ref('ClusterRole', 'reader'),
    subjects: [{ kind: 'ServiceAccount', name: 'robot' }],
  }),
  stored(RoleBinding, 'dangling', { namespace: 'b', roleRef: ref('Role', 'gone'), subjects: [{ kind: 'User', name: 'alice' }] }),
)
const alice: User = { name: 'alice', groups: ['system:authenticated'] }
const reader: User = { name: 'bob', groups: ['readers', 'system:authenticated'] }
const robot: User = { name: 'system:serviceaccount:a:robot', groups: ['system:serviceaccounts'] }
const pods = (verb: string, namespace: string): Attributes => ({
  type: 'resource',
  verb,
  group: '',
  version: 'v1',
  resource: 'pods',
  namespace,
  name: 'p',
})

describe('roles', () => {
  it.each<[title: string, user: User, wanted: Attributes, allowed: boolean, reason: string]>([
    [
      'hold in the whole cluster',
      reader,
      pods('get', 'b'),
      true,
      'RBAC: allowed by ClusterRoleBinding "all-read" of ClusterRole "reader" to Group "readers"',
    ],
    [
      'allow paths',
      reader,
      { type: 'path', verb: 'get', path: '/metrics' },
      true,
      'RBAC: allowed by ClusterRoleBinding "all-read" of ClusterRole "reader" to Group "readers"',
    ],
    [
      'hold in their namespace',
      alice,
      pods('update', 'a'),
      true,
      'RBAC: allowed by RoleBinding "alice-edits/a" of Role "editor" to User "alice"',
    ],
    ['do not hold in another', alice, pods('update', 'c'), false, ''],
    ['do not allow what they do not name', alice, pods('delete', 'a'), false, ''],
    ['that are gone are named', alice, pods('get', 'b'), false, 'RBAC: role.rbac.authorization.k8s.io "gone" not found'],
    [
      'may be a service account’s of the same namespace',
      robot,
      pods('get', 'a'),
      true,
      'RBAC: allowed by RoleBinding "robot-reads/a" of ClusterRole "reader" to ServiceAccount "robot/a"',
    ],
    ['bound in a namespace allow no paths', robot, { type: 'path', verb: 'get', path: '/metrics' }, false, ''],
  ])('%s', (_, user, wanted, allowed, reason) => {
    expect(authorizeByRoles(user, wanted, lookup)).toEqual({ allowed, reason })
  })

  it('are listed with those of the system', () => {
    const { rules, errors } = effectiveRules(alice, 'b', lookup)
    expect(errors).toEqual(['role.rbac.authorization.k8s.io "gone" not found'])
    expect(rules).toContainEqual({ verbs: ['create'], groups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] })
  })
})
