import { expressionsOf, validateMatchConditions, webhookVariables } from './expression-validation.ts'
import { matchPolicies, oneOf, validateRule } from './rule-validation.ts'
import type { MutatingWebhook, ValidatingWebhook } from './webhook.ts'
import { eachAt } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldDuplicate, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { reviewVersions, validateReviewVersions, validateWebhookClient } from '../webhook-client-validation.ts'

type Webhook = Omit<ValidatingWebhook, 'sideEffects'> & { readonly sideEffects?: string } & Pick<
    Partial<MutatingWebhook>,
    'reinvocationPolicy'
  >

/** `current`: what is to be replaced. Its expressions stay good, whatever is said of new ones by now. */
export function validateWebhooks(webhooks: readonly Webhook[] = [], current: readonly Webhook[] = []): FieldError[] {
  const names = new Set<string>()
  const kept = new Set(current.flatMap(({ matchConditions }) => expressionsOf(matchConditions)))
  return eachAt(webhooks, 'webhooks', (webhook, path) => {
    const duplicate = names.has(webhook.name)
    names.add(webhook.name)
    return [...validateWebhook(webhook, path, kept), ...(duplicate ? [fieldDuplicate(`${path}.name`, webhook.name)] : [])]
  })
}

function validateWebhook(webhook: Webhook, path: string, kept: ReadonlySet<string>): FieldError[] {
  const { rules = [], sideEffects, timeoutSeconds = 10, admissionReviewVersions: versions = [] } = webhook
  const effects = ['None', 'NoneOnDryRun']
  const timely = timeoutSeconds >= 1 && timeoutSeconds <= 30
  return [
    ...validateFullName(webhook.name, `${path}.name`),
    ...eachAt(rules, `${path}.rules`, validateRule),
    ...oneOf(webhook.failurePolicy, `${path}.failurePolicy`, failurePolicies),
    ...oneOf(webhook.matchPolicy, `${path}.matchPolicy`, matchPolicies),
    ...(sideEffects === undefined
      ? [fieldRequired(`${path}.sideEffects`, `must specify one of ${effects.join(', ')}`)]
      : oneOf(sideEffects, `${path}.sideEffects`, effects)),
    ...(timely ? [] : [fieldInvalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')]),
    ...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`),
    ...validateLabelSelector(webhook.objectSelector, `${path}.objectSelector`),
    ...oneOf(webhook.reinvocationPolicy, `${path}.reinvocationPolicy`, ['IfNeeded', 'Never']),
    ...validateWebhookClient(webhook.clientConfig, `${path}.clientConfig`),
    ...validateMatchConditions(webhook.matchConditions, `${path}.matchConditions`, { variables: webhookVariables, kept }),
    ...validateReviewVersions(versions, `${path}.admissionReviewVersions`, `must specify one of ${reviewVersions.join(', ')}`),
  ]
}

export const failurePolicies = ['Fail', 'Ignore']
/** Upstream's IsFullyQualifiedName. */
function validateFullName(name: string, path: string): FieldError[] {
  if (!name) return [fieldRequired(path)]
  const errors = dns1123SubdomainErrors(name)
  if (errors.length > 0) return [fieldInvalid(path, name, errors.join(','))]
  const enough = name.split('.').length >= 3
  return enough ? [] : [fieldInvalid(path, name, 'should be a domain with at least three segments separated by dots')]
}
