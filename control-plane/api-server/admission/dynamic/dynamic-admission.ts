import type { Lookup, ServiceConnector } from '../../interfaces.ts'
import type { AdmissionRule } from '../rule.ts'
import { mutatingPolicies } from './mutating-policies.ts'
import { runMutators } from './mutators.ts'
import { Programs } from './programs.ts'
import { validatingPolicies } from './validating-policies.ts'
import { webhookCaller } from './webhook-call.ts'
import { mutatingWebhooks, mutatingWebhooksWithoutObject, validatingWebhooks } from './webhooks.ts'

/** What users add to admission, in upstream's order: mutating policies and webhooks, then validating policies and webhooks. */
export function dynamicAdmission(lookup: Lookup, services: ServiceConnector): readonly AdmissionRule[] {
  const parts = { lookup, programs: new Programs(), call: webhookCaller(services) }
  return [
    {
      mutate(context) {
        const mutators = [...mutatingPolicies(context, parts), ...mutatingWebhooks(context, parts)]
        return mutators.length === 0 ? context.object : runMutators(mutators, context.object)
      },
    },
    mutatingWebhooksWithoutObject(parts),
    validatingPolicies(parts),
    validatingWebhooks(parts),
  ]
}
