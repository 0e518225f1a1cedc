import { expressionsOf, validateMatchConditions, webhookVariables } from './expression-validation.ts'
import type { RuleWithOperations } from './rules.ts'
import type { ValidatingWebhook, WebhookClientConfig } from './webhook.ts'
import { eachAt, invalidAll } from '../core/pod-field-checks.ts'
import { validateLabelSelector } from '../label-selector.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

type Webhook = Omit<ValidatingWebhook, 'sideEffects'> & { readonly sideEffects?: string }

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
  const { name, rules = [], sideEffects, timeoutSeconds = 10, admissionReviewVersions: versions = [] } = webhook
  const effects = ['None', 'NoneOnDryRun']
  const labels = name.split('.').length
  return [
    ...(name ? invalidAll(`${path}.name`, name, dns1123SubdomainErrors(name)) : [fieldRequired(`${path}.name`)]),
    ...(name && labels < 3
      ? [fieldInvalid(`${path}.name`, name, 'should be a domain with at least three segments separated by dots')]
      : []),
    ...eachAt(rules, `${path}.rules`, validateRule),
    ...(sideEffects === undefined
      ? [fieldRequired(`${path}.sideEffects`, `must specify one of ${effects.join(', ')}`)]
      : effects.includes(sideEffects)
        ? []
        : [fieldNotSupported(`${path}.sideEffects`, sideEffects, effects)]),
    ...(timeoutSeconds < 1 || timeoutSeconds > 30
      ? [fieldInvalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`),
    ...validateLabelSelector(webhook.objectSelector, `${path}.objectSelector`),
    ...validateClient(webhook.clientConfig, `${path}.clientConfig`),
    ...(versions.length === 0
      ? [fieldRequired(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1')]
      : versions.some(version => version === 'v1' || version === 'v1beta1')
        ? []
        : [fieldInvalid(`${path}.admissionReviewVersions`, versions, 'must include at least one of v1, v1beta1')]),
    ...validateMatchConditions(webhook.matchConditions, `${path}.matchConditions`, { variables: webhookVariables, kept }),
  ]
}

/** A list that has a star has nothing else. */
const starAlone = (values: readonly string[], path: string): FieldError[] =>
  values.length > 1 && values.includes('*')
    ? [fieldInvalid(path, values, "if '*' is present, must not specify other API groups".replace('API groups', nounOf(path)))]
    : []
const nounOf = (path: string): string =>
  path.endsWith('operations') ? 'operations' : path.endsWith('apiVersions') ? 'API versions' : 'API groups'

/** Also for the rules of policies. */
export function validateRule(rule: RuleWithOperations, path: string): FieldError[] {
  const known = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const scopes = ['*', 'Cluster', 'Namespaced']
  return [
    ...(apiGroups.length > 0 ? [] : [fieldRequired(`${path}.apiGroups`)]),
    ...starAlone(apiGroups, `${path}.apiGroups`),
    ...(apiVersions.length > 0 ? [] : [fieldRequired(`${path}.apiVersions`)]),
    ...starAlone(apiVersions, `${path}.apiVersions`),
    ...eachAt(apiVersions, `${path}.apiVersions`, (version, at) => (version ? [] : [fieldRequired(at)])),
    ...(resources.length > 0 ? [] : [fieldRequired(`${path}.resources`)]),
    ...(scope === undefined || scopes.includes(scope) ? [] : [fieldNotSupported(`${path}.scope`, scope, scopes)]),
    ...(operations.length > 0 ? [] : [fieldRequired(`${path}.operations`)]),
    ...starAlone(operations, `${path}.operations`),
    ...eachAt(operations, `${path}.operations`, (operation, at) =>
      known.includes(operation) ? [] : [fieldNotSupported(at, operation, known)],
    ),
  ]
}

function validateClient({ service, url }: WebhookClientConfig, path: string): FieldError[] {
  if ((service === undefined) === (url === undefined)) return [fieldRequired(path, 'exactly one of url or service is required')]
  if (service)
    return [
      ...(service.name ? [] : [fieldRequired(`${path}.service.name`, 'service name is required')]),
      ...(service.namespace ? [] : [fieldRequired(`${path}.service.namespace`, 'service namespace is required')]),
    ]
  const form = '; desired format: https://host[/path]'
  if (!URL.canParse(url ?? '')) return [fieldRequired(`${path}.url`, `url must be a valid URL${form}`)]
  const { protocol } = new URL(url ?? '')
  return protocol === 'https:' ? [] : [fieldInvalid(`${path}.url`, protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`)]
}
