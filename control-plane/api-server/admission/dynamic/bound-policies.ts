import type { ParamKind, ParamRef, Variable } from '../../../../api/admissionregistration/policy-parts.ts'
import type { MatchCondition, MatchResources } from '../../../../api/admissionregistration/rules.ts'
import { Namespace } from '../../../../api/core/namespace.ts'
import type { Kind, KubernetesObject } from '../../../../api/kind.ts'
import type { AdmissionContext, Lookup } from '../../interfaces.ts'
import { checkMatchConditions } from './match-conditions.ts'
import { matchRequest } from './match-request.ts'
import { paramsFor } from './policy-params.ts'
import { PolicyEvaluation } from './policy-variables.ts'
import type { Programs } from './programs.ts'
import { reviewRequest, type VersionedRequest } from './request.ts'

type Policy = KubernetesObject & {
  readonly spec: {
    readonly matchConstraints?: MatchResources
    readonly paramKind?: ParamKind
    readonly matchConditions?: readonly MatchCondition[]
    readonly variables?: readonly Variable[]
    readonly failurePolicy?: string
  }
}
type Binding = KubernetesObject & {
  readonly spec: { readonly policyName?: string; readonly paramRef?: ParamRef; readonly matchResources?: MatchResources }
}

export interface PolicyParts {
  readonly lookup: Lookup
  readonly programs: Programs
}

/** A policy in effect: a binding puts it to a request. */
export interface Bound<P extends Policy, B extends Binding> {
  readonly policy: P
  readonly binding: B
}

/** The policies that are bound to anything, by name. */
export function boundPolicies<P extends Policy, B extends Binding>(kinds: readonly [Kind<P>, Kind<B>], lookup: Lookup): Bound<P, B>[] {
  const bindings = lookup.list(kinds[1])
  if (bindings.length === 0) return []
  const byName = (a: KubernetesObject, b: KubernetesObject) => (a.metadata.name < b.metadata.name ? -1 : 1)
  return lookup
    .list(kinds[0])
    .sort(byName)
    .flatMap(policy =>
      bindings
        .filter(({ spec }) => spec.policyName === policy.metadata.name)
        .sort(byName)
        .map(binding => ({ policy, binding })),
    )
}

/** One evaluation of a policy, with one parameter object; or what stands in the way of any. */
export type Evaluated = { readonly request: VersionedRequest; readonly evaluation: PolicyEvaluation } | { readonly error: string }

/** Every evaluation that a bound policy needs for a request: none when it is not about it. */
export function* evaluationsOf<P extends Policy, B extends Binding>(
  { policy, binding }: Bound<P, B>,
  context: AdmissionContext,
  { lookup, programs }: PolicyParts,
): Generator<Evaluated> {
  const request = matched(policy.spec.matchConstraints, context, lookup)
  if (!request || (binding.spec.matchResources && !matched(binding.spec.matchResources, context, lookup))) return
  const chosen = paramsFor(policy.spec.paramKind, binding.spec.paramRef, { context, lookup })
  if ('error' in chosen) {
    yield chosen
    return
  }
  const { object, oldObject, ...rest } = reviewRequest(context, request, '')
  const namespaceObject = context.namespace ? (lookup.get(Namespace, { namespace: '', name: context.namespace }) ?? null) : null
  for (const params of chosen.params) {
    const values = { object, oldObject, request: rest, params: params ?? null, namespaceObject }
    const conditions = checkMatchConditions(policy.spec.matchConditions ?? [], values, programs)
    if (typeof conditions === 'object') yield conditions
    else if (conditions === 'matches') yield { request, evaluation: new PolicyEvaluation(values, policy.spec.variables ?? [], programs) }
  }
}

/** A binding that names no rules means all that the policy means. */
const everything = [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*'], operations: ['*'] }]

const matched = (match: MatchResources | undefined, context: AdmissionContext, lookup: Lookup): VersionedRequest | undefined =>
  match && matchRequest({ ...match, rules: match.resourceRules?.length ? match.resourceRules : everything }, context, lookup)
