import { validateConfigMap, validateConfigMapUpdate } from './config-map-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { dns1123SubdomainErrors, nameCheck } from '../names.ts'
import { boolean, bytes, embedded, map, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const ConfigMapSchema = message('io.k8s.api.core.v1.ConfigMap', 'Configuration that pods read as files or variables.', {
  apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
  kind: stored(0, string(), 'What the object is: ConfigMap.'),
  metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  data: optional(2, map(string()), 'Texts by key.'),
  binaryData: optional(3, map(bytes()), 'Bytes by key, in base64.'),
  immutable: optional(4, boolean({ presence: 'pointer' }), 'When true nothing in the object may change any more.'),
})
export type ConfigMap = Static<typeof ConfigMapSchema>

export const ConfigMap = defineKind(ConfigMapSchema, {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
  validateName: nameCheck(dns1123SubdomainErrors),
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'string',
      description: 'Number of entries.',
      cell: ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
    },
    ageColumn,
  ],
})
