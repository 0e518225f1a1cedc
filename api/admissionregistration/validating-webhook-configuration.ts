import { withSelectors } from './webhook-defaults.ts'
import { validateWebhooks } from './webhook-validation.ts'
import { ValidatingWebhook } from './webhook.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, listMap, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const ValidatingWebhookConfigurationSchema = message(
  'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration',
  'Programs that are asked before requests are carried out.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: ValidatingWebhookConfiguration.'),
    webhooks: optional(0, listMap(ValidatingWebhook, ['name']), 'The programs.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  },
)
export type ValidatingWebhookConfiguration = Static<typeof ValidatingWebhookConfigurationSchema>

export const ValidatingWebhookConfiguration = defineKind(ValidatingWebhookConfigurationSchema, {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  generation: true,
  applyDefaults: withSelectors,
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  validateUpdate: (next, current) => validateWebhooks(next.webhooks, current.webhooks),
  columns: [
    nameColumn,
    { name: 'Webhooks', type: 'integer', description: 'How many there are.', cell: ({ webhooks = [] }) => webhooks.length },
    ageColumn,
  ],
})
