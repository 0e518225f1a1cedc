import { withSelectors } from './webhook-defaults.ts'
import { validateWebhooks } from './webhook-validation.ts'
import { MutatingWebhook } from './webhook.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { ObjectMeta } from '../meta.ts'
import { embedded, listMap, message, optional, stored, string, type Static } from '../schema/schema.ts'

export const MutatingWebhookConfigurationSchema = message(
  'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
  'Programs that may change objects before they are stored.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: MutatingWebhookConfiguration.'),
    webhooks: optional(0, listMap(MutatingWebhook, ['name']), 'The programs.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
  },
)
export type MutatingWebhookConfiguration = Static<typeof MutatingWebhookConfigurationSchema>

export const MutatingWebhookConfiguration = defineKind(MutatingWebhookConfigurationSchema, {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
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
