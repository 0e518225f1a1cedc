import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { AdmissionContext, AdmissionVerb } from '../interfaces.ts'

/** One admission rule. Throws ApiError to refuse. */
export interface AdmissionRule {
  /** Returns the object to store: the one it was given or a changed copy. Never called for deletions. */
  mutate?(context: AdmissionContext & { readonly object: KubernetesObject }): KubernetesObject | Promise<KubernetesObject>
  validate?(context: AdmissionContext): void | Promise<void>
}

/** Whether a request is about this kind itself or the named subresource of it. */
export const concerns = (context: AdmissionContext, kind: Kind, subresource?: string): boolean =>
  context.kind.plural === kind.plural && context.kind.group === kind.group && context.subresource === subresource

/** A rule that changes new objects of one kind, knowing their type. */
export const onCreate = <O extends KubernetesObject>(
  kind: Kind<O>,
  change: (object: O, context: AdmissionContext) => O | Promise<O>,
): AdmissionRule => on(['create'], kind, change)

/** As `onCreate`, for the verbs named. Subresources are left alone. */
export const on = <O extends KubernetesObject>(
  verbs: readonly AdmissionVerb[],
  kind: Kind<O>,
  change: (object: O, context: AdmissionContext) => O | Promise<O>,
): AdmissionRule => ({
  mutate: context => (verbs.includes(context.verb) && concerns(context, kind) ? change(context.object as O, context) : context.object),
})
