import { Namespace } from '../../../../api/core/namespace.ts'
import { Pod } from '../../../../api/core/pod.ts'
import { forbidden, invalid } from '../../../../api/errors.ts'
import { isEqual } from '../../../../common/equal.ts'
import type { AdmissionContext, Lookup } from '../../interfaces.ts'
import { concerns, type AdmissionRule } from '../rule.ts'
import type { PodLike } from './check.ts'
import { existingPodWarnings } from './existing-pods.ts'
import { describePolicy, describeViolations, isSamePolicy, isStricter, policiesOf, violationsOf, type Policies } from './policy.ts'
import { podTemplateOf } from './pod-template.ts'

/** Upstream's PodSecurity: the Pod Security Standards that the labels of a namespace ask for. */
export const podSecurity = (lookup: Lookup): AdmissionRule => ({
  validate(context) {
    if (context.verb !== 'create' && context.verb !== 'update') return
    if (concerns(context, Namespace)) return checkNamespace(context, lookup)
    if (!context.namespace) return
    const pod = isPodRequest(context) ? changedPod(context) : context.subresource ? undefined : podTemplateOf(context)
    if (!pod) return
    const { policies } = policiesOf(lookup.get(Namespace, { namespace: '', name: context.namespace })?.metadata.labels)
    checkPod(context, pod, policies)
  },
})

/** Everything through which a pod's spec can come or change. */
const isPodRequest = (context: AdmissionContext): boolean =>
  concerns(context, Pod) || concerns(context, Pod, 'ephemeralcontainers') || concerns(context, Pod, 'resize')

/** The pod, unless an update leaves alone whatever the standards are about. */
function changedPod({ verb, object, current }: AdmissionContext): PodLike | undefined {
  const pod = object as Pod
  if (verb === 'create') return pod
  return isEqual(significant(pod), significant(current as Pod)) ? undefined : pod
}

const significant = ({ metadata, spec }: Pod) => ({
  annotations: Object.entries(metadata.annotations ?? {}).filter(([name]) => /^(container\.)?(apparmor|seccomp)\.security\./.test(name)),
  securityContext: spec.securityContext,
  containers: [spec.initContainers ?? [], spec.containers, spec.ephemeralContainers ?? []].map(list =>
    list.map(({ name, securityContext }) => ({ name, securityContext })),
  ),
})

function checkPod(context: AdmissionContext, pod: PodLike, { enforce, audit, warn }: Policies): void {
  if (isPodRequest(context)) {
    context.annotate?.('pod-security.kubernetes.io/enforce-policy', describePolicy(enforce))
    const violations = violationsOf(enforce, pod)
    if (violations.length > 0) {
      const why = `violates PodSecurity ${JSON.stringify(describePolicy(enforce))}: ${describeViolations(violations)}`
      throw forbidden(context.kind, context.name, why)
    }
  }
  const noted = context.annotate ? violationsOf(audit, pod) : []
  if (noted.length > 0) context.annotate?.('pod-security.kubernetes.io/audit-violations', wouldViolate(audit, noted))
  const violations = violationsOf(warn, pod)
  if (violations.length === 0) return
  context.warn(wouldViolate(warn, violations))
}

const wouldViolate = (policy: Policies['warn'], violations: ReturnType<typeof violationsOf>): string =>
  `would violate PodSecurity ${JSON.stringify(describePolicy(policy))}: ${describeViolations(violations)}`

/** Labels have to make sense when they change; and whoever tightens them is told which pods would not come in any more. */
function checkNamespace({ verb, kind, name, object, current, warn }: AdmissionContext, lookup: Lookup): void {
  const next = policiesOf(object?.metadata.labels)
  const previous = verb === 'update' ? policiesOf(current?.metadata.labels) : undefined
  if (next.errors.length > 0 && !(previous && isEqual(previous.errors, next.errors))) throw invalid(kind, name, next.errors)
  if (!previous) return
  const { enforce } = next.policies
  const before = previous.policies.enforce
  if (isSamePolicy(enforce, before) || enforce.level === 'privileged') return
  if (enforce.version === before.version && !isStricter(enforce, before)) return
  for (const warning of existingPodWarnings(name, lookup.list(Pod, name), enforce)) warn(warning)
}
