import { type Job, type JobStatus } from '../../../api/batch/job.ts'
import type { JobSpec } from '../../../api/batch/job-spec.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { observeJob, type JobFacts, type JobMemory } from './job-facts.ts'
import { completionIndex, indexFailureCount, trackingFinalizer } from './job-pods.ts'

export const now = new Date('2026-01-01T01:00:00Z')

/** A Job for tables of tests, as the API server would store it. */
export const jobOf = (spec: Partial<JobSpec> = {}, status: Partial<JobStatus> = {}): Job =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'n', uid: 'job' },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      template: { metadata: {}, spec: { containers: [{ name: 'c' }], restartPolicy: 'Never' } },
      ...spec,
    },
    status: { startTime: '2026-01-01T00:00:00Z', ...status },
  }) as Job

export interface PodTraits {
  readonly phase?: string
  readonly index?: number | string
  readonly failuresBefore?: number
  readonly tracked?: boolean
  readonly deleted?: boolean
  readonly ready?: boolean
  /** Exit code and end of the container. */
  readonly exitCode?: number
  readonly finishedAt?: string
  readonly restarts?: number
  readonly conditions?: readonly { type: string; status: string }[]
}

export const podOf = (name: string, traits: PodTraits = {}): Pod => {
  const { phase = 'Running', index, failuresBefore, tracked = true, deleted, ready, exitCode, restarts = 0 } = traits
  const state = exitCode === undefined ? { running: {} } : { terminated: { exitCode, finishedAt: traits.finishedAt ?? now.toISOString() } }
  const annotations = {
    ...(index === undefined ? {} : { [completionIndex]: String(index) }),
    ...(failuresBefore === undefined ? {} : { [indexFailureCount]: String(failuresBefore) }),
  }
  return {
    metadata: {
      name,
      namespace: 'n',
      uid: name,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations,
      ...(tracked ? { finalizers: [trackingFinalizer] } : {}),
      ...(deleted ? { deletionTimestamp: now.toISOString() } : {}),
    },
    spec: { nodeName: 'node', containers: [{ name: 'c' }] },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }, ...(traits.conditions ?? [])],
      containerStatuses: [{ name: 'c', restartCount: restarts, state }],
    },
  } as unknown as Pod
}

const forgetful: JobMemory = { isDeleted: () => false, isReleased: () => false, failures: { failures: 0, last: 0 } }

export const factsOf = (job: Job, pods: readonly Pod[], memory: Partial<JobMemory> = {}): JobFacts =>
  observeJob(job, pods, { ...forgetful, ...memory })

export const namesOf = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name)
