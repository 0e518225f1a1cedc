import { describe, expect, it } from '@jest/globals'
import type { ClusterRoleBinding } from '../../../api/rbac/cluster-role-binding.ts'
import type { ClusterRole } from '../../../api/rbac/cluster-role.ts'
import { reconcileBinding, reconcileRole } from './reconcile.ts'

const rule = (...resources: string[]) => ({ verbs: ['get'], apiGroups: [''], resources })
const role = (rules: object[], annotations: object = {}) => ({ metadata: { name: 'r', annotations }, rules }) as unknown as ClusterRole
const binding = (names: string[], annotations: object = {}) =>
  ({ metadata: { name: 'b', annotations }, subjects: names.map(name => ({ kind: 'Group', name })) }) as unknown as ClusterRoleBinding
const locked = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }

describe('default roles', () => {
  it.each([
    ['get what they lack', [rule('pods')], [rule('pods'), rule('services')], [rule('pods'), rule('services')]],
    ['keep what they have besides', [rule('pods'), rule('secrets')], [rule('pods')], [rule('pods'), rule('secrets')]],
    ['are content with more', [rule('*')], [rule('pods')], [rule('*')]],
  ])('%s', (_, current, wanted, expected) => expect(reconcileRole(role(current), role(wanted)).rules).toEqual(expected))

  it('stay as they are when they are told to', () => {
    const current = role([], locked)
    expect(reconcileRole(current, role([rule('pods')]))).toBe(current)
    const bound = binding([], locked)
    expect(reconcileBinding(bound, binding(['a']))).toBe(bound)
  })

  it('are bound to whom they were, and to whom they should be', () => {
    expect(reconcileBinding(binding(['mine']), binding(['a'])).subjects?.map(({ name }) => name)).toEqual(['mine', 'a'])
  })
})
