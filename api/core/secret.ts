import { validateSecret, validateSecretUpdate } from './secret-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import { boolean, bytes, embedded, map, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const SecretSchema = message('io.k8s.api.core.v1.Secret', 'Confidential data that pods read as files or variables.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: Secret.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  data: optional(2, map(bytes()), 'Bytes by key, in base64.'),
  type: optional(3, string({ default: 'Opaque' }), 'What the data is; some types demand certain keys.'),
  stringData: optional(4, map(string()), 'Texts that are written into data; never read back.'),
  immutable: optional(5, boolean({ presence: 'pointer' }), 'When true nothing in the object may change any more.'),
})
export type Secret = Static<typeof SecretSchema>

export const Secret = defineKind(SecretSchema, {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
  selectableFields: { type: secret => secret.type ?? '' },
  validateName: nameCheck(dns1123SubdomainErrors),
  applyDefaults: withStringData,
  prepareForUpdate: (next, current) => (next.type || !current.type ? next : { ...next, type: current.type }),
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'What the data is.', cell: secret => secret.type ?? '' },
    { name: 'Data', type: 'string', description: 'Number of entries.', cell: secret => Object.keys(secret.data ?? {}).length },
    ageColumn,
  ],
})

/** What was given as text becomes data, over any data of the same key. */
function withStringData({ stringData, ...secret }: Secret): Secret {
  if (!stringData) return secret
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
  return { ...secret, data: { ...secret.data, ...Object.fromEntries(encoded) } }
}
