import { Namespace } from '../../../api/core/namespace.ts'
import { ApiError, forbidden, notFound } from '../../../api/errors.ts'
import type { AdmissionContext, Lookup } from '../interfaces.ts'
import { concerns, type AdmissionRule } from './rule.ts'

/** Namespaces that the cluster cannot be without. */
const immortal: readonly string[] = ['default', 'kube-system', 'kube-public']

/** Upstream's NamespaceLifecycle: objects only in namespaces that exist, new ones only where the namespace is there to stay. */
export const namespaceLifecycle = (lookup: Lookup): AdmissionRule => ({
  mutate(context) {
    if (!context.namespace || concerns(context, Namespace)) return context.object
    const namespace = lookup.get(Namespace, { namespace: '', name: context.namespace })
    if (!namespace) throw notFound(Namespace, context.namespace)
    if (context.verb === 'create' && isTerminating(namespace)) throw terminating(context)
    return context.object
  },
  validate(context) {
    if (context.verb !== 'delete' || !concerns(context, Namespace) || !immortal.includes(context.name)) return
    throw forbidden(Namespace, context.name, 'this namespace may not be deleted')
  },
})

const isTerminating = ({ metadata, status }: Namespace): boolean =>
  metadata.deletionTimestamp !== undefined || status?.phase === 'Terminating'

function terminating({ kind, name, namespace }: AdmissionContext): ApiError {
  const { status } = forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`)
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }
  return new ApiError({ ...status, details: { ...status.details, causes: [cause] } })
}
