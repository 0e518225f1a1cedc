import { Namespace } from '../../../api/core/namespace.ts'
import { invalid } from '../../../api/errors.ts'
import type { DeviceClaim } from '../../../api/resource/resource-claim-spec.ts'
import { ResourceClaimTemplate } from '../../../api/resource/resource-claim-template.ts'
import { ResourceClaim } from '../../../api/resource/resource-claim.ts'
import { fieldForbidden } from '../../../api/schema/field-error.ts'
import type { AdmissionContext, Lookup } from '../interfaces.ts'
import { concerns, type AdmissionRule } from './rule.ts'

const label = 'resource.kubernetes.io/admin-access'

/** Where the first request for administrators' access stands. */
function requested({ requests = [] }: DeviceClaim): string | undefined {
  const index = requests.findIndex(({ exactly }) => exactly?.adminAccess)
  return index < 0 ? undefined : `spec.devices.requests[${index}].exactly.adminAccess`
}

function granted({ status }: ResourceClaim): string | undefined {
  const index = (status.allocation?.devices.results ?? []).findIndex(({ adminAccess }) => adminAccess)
  return index < 0 ? undefined : `status.allocation.devices.results[${index}].adminAccess`
}

/** The field by which a request wants it that nobody wanted before; what is stored does not change. */
function wanted(context: AdmissionContext): string | undefined {
  const { verb, object, current } = context
  if (verb === 'create' && concerns(context, ResourceClaim)) return requested((object as ResourceClaim).spec.devices)
  if (verb === 'create' && concerns(context, ResourceClaimTemplate)) return requested((object as ResourceClaimTemplate).spec.spec.devices)
  if (verb !== 'update' || !concerns(context, ResourceClaim, 'status')) return undefined
  return granted(current as ResourceClaim) === undefined ? granted(object as ResourceClaim) : undefined
}

/** Devices that others use are given to whoever looks after them, in namespaces kept for that (upstream's AuthorizedForAdmin, part of validation there). */
export const deviceAdminAccess = (lookup: Lookup): AdmissionRule => ({
  validate(context) {
    const field = wanted(context)
    if (field === undefined) return
    const namespace = lookup.get(Namespace, { namespace: '', name: context.namespace })
    if (namespace?.metadata.labels?.[label] === 'true') return
    const why = `admin access to devices requires the \`${label}: true\` label on the containing namespace`
    throw invalid(context.kind, context.name, [fieldForbidden(field, why)])
  },
})
