import { apiVersionOf, type Kind, type KubernetesObject } from '../../../../api/kind.ts'
import { builtInKinds, findKindByName } from '../../../../api/kinds.ts'
import type { AdmissionContext } from '../../interfaces.ts'

export interface Resource {
  readonly group: string
  readonly version: string
  /** Plural. */
  readonly resource: string
}

/** A request as webhooks and policies that want it in one version of the resource see it. */
export interface VersionedRequest {
  readonly resource: Resource
  /** The kind that `object` and `oldObject` are of. */
  readonly kind: Kind
  readonly object: KubernetesObject | undefined
  readonly oldObject: KubernetesObject | undefined
  /** Back to the version that the request came in. */
  restore(object: KubernetesObject): KubernetesObject
}

export const resourceOf = ({ group, version, plural }: Kind): Resource => ({ group, version, resource: plural })

/** The kind of what a request carries: a subresource may have one of its own. */
function bodyKind({ kind, subresource, object, verb }: AdmissionContext): Kind {
  const sub = subresource ? kind.subresources?.[subresource] : undefined
  if (verb !== 'create' || !sub?.kind || object?.kind !== sub.kind) return kind
  return findKindByName(sub.group ?? kind.group, sub.version ?? kind.version, sub.kind) ?? kind
}

/** The request in its own version, and after that in every other version that its resource has; upstream's EquivalentResourceRegistry. */
export function versionsOf(context: AdmissionContext): VersionedRequest[] {
  const { kind, object, current } = context
  const own = bodyKind(context)
  const asIs: VersionedRequest = { resource: resourceOf(kind), kind: own, object, oldObject: current, restore: each => each }
  if (own !== kind) return [asIs]
  const storage = ({ group, plural, storedAs }: Kind) => `${storedAs?.group ?? group}/${storedAs?.plural ?? plural}`
  const others = builtInKinds.filter(each => each !== kind && storage(each) === storage(kind) && apiVersionOf(each) !== apiVersionOf(kind))
  const convert = (from: Kind, to: Kind, each: KubernetesObject): KubernetesObject => {
    const stored = from.storedAs?.toStored(each) ?? each
    return to.storedAs?.fromStored(stored) ?? stored
  }
  return [
    asIs,
    ...others.map(other => ({
      resource: resourceOf(other),
      kind: other,
      object: object && convert(kind, other, object),
      oldObject: current && convert(kind, other, current),
      restore: (each: KubernetesObject) => convert(other, kind, each),
    })),
  ]
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
export const operationOf = ({ verb }: AdmissionContext): Operation => verb.toUpperCase() as Operation

const optionKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions', CONNECT: '' }

/** The `request` of an AdmissionReview, and the variable of that name in expressions. */
export function reviewRequest(context: AdmissionContext, versioned: VersionedRequest, uid: string): Record<string, unknown> {
  const { kind, subresource, name, namespace, user, dryRun } = context
  const operation = operationOf(context)
  const { connection } = context
  const connectionKind = connection && { group: '', version: 'v1', kind: connection['kind'] }
  const gvk = (each: Kind) => connectionKind ?? { group: each.group, version: each.version, kind: each.kind }
  const sub = (field: string) => (subresource ? { [field]: subresource } : {})
  const options = optionKinds[operation]
  return {
    uid,
    kind: gvk(versioned.kind),
    resource: versioned.resource,
    ...sub('subResource'),
    requestKind: gvk(bodyKind(context)),
    requestResource: resourceOf(kind),
    ...sub('requestSubResource'),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid ? { uid: user.uid } : {}),
      groups: user.groups,
      ...(user.extra ? { extra: user.extra } : {}),
    },
    object: operation === 'DELETE' ? null : (connection ?? versioned.object ?? null),
    oldObject: operation === 'UPDATE' || operation === 'DELETE' ? (versioned.oldObject ?? null) : null,
    dryRun,
    options: options ? { kind: options, apiVersion: 'meta.k8s.io/v1', ...(dryRun ? { dryRun: ['All'] } : {}) } : null,
  }
}
