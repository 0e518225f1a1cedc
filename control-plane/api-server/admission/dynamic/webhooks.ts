import { MutatingWebhookConfiguration } from '../../../../api/admissionregistration/mutating-webhook-configuration.ts'
import { ValidatingWebhookConfiguration } from '../../../../api/admissionregistration/validating-webhook-configuration.ts'
import type { Kind, KubernetesObject } from '../../../../api/kind.ts'
import { isEqual } from '../../../../common/equal.ts'
import type { AdmissionContext } from '../../interfaces.ts'
import type { AdmissionRule } from '../rule.ts'
import { askWebhook, type Webhook, type WebhookParts } from './ask-webhook.ts'
import { isExempt } from './match-request.ts'
import type { Mutator } from './mutators.ts'

type Configuration = KubernetesObject & { readonly webhooks?: readonly Webhook[] }

/** The webhooks of all configurations of a kind, in the order of the configurations' names. */
const webhooksOf = (kind: Kind<Configuration>, { lookup }: WebhookParts): Webhook[] =>
  lookup
    .list(kind)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap(({ webhooks = [] }) => webhooks)

/** What upstream's MutatingAdmissionWebhook does to a new or changed object. */
export function mutatingWebhooks(context: AdmissionContext, parts: WebhookParts): Mutator[] {
  if (isExempt(context)) return []
  return webhooksOf(MutatingWebhookConfiguration, parts).map(webhook => ({
    reinvoked: 'reinvocationPolicy' in webhook && webhook.reinvocationPolicy === 'IfNeeded',
    async mutate(object) {
      const asked = (await askWebhook(webhook, { ...context, object }, { ...parts, mutating: true })) ?? object
      return isEqual(asked, object) ? object : asked
    },
  }))
}

/** Deletions and connections have nothing to change, but the webhooks that could are asked about them all the same. */
export const mutatingWebhooksWithoutObject = (parts: WebhookParts): AdmissionRule => ({
  validate(context) {
    if (isExempt(context) || (context.verb !== 'delete' && context.verb !== 'connect')) return
    const webhooks = webhooksOf(MutatingWebhookConfiguration, parts)
    return webhooks.length === 0 ? undefined : askInTurn(webhooks, context, parts)
  },
})

async function askInTurn(webhooks: readonly Webhook[], context: AdmissionContext, parts: WebhookParts): Promise<void> {
  for (const webhook of webhooks) await askWebhook(webhook, context, { ...parts, mutating: true })
}

/** Upstream's ValidatingAdmissionWebhook: all are asked at the same time, and each may refuse. */
export const validatingWebhooks = (parts: WebhookParts): AdmissionRule => ({
  validate(context) {
    if (isExempt(context)) return
    const webhooks = webhooksOf(ValidatingWebhookConfiguration, parts)
    return webhooks.length === 0 ? undefined : askTogether(webhooks, context, parts)
  },
})

async function askTogether(webhooks: readonly Webhook[], context: AdmissionContext, parts: WebhookParts): Promise<void> {
  const answers = await Promise.allSettled(webhooks.map(webhook => askWebhook(webhook, context, { ...parts, mutating: false })))
  const refused = answers.find(answer => answer.status === 'rejected')
  if (refused) throw refused.reason
}
