import { randomUUID } from 'node:crypto'
import type { MutatingWebhook, ValidatingWebhook } from '../../../../api/admissionregistration/webhook.ts'
import { badRequest, forbidden } from '../../../../api/errors.ts'
import type { KubernetesObject } from '../../../../api/kind.ts'
import { applyJsonPatch } from '../../../../api/patch/json-patch.ts'
import { messageOf } from '../../../../common/error-message.ts'
import type { AdmissionContext, Lookup } from '../../interfaces.ts'
import { checkMatchConditions } from './match-conditions.ts'
import { matchRequest } from './match-request.ts'
import { completed } from './patched-object.ts'
import type { Programs } from './programs.ts'
import { reviewRequest, type VersionedRequest } from './request.ts'
import type { CallWebhook } from './webhook-call.ts'
import { failedCalling, readResponse, refusal, type WebhookResponse } from './webhook-response.ts'

export type Webhook = ValidatingWebhook | MutatingWebhook

export interface WebhookParts {
  readonly lookup: Lookup
  readonly call: CallWebhook
  readonly programs: Programs
}

/** Asks one webhook about a request, if it is meant. Resolves to the object as the webhook would have it; throws ApiError when it refuses. */
export async function askWebhook(
  webhook: Webhook,
  context: AdmissionContext,
  parts: WebhookParts & { readonly mutating: boolean },
): Promise<KubernetesObject | undefined> {
  const request = matchRequest({ ...webhook, rules: webhook.rules ?? [] }, context, parts.lookup)
  if (!request || !meetsConditions(webhook, { context, request }, parts)) return context.object
  if (context.dryRun && !['None', 'NoneOnDryRun'].includes(webhook.sideEffects))
    throw badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`)
  const response = await callWebhook(webhook, { context, request }, parts)
  if (!response) return context.object
  for (const warning of response.warnings) context.warn(warning)
  for (const [key, value] of Object.entries(response.auditAnnotations)) context.annotate?.(`${webhook.name}/${key}`, value)
  if (!response.allowed) throw refusal(webhook.name, response.status)
  if (response.patch === undefined || !request.object || context.verb === 'delete' || context.verb === 'connect') return context.object
  return patched(webhook, { request, object: request.object, patch: response.patch })
}

interface Asked {
  readonly context: AdmissionContext
  readonly request: VersionedRequest
}

function meetsConditions(webhook: Webhook, { context, request }: Asked, { programs }: WebhookParts): boolean {
  if (!webhook.matchConditions?.length) return true
  const { object, oldObject, ...rest } = reviewRequest(context, request, '')
  const verdict = checkMatchConditions(webhook.matchConditions, { object, oldObject, request: rest }, programs)
  if (typeof verdict === 'string') return verdict === 'matches'
  if (webhook.failurePolicy === 'Ignore') return false
  throw forbidden(context.kind, context.name, verdict.error)
}

/** Undefined: it could not be asked, and that is no reason to refuse. */
async function callWebhook(
  webhook: Webhook,
  { context, request }: Asked,
  { call, mutating }: WebhookParts & { readonly mutating: boolean },
): Promise<WebhookResponse | undefined> {
  const uid = randomUUID()
  const body = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: reviewRequest(context, request, uid) }
  try {
    const answer = await called(call({ clientConfig: webhook.clientConfig, timeoutSeconds: webhook.timeoutSeconds ?? 10, body }))
    return readResponse(answer, uid, mutating)
  } catch (error) {
    if (webhook.failurePolicy === 'Ignore') return undefined
    throw failedCalling(webhook.name, messageOf(error))
  }
}

async function called(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    throw new Error(`failed to call webhook: ${messageOf(error)}`, { cause: error })
  }
}

function patched(
  webhook: Webhook,
  { request, object, patch }: { request: VersionedRequest; object: KubernetesObject; patch: unknown },
): KubernetesObject {
  try {
    return request.restore(completed(request.kind, applyJsonPatch(object, patch)))
  } catch (error) {
    throw failedCalling(webhook.name, messageOf(error))
  }
}
