import { MatchCondition, RuleWithOperations } from './rules.ts'
import { LabelSelector } from '../meta.ts'
import { bytes, int32, list, listMap, message, oneOf, optional, required, requiredPointer, string, type Static } from '../schema/schema.ts'

export const ServiceReference = message('io.k8s.api.admissionregistration.v1.ServiceReference', 'A service in the cluster.', {
  namespace: required(1, string(), 'Namespace of the service.'),
  name: required(2, string(), 'Name of the service.'),
  path: optional(3, string({ presence: 'pointer' }), 'Path of the requests to it.'),
  port: optional(4, int32({ default: 443, presence: 'pointer' }), 'Port of the service.'),
})
export type ServiceReference = Static<typeof ServiceReference>

export const WebhookClientConfig = message('io.k8s.api.admissionregistration.v1.WebhookClientConfig', 'How a webhook is reached.', {
  service: optional(1, ServiceReference, 'The service that it is.'),
  caBundle: optional(2, bytes(), 'Certificates that its own must be signed by.'),
  url: optional(3, string({ presence: 'pointer' }), 'Its address, when it is no service.'),
})
export type WebhookClientConfig = Static<typeof WebhookClientConfig>

/** What both kinds of webhook have, under the same protobuf numbers. */
const common = {
  name: required(1, string(), 'Its name, such as policy.example.com.'),
  clientConfig: required(2, WebhookClientConfig, 'How it is reached.'),
  rules: optional(3, list(RuleWithOperations), 'Requests that it is asked about.'),
  failurePolicy: optional(
    4,
    oneOf(['Fail', 'Ignore'], { default: 'Fail', presence: 'pointer' }),
    'What happens when it does not answer: Fail refuses the request, Ignore goes on.',
  ),
  namespaceSelector: optional(5, LabelSelector, 'Labels that the namespace must have.'),
  sideEffects: requiredPointer(6, string(), 'What else it does: None, or NoneOnDryRun.'),
  timeoutSeconds: optional(7, int32({ default: 10, presence: 'pointer' }), 'How many seconds it is waited for.'),
  admissionReviewVersions: required(8, list(string()), 'Versions of the question that it understands.'),
  matchPolicy: optional(
    9,
    oneOf(['Equivalent', 'Exact'], { default: 'Equivalent', presence: 'pointer' }),
    'Whether other versions of the resources are meant too (Equivalent) or not (Exact).',
  ),
}

export const ValidatingWebhook = message('io.k8s.api.admissionregistration.v1.ValidatingWebhook', 'A program that may refuse requests.', {
  ...common,
  objectSelector: optional(10, LabelSelector, 'Labels that the object must have.'),
  matchConditions: optional(11, listMap(MatchCondition, ['name']), 'Conditions that the request must meet.'),
})
export type ValidatingWebhook = Static<typeof ValidatingWebhook>

export const MutatingWebhook = message(
  'io.k8s.api.admissionregistration.v1.MutatingWebhook',
  'A program that may change objects on their way in.',
  {
    ...common,
    reinvocationPolicy: optional(
      10,
      oneOf(['IfNeeded', 'Never'], { default: 'Never', presence: 'pointer' }),
      'Whether it is asked again when others change the object afterwards.',
    ),
    objectSelector: optional(11, LabelSelector, 'Labels that the object must have.'),
    matchConditions: optional(12, listMap(MatchCondition, ['name']), 'Conditions that the request must meet.'),
  },
)
export type MutatingWebhook = Static<typeof MutatingWebhook>
