import type { ParamKind, ParamRef } from '../../../../api/admissionregistration/policy-parts.ts'
import type { KubernetesObject } from '../../../../api/kind.ts'
import { findKindByName } from '../../../../api/kinds.ts'
import { matches, selectorFromObject } from '../../../../api/label-selector.ts'
import type { AdmissionContext, Lookup } from '../../interfaces.ts'

/** The parameter objects to evaluate a policy with, one after the other; `undefined` alone for a policy without. */
export type Params = { readonly params: readonly (KubernetesObject | undefined)[] } | { readonly error: string }

/** Which parameters a binding chooses; upstream's CollectParams. */
export function paramsFor(
  paramKind: ParamKind | undefined,
  paramRef: ParamRef | undefined,
  { context, lookup }: { readonly context: AdmissionContext; readonly lookup: Lookup },
): Params {
  if (!paramKind || !paramRef) return { params: [undefined] }
  const { apiVersion = '', kind: name = '' } = paramKind
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion]
  const kind = findKindByName(group, version, name)
  if (!kind) return { error: `failed to find resource referenced by paramKind: '${apiVersion}, Kind=${name}'` }
  if (!kind.namespaced && paramRef.namespace) return { error: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' }
  const namespace = kind.namespaced ? (paramRef.namespace ?? context.namespace) : ''
  if (kind.namespaced && !namespace)
    return { error: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources' }
  const found = paramRef.name ? one(lookup.get(kind, { namespace, name: paramRef.name })) : chosen(lookup.list(kind, namespace), paramRef)
  if (found.length > 0) return { params: found }
  return paramRef.parameterNotFoundAction === 'Deny'
    ? { error: 'no params found for policy binding with `Deny` parameterNotFoundAction' }
    : { params: [] }
}

const one = (object: KubernetesObject | undefined) => (object ? [object] : [])
const chosen = (objects: readonly KubernetesObject[], { selector }: ParamRef) =>
  objects.filter(({ metadata }) => matches(selectorFromObject(selector), metadata.labels))
