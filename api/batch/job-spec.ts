import { PodTemplateSpec } from '../core/pod-spec.ts'
import { LabelSelector } from '../meta.ts'
import { boolean, int32, int64, list, message, oneOf, optional, required, set, string, type Static } from '../schema/schema.ts'

export const PodFailurePolicyOnExitCodesRequirement = message(
  'io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement',
  'Which exit codes a rule is about.',
  {
    containerName: optional(1, string({ presence: 'pointer' }), 'The container that is looked at; any by default.'),
    operator: required(2, oneOf(['In', 'NotIn']), 'How the codes are compared: In or NotIn.'),
    values: required(3, set(int32()), 'The codes, ascending.'),
  },
)
export type PodFailurePolicyOnExitCodesRequirement = Static<typeof PodFailurePolicyOnExitCodesRequirement>

export const PodFailurePolicyOnPodConditionsPattern = message(
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern',
  'A condition of a pod that a rule is about.',
  {
    type: required(1, string(), 'Name of the condition.'),
    status: optional(2, string({ default: 'True' }), 'Its status; True by default.'),
  },
)
export type PodFailurePolicyOnPodConditionsPattern = Static<typeof PodFailurePolicyOnPodConditionsPattern>

export const PodFailurePolicyRule = message(
  'io.k8s.api.batch.v1.PodFailurePolicyRule',
  'What to do when a pod has failed in a certain way.',
  {
    action: required(
      1,
      oneOf(['Count', 'FailIndex', 'FailJob', 'Ignore']),
      'What to do: Count it as usual, FailIndex, FailJob, or Ignore it.',
    ),
    onExitCodes: optional(2, PodFailurePolicyOnExitCodesRequirement, 'Exit codes that the rule is about.'),
    onPodConditions: optional(3, list(PodFailurePolicyOnPodConditionsPattern), 'Conditions of the pod that the rule is about.'),
  },
)
export type PodFailurePolicyRule = Static<typeof PodFailurePolicyRule>

export const PodFailurePolicy = message('io.k8s.api.batch.v1.PodFailurePolicy', 'What to do when pods have failed, by how they failed.', {
  rules: required(1, list(PodFailurePolicyRule), 'Rules in order; the first that fits counts.'),
})
export type PodFailurePolicy = Static<typeof PodFailurePolicy>

export const SuccessPolicyRule = message('io.k8s.api.batch.v1.SuccessPolicyRule', 'When a job counts as successful before all is done.', {
  succeededIndexes: optional(1, string({ presence: 'pointer' }), 'Indexes that must have succeeded, such as 0,2-4.'),
  succeededCount: optional(2, int32({ presence: 'pointer' }), 'How many of them must have succeeded.'),
})
export type SuccessPolicyRule = Static<typeof SuccessPolicyRule>

export const SuccessPolicy = message('io.k8s.api.batch.v1.SuccessPolicy', 'When a job counts as successful before all is done.', {
  rules: required(1, list(SuccessPolicyRule), 'Rules, one of which must hold.'),
})
export type SuccessPolicy = Static<typeof SuccessPolicy>

export const JobSpec = message(
  'io.k8s.api.batch.v1.JobSpec',
  'How often pods must succeed, how many run at once, and what they look like.',
  {
    parallelism: optional(1, int32({ presence: 'pointer' }), 'How many pods may run at once.'),
    completions: optional(2, int32({ presence: 'pointer' }), 'How often a pod must succeed.'),
    activeDeadlineSeconds: optional(3, int64({ presence: 'pointer' }), 'Seconds after which a job that is still running fails.'),
    selector: optional(4, LabelSelector, 'Which pods belong to it; made up unless manualSelector is true.'),
    manualSelector: optional(5, boolean({ presence: 'pointer' }), 'When true selector and labels are chosen by the user.'),
    template: required(6, PodTemplateSpec, 'What its pods look like.'),
    backoffLimit: optional(7, int32({ presence: 'pointer' }), 'How many failed pods are replaced before the job fails.'),
    ttlSecondsAfterFinished: optional(
      8,
      int32({ presence: 'pointer' }),
      'Seconds after its end at which the job is deleted; never by default.',
    ),
    completionMode: optional(
      9,
      string({ presence: 'pointer' }),
      'NonIndexed: any successes count. Indexed: every index from 0 must succeed once.',
    ),
    suspend: optional(10, boolean({ presence: 'pointer' }), 'When true no pods run.'),
    podFailurePolicy: optional(11, PodFailurePolicy, 'What to do when pods have failed, by how they failed.'),
    backoffLimitPerIndex: optional(
      12,
      int32({ presence: 'pointer' }),
      'How many failed pods are replaced for each index before the index fails.',
    ),
    maxFailedIndexes: optional(13, int32({ presence: 'pointer' }), 'How many indexes may fail before the job fails.'),
    podReplacementPolicy: optional(
      14,
      oneOf(['Failed', 'TerminatingOrFailed'], { presence: 'pointer' }),
      'When a pod is replaced: as soon as it is TerminatingOrFailed, or only when it has Failed.',
    ),
    managedBy: optional(15, string({ presence: 'pointer' }), 'The controller that looks after the job; the built-in one by default.'),
    successPolicy: optional(16, SuccessPolicy, 'When the job counts as successful before all is done.'),
  },
)
export type JobSpec = Static<typeof JobSpec>
