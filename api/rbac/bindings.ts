import type { RoleRef, Subject } from './role-ref.ts'
import { ageColumn } from '../columns.ts'
import type { Column, KubernetesObject } from '../kind.ts'

interface Binding extends KubernetesObject {
  roleRef: RoleRef
  subjects?: Subject[]
}

const namesOf = ({ subjects = [] }: Binding, kind: string): string =>
  subjects
    .filter(subject => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ')

export const bindingColumns: readonly Column<Binding>[] = [
  {
    name: 'Role',
    type: 'string',
    description: 'The role whose rights are given.',
    cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
  },
  ageColumn,
  { name: 'Users', type: 'string', priority: 1, description: 'Users who get them.', cell: binding => namesOf(binding, 'User') },
  { name: 'Groups', type: 'string', priority: 1, description: 'Groups that get them.', cell: binding => namesOf(binding, 'Group') },
  {
    name: 'ServiceAccounts',
    type: 'string',
    priority: 1,
    description: 'Service accounts that get them.',
    cell: binding => namesOf(binding, 'ServiceAccount'),
  },
]

/** Users and groups belong to the group of the bindings, service accounts to none. */
export function withSubjectGroups<B extends Binding>(binding: B): B {
  if (!binding.subjects) return binding
  const subjects = binding.subjects.map(subject =>
    !subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')
      ? { ...subject, apiGroup: 'rbac.authorization.k8s.io' }
      : subject,
  )
  return { ...binding, subjects }
}
