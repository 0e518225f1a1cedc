import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { LocalObjectReference, ObjectReference } from './references.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import { boolean, embedded, list, listMap, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const ServiceAccountSchema = message('io.k8s.api.core.v1.ServiceAccount', 'An identity for what runs in pods.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: ServiceAccount.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  secrets: optional(2, listMap(ObjectReference, ['name']), 'Secrets that pods of the account may mount, where that is enforced.'),
  imagePullSecrets: optional(3, list(LocalObjectReference), 'Secrets for pulling images, handed to pods that name none.'),
  automountServiceAccountToken: optional(
    4,
    boolean({ presence: 'pointer' }),
    'Whether pods of the account get a token; they may say otherwise.',
  ),
})
export type ServiceAccount = Static<typeof ServiceAccountSchema>

/** References to secrets keep nothing but the name: the namespace is the account's own. */
function withPlainSecrets(account: ServiceAccount): ServiceAccount {
  if (!account.secrets) return account
  return { ...account, secrets: account.secrets.map(({ name }) => (name === undefined ? {} : { name })) }
}

export const ServiceAccount = defineKind(ServiceAccountSchema, {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  returnsDeleted: true,
  needsVersionOnUpdate: true,
  shortNames: ['sa'],
  namespaced: true,
  subresources: {
    token: { type: 'action', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  },
  validateName: nameCheck(dns1123SubdomainErrors),
  prepareForCreate: withPlainSecrets,
  prepareForUpdate: withPlainSecrets,
  columns: [nameColumn, ageColumn],
})
