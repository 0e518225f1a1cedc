import type { Clock } from '../../../common/clock.ts'
import type { Admission, Authorizer, Lookup, ServiceConnector, StatusWriter } from '../interfaces.ts'
import { serviceAccountTokenSecrets } from './service-account-token-secrets.ts'
import { certificateRequester } from './certificate-requester.ts'
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts'
import { claimResize } from './claim-resize.ts'
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { deviceAdminAccess } from './device-admin-access.ts'
import { deviceTaintTimes } from './device-taint-times.ts'
import { dynamicAdmission } from './dynamic/dynamic-admission.ts'
import { limitRanger } from './limit-range/limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { podTopologyLabels } from './pod-topology-labels.ts'
import { podPriority } from './priority.ts'
import { priorityClassDefault } from './priority-class-default.ts'
import { resourceQuota } from './quota/resource-quota.ts'
import { rbacEscalation } from './rbac-escalation.ts'
import type { AdmissionRule } from './rule.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

export interface AdmissionParts {
  readonly lookup: Lookup
  readonly authorizer: Authorizer
  readonly statuses: StatusWriter
  readonly services: ServiceConnector
  readonly clock: Clock
}

/** The rules in upstream's order: each sees what the ones before it made. */
const rules = ({ lookup, authorizer, statuses, services, clock }: AdmissionParts): readonly AdmissionRule[] => [
  namespaceLifecycle(lookup),
  limitRanger(lookup),
  serviceAccount(lookup, clock),
  nodeRestriction(lookup),
  taintNodesByCondition,
  podSecurity(lookup),
  podPriority(lookup),
  priorityClassDefault(lookup),
  defaultTolerationSeconds,
  defaultStorageClass(lookup),
  ...storageObjectInUseProtection,
  claimResize(lookup),
  runtimeClass(lookup),
  certificateRequester,
  certificateApproval(authorizer),
  certificateSigning(authorizer),
  certificateSubjectRestriction,
  defaultIngressClass(lookup),
  podTopologyLabels(lookup),
  deviceTaintTimes(clock),
  deviceAdminAccess(lookup),
  serviceAccountTokenSecrets,
  rbacEscalation(lookup),
  ...dynamicAdmission(lookup, services),
  resourceQuota({ lookup, statuses, clock }),
]

export function createAdmission(parts: AdmissionParts): Admission {
  const ordered = rules(parts)
  const mutators = ordered.flatMap(rule => (rule.mutate ? [rule.mutate.bind(rule)] : []))
  const validators = ordered.flatMap(rule => (rule.validate ? [rule.validate.bind(rule)] : []))
  // Nearly every rule answers at once, most of them that the request is not theirs: only for the others is there anything to wait for.
  return {
    async mutate(context) {
      const { object: first } = context
      if (!first) throw new Error('only requests with an object can be changed by admission')
      let seen = { ...context, object: first }
      for (const mutate of mutators) {
        const answer = mutate(seen)
        const object = answer instanceof Promise ? await answer : answer
        if (object !== seen.object) seen = { ...context, object }
      }
      return seen.object
    },
    async validate(context) {
      for (const validate of validators) {
        const answer = validate(context)
        if (answer instanceof Promise) await answer
      }
    },
  }
}
