import { describe, expect, it } from '@jest/globals'
import type { JobStatus } from '../../../api/batch/job.ts'
import type { JobSpec } from '../../../api/batch/job-spec.ts'
import type { FailureRecord } from './failure-backoff.ts'
import { planJobPods } from './plan-job-pods.ts'
import { factsOf, jobOf, namesOf, now, podOf, type PodTraits } from './testing.ts'

interface Case {
  readonly spec?: object
  readonly status?: object
  readonly pods?: Readonly<Record<string, PodTraits>>
  readonly failures?: FailureRecord
}
const planOf = ({ spec = {}, status = {}, pods = {}, failures = { failures: 0, last: 0 } }: Case) => {
  const job = jobOf(spec as Partial<JobSpec>, status as Partial<JobStatus>)
  const list = Object.entries(pods).map(([name, traits]) => podOf(name, traits))
  const plan = planJobPods(job, factsOf(job, list, { failures }), now)
  return { ...plan, delete: namesOf(plan.delete) }
}
const create = (...indexes: (number | undefined)[]) => ({ delete: [], create: indexes })
const indexed = { completionMode: 'Indexed', completions: 5, parallelism: 3 }
const perIndex = { ...indexed, backoffLimitPerIndex: 3 }
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)
const failed = (seconds: number, traits: PodTraits) => ({ phase: 'Failed', exitCode: 1, finishedAt: ago(seconds).toISOString(), ...traits })

describe('a Job', () => {
  it.each<[string, Case, object]>([
    ['starts as many pods as may run at once', { spec: { completions: 5, parallelism: 2 } }, create(undefined, undefined)],
    [
      'starts no more than are missing',
      { spec: { completions: 5, parallelism: 4 }, status: { succeeded: 3 }, pods: { a: {} } },
      create(undefined),
    ],
    [
      'starts nothing after a success where any will do',
      { spec: { completions: undefined, parallelism: 3 }, status: { succeeded: 1 }, pods: { a: {} } },
      create(),
    ],
    [
      'keeps up its number where any success will do',
      { spec: { completions: undefined, parallelism: 2 }, pods: { a: {} } },
      create(undefined),
    ],
    ['replaces pods that are going, and were counted', { pods: { a: { deleted: true, tracked: false } } }, create(undefined)],
    ['takes pods that are going as failures', { pods: { a: { deleted: true } } }, { ...create(), wait: 10_000 }],
    ['waits for pods that are going where it must', { spec: { podReplacementPolicy: 'Failed' }, pods: { a: { deleted: true } } }, create()],
    [
      'loses the least advanced pods',
      { spec: { completions: 5, parallelism: 1 }, pods: { a: { ready: true }, b: { phase: 'Pending' } } },
      { delete: ['b'], create: [] },
    ],
    ['loses all pods when it rests', { spec: { suspend: true }, pods: { a: {}, b: {} } }, { delete: ['a', 'b'], create: [] }],
    ['starts the lowest indexes', { spec: indexed, status: { completedIndexes: '0,2' }, pods: { a: { index: 1 } } }, create(3, 4)],
    [
      'starts an index again whose pod is going',
      { spec: { ...indexed, completions: 2 }, pods: { a: { index: 0, deleted: true, tracked: false } } },
      create(0, 1),
    ],
    [
      'waits with an index whose pod is going where it must',
      { spec: { ...indexed, podReplacementPolicy: 'Failed' }, pods: { a: { index: 0, deleted: true } } },
      create(1, 2),
    ],
    [
      'loses pods of the same index, without one, and beyond the last',
      { spec: indexed, pods: { a: { index: 0, phase: 'Pending' }, b: { index: 0 }, c: {}, d: { index: 9 } } },
      { delete: ['a', 'c', 'd'], create: [] },
    ],
    ['waits 10 s after a failure', { failures: { failures: 1, last: ago(4).getTime() } }, { ...create(), wait: 6000 }],
    ['waits twice as long each time', { failures: { failures: 3, last: ago(4).getTime() } }, { ...create(), wait: 36_000 }],
    ['waits six minutes at most', { failures: { failures: 30, last: ago(4).getTime() } }, { ...create(), wait: 356_000 }],
    ['counts failures that nobody has counted yet', { pods: { a: failed(4, {}) } }, { ...create(), wait: 6000 }],
    [
      'forgets failures before a success',
      { spec: { completions: 3 }, pods: { a: failed(4, {}), b: { phase: 'Succeeded', exitCode: 0 } } },
      create(undefined),
    ],
    [
      'lets one index wait and starts the others',
      { spec: perIndex, pods: { a: failed(4, { index: 1, failuresBefore: 1 }) } },
      { ...create(0, 2), wait: 16_000 },
    ],
    ['leaves out failed indexes', { spec: perIndex, status: { failedIndexes: '0,1' } }, create(2, 3, 4)],
  ])('%s', (_, facts, expected) => {
    expect(planOf(facts)).toEqual(expected)
  })
})
