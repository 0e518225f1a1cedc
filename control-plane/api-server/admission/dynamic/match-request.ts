import type { MatchResources, NamedRuleWithOperations } from '../../../../api/admissionregistration/rules.ts'
import { Namespace } from '../../../../api/core/namespace.ts'
import { matches, selectorFromObject } from '../../../../api/label-selector.ts'
import type { LabelSelector } from '../../../../api/meta.ts'
import type { AdmissionContext, Lookup } from '../../interfaces.ts'
import { concerns } from '../rule.ts'
import { operationOf, versionsOf, type Operation, type Resource, type VersionedRequest } from './request.ts'

/** What a webhook or policy says about the requests that it wants; a webhook's rules name no objects. */
export interface Interest extends Pick<MatchResources, 'namespaceSelector' | 'objectSelector' | 'matchPolicy' | 'excludeResourceRules'> {
  readonly rules: readonly Omit<NamedRuleWithOperations, never>[]
}

const group = 'admissionregistration.k8s.io'

/** What decides about admission is not itself subject to it: a mistake there could never be undone. */
export const isExempt = ({ kind }: AdmissionContext): boolean => kind.group === group

const reviewGroups = ['authentication.k8s.io', 'authorization.k8s.io']

/** Policies leave questions about identities and rights alone besides: the cluster works by them (upstream's exclusion.Excluded). */
export const isExemptFromPolicies = (context: AdmissionContext): boolean =>
  isExempt(context) || (reviewGroups.includes(context.kind.group) && !context.subresource)

/** The request in the version that is wanted; undefined when it is none of its business. */
export function matchRequest(interest: Interest, context: AdmissionContext, lookup: Lookup): VersionedRequest | undefined {
  const wanted = wantedVersion(interest, context)
  if (!wanted || !matchesNamespace(interest.namespaceSelector, context, lookup)) return undefined
  return matchesObject(interest.objectSelector, context) ? wanted : undefined
}

function wantedVersion(
  { rules, excludeResourceRules = [], matchPolicy }: Interest,
  context: AdmissionContext,
): VersionedRequest | undefined {
  const applies = (list: Interest['rules'], { resource }: VersionedRequest) => list.some(rule => ruleApplies(rule, resource, context))
  const versions = versionsOf(context)
  const considered = matchPolicy === 'Exact' ? versions.slice(0, 1) : versions
  if (considered.some(version => applies(excludeResourceRules, version))) return undefined
  return considered.find(version => applies(rules, version))
}

const names = (list: readonly string[] | undefined, value: string) => list?.some(each => each === '*' || each === value) ?? false

/** Upstream's rules.Matcher. */
export function ruleApplies(rule: NamedRuleWithOperations, resource: Resource, context: AdmissionContext): boolean {
  const { resourceNames = [] } = rule
  return (
    names(rule.operations, operationOf(context) satisfies Operation) &&
    names(rule.apiGroups, resource.group) &&
    names(rule.apiVersions, resource.version) &&
    namesResource(rule.resources ?? [], resource.resource, context.subresource ?? '') &&
    inScope(rule.scope, context) &&
    (resourceNames.length === 0 || resourceNames.includes(context.name))
  )
}

const namesResource = (resources: readonly string[], resource: string, subresource: string): boolean =>
  resources.some(each => {
    const [wanted = '', part = ''] = each.split('/')
    return (wanted === '*' || wanted === resource) && (part === '*' || part === subresource)
  })

/** Namespaces are cluster-wide, whatever the request says. */
function inScope(scope: string | undefined, { kind }: AdmissionContext): boolean {
  return scope === undefined || scope === '*' || (scope === 'Namespaced') === kind.namespaced
}

const isEverything = (selector: LabelSelector | undefined): boolean =>
  !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0)

/** A namespace is judged by its own labels, other cluster-wide objects by none: they always match. */
function matchesNamespace(selector: LabelSelector | undefined, context: AdmissionContext, lookup: Lookup): boolean {
  if (isEverything(selector)) return true
  const { namespace, object, current } = context
  const own = concerns(context, Namespace) || (context.kind.plural === Namespace.plural && context.kind.group === '')
  if (!own && !namespace) return true
  const labels = own ? (object ?? current)?.metadata.labels : lookup.get(Namespace, { namespace: '', name: namespace })?.metadata.labels
  return matches(selectorFromObject(selector), labels)
}

/** What a connection is made with has no labels, and the object that it leads to does not count. */
function matchesObject(selector: LabelSelector | undefined, { object, current, verb }: AdmissionContext): boolean {
  if (isEverything(selector)) return true
  if (verb === 'connect') return false
  const wanted = selectorFromObject(selector)
  return [object, current].some(each => each !== undefined && matches(wanted, each.metadata?.labels))
}
