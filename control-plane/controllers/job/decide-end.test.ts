import { describe, expect, it } from '@jest/globals'
import type { JobStatus } from '../../../api/batch/job.ts'
import type { JobSpec } from '../../../api/batch/job-spec.ts'
import { decideEnd } from './decide-end.ts'
import { factsOf, jobOf, now, podOf, type PodTraits } from './testing.ts'

interface Case {
  readonly spec?: object
  readonly status?: object
  readonly pods?: readonly PodTraits[]
}
const endOf = ({ spec = {}, status = {}, pods = [] }: Case) => {
  const job = jobOf(spec as Partial<JobSpec>, status as Partial<JobStatus>)
  const end = decideEnd(
    job,
    factsOf(
      job,
      pods.map((traits, place) => podOf(`p${place}`, traits)),
    ),
    now,
  )
  return end && `${end.succeeded ? '+' : '-'} ${end.reason}: ${end.message}`
}
const indexed = { completionMode: 'Indexed', completions: 4, parallelism: 4 }
const perIndex = { ...indexed, backoffLimit: 2 ** 31 - 1, backoffLimitPerIndex: 1 }
const failed = { phase: 'Failed', exitCode: 3 }
const onFailure = { template: { metadata: {}, spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c' }] } } }
const policy = (action: string, rule: object) => ({ podFailurePolicy: { rules: [{ action, ...rule }] } })
const exit = (operator: string, ...values: number[]) => ({ onExitCodes: { operator, values } })

describe('a Job', () => {
  it.each<[string, Case, string | undefined]>([
    ['goes on while pods run', { pods: [{}] }, undefined],
    ['forgives as many failures as it may', { spec: { backoffLimit: 2 }, pods: [failed, failed] }, undefined],
    [
      'fails beyond its limit, counted and uncounted failures together',
      { spec: { backoffLimit: 2 }, status: { failed: 1, uncountedTerminatedPods: { failed: ['x'] } }, pods: [failed] },
      '- BackoffLimitExceeded: Job has reached the specified backoff limit',
    ],
    [
      'counts no failure twice',
      { spec: { backoffLimit: 1 }, status: { uncountedTerminatedPods: { failed: ['p0'] } }, pods: [failed] },
      undefined,
    ],
    ['counts no pod without the finalizer', { spec: { backoffLimit: 0 }, pods: [{ ...failed, tracked: false }] }, undefined],
    [
      'counts deleted pods as failed',
      { spec: { backoffLimit: 0 }, pods: [{ deleted: true }] },
      '- BackoffLimitExceeded: Job has reached the specified backoff limit',
    ],
    [
      'waits for deleted pods where it must',
      { spec: { backoffLimit: 0, podReplacementPolicy: 'Failed' }, pods: [{ deleted: true }] },
      undefined,
    ],
    [
      'counts restarts of containers',
      { spec: { ...onFailure, backoffLimit: 3 }, pods: [{ restarts: 3 }] },
      '- BackoffLimitExceeded: Job has reached the specified backoff limit',
    ],
    ['forgives fewer restarts', { spec: { ...onFailure, backoffLimit: 3 }, pods: [{ restarts: 2 }] }, undefined],
    [
      'allows no restart at limit 0',
      { spec: { ...onFailure, backoffLimit: 0 }, pods: [{ restarts: 1 }] },
      '- BackoffLimitExceeded: Job has reached the specified backoff limit',
    ],
    [
      'fails at its deadline',
      { spec: { activeDeadlineSeconds: 3600 } },
      '- DeadlineExceeded: Job was active longer than specified deadline',
    ],
    ['has time before its deadline', { spec: { activeDeadlineSeconds: 3601 } }, undefined],
    ['has all the time while it rests', { spec: { activeDeadlineSeconds: 60, suspend: true } }, undefined],
    [
      'fails by an exit code',
      { spec: policy('FailJob', exit('In', 3, 4)), pods: [failed] },
      '- PodFailurePolicy: Container c for pod n/p0 failed with exit code 3 matching FailJob rule at index 0',
    ],
    ['does not fail by another exit code', { spec: policy('FailJob', exit('NotIn', 3)), pods: [failed] }, undefined],
    [
      'fails by a condition',
      {
        spec: policy('FailJob', { onPodConditions: [{ type: 'Config', status: 'True' }] }),
        pods: [{ phase: 'Failed', conditions: [{ type: 'Config', status: 'True' }] }],
      },
      '- PodFailurePolicy: Pod n/p0 has condition Config matching FailJob rule at index 0',
    ],
    ['ignores failures', { spec: { backoffLimit: 0, ...policy('Ignore', exit('In', 3)) }, pods: [failed] }, undefined],
    [
      'counts failures that a rule counts',
      { spec: { backoffLimit: 0, ...policy('Count', exit('In', 3)) }, pods: [failed] },
      '- BackoffLimitExceeded: Job has reached the specified backoff limit',
    ],
    [
      'keeps to what was decided',
      { status: { conditions: [{ type: 'FailureTarget', status: 'True', reason: 'R', message: 'M' }] }, pods: [{}] },
      '- R: M',
    ],
    [
      'keeps to a success',
      {
        spec: { backoffLimit: 0 },
        status: { conditions: [{ type: 'SuccessCriteriaMet', status: 'True', reason: 'R', message: 'M' }] },
        pods: [failed],
      },
      '+ R: M',
    ],
    [
      'fails with too many failed indexes',
      { spec: { ...perIndex, maxFailedIndexes: 1 }, pods: [0, 1].map(index => ({ ...failed, index, failuresBefore: 1 })) },
      '- MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes',
    ],
    [
      'gives an index as many tries as it has',
      { spec: { ...perIndex, maxFailedIndexes: 0 }, pods: [{ ...failed, index: 0, failuresBefore: 0 }] },
      undefined,
    ],
    [
      'fails an index at once where a rule says so',
      {
        spec: { ...perIndex, maxFailedIndexes: 0, ...policy('FailIndex', exit('In', 3)) },
        pods: [{ ...failed, index: 0, failuresBefore: 0 }],
      },
      '- MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes',
    ],
    [
      'fails when every index has ended and one has failed',
      { spec: perIndex, status: { completedIndexes: '0-2', failedIndexes: '3' } },
      '- FailedIndexes: Job has failed indexes',
    ],
    [
      'succeeds early by indexes',
      {
        spec: { ...indexed, successPolicy: { rules: [{ succeededIndexes: '1-2' }, { succeededIndexes: '0,3', succeededCount: 1 }] } },
        pods: [{ phase: 'Succeeded', index: 3 }],
      },
      '+ SuccessPolicy: Matched rules at index 1',
    ],
    [
      'succeeds early by number',
      {
        spec: { ...indexed, successPolicy: { rules: [{ succeededCount: 2 }] } },
        status: { completedIndexes: '0' },
        pods: [{ phase: 'Succeeded', index: 2 }],
      },
      '+ SuccessPolicy: Matched rules at index 0',
    ],
  ])('%s', (_, facts, expected) => {
    expect(endOf(facts)).toBe(expected)
  })
})
