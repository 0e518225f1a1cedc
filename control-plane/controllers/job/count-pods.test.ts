import { describe, expect, it } from '@jest/globals'
import type { Job } from '../../../api/batch/job.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { planCounting, settle } from './count-pods.ts'
import { completionsReached, type JobEnd } from './decide-end.ts'
import { factsOf, jobOf, namesOf, podOf } from './testing.ts'

const failure: JobEnd = { succeeded: false, reason: 'R', message: 'M' }
const count = (job: Job, pods: readonly Pod[], end?: JobEnd) => {
  const { status, release, all } = planCounting(job, factsOf(job, pods), end)
  const { succeeded, failed, uncountedTerminatedPods: uncounted, completedIndexes, failedIndexes } = status
  return { succeeded, failed, uncounted, completedIndexes, failedIndexes, release: namesOf(release), all }
}
const indexed = { completionMode: 'Indexed', completions: 4, parallelism: 4 }

describe('counting', () => {
  it('writes ends down before it counts them', () => {
    const pods = [podOf('a', { phase: 'Succeeded' }), podOf('b', { phase: 'Failed' }), podOf('c')]
    expect(count(jobOf({ completions: 3 }), pods)).toMatchObject({
      succeeded: 0,
      failed: 0,
      uncounted: { succeeded: ['a'], failed: ['b'] },
      release: ['a', 'b'],
      all: true,
    })
  })

  it('counts what has lost its finalizer, once, and goes on with the rest', () => {
    const job = jobOf({ completions: 3 }, { succeeded: 1, failed: 1, uncountedTerminatedPods: { succeeded: ['gone', 'a'], failed: ['b'] } })
    const pods = [podOf('a', { phase: 'Succeeded' }), podOf('b', { phase: 'Failed', tracked: false })]
    expect(count(job, pods)).toMatchObject({ succeeded: 2, failed: 2, uncounted: { succeeded: ['a'] }, release: ['a'] })
    const settled = settle(planCounting(job, factsOf(job, pods), undefined).status, new Set())
    expect(settled).toMatchObject({ succeeded: 3, failed: 2, uncountedTerminatedPods: {} })
  })

  it('needs no uids for indexes', () => {
    const job = jobOf(indexed, { succeeded: 1, completedIndexes: '1' })
    const pods = [
      podOf('x', { phase: 'Succeeded', index: 3 }),
      podOf('y', { phase: 'Succeeded', index: 0 }),
      podOf('z', { phase: 'Succeeded', index: 1 }),
    ]
    expect(count(job, pods)).toMatchObject({ succeeded: 3, completedIndexes: '0,1,3', uncounted: {}, release: ['y', 'z', 'x'] })
  })

  it('keeps a failed pod until its index has another, and lets it go when the index has failed', () => {
    const job = jobOf({ ...indexed, backoffLimitPerIndex: 1 })
    const pods = [
      podOf('a', { phase: 'Failed', index: 0, failuresBefore: 0 }),
      podOf('b', { phase: 'Failed', index: 1, failuresBefore: 1 }),
    ]
    expect(count(job, pods)).toMatchObject({ uncounted: { failed: ['b'] }, failedIndexes: '1', release: ['b'] })
    const replaced = [...pods, podOf('c', { index: 0, failuresBefore: 1 })]
    expect(count(job, replaced)).toMatchObject({ uncounted: { failed: ['a', 'b'] }, release: ['a', 'b'] })
  })

  it('takes every pod that has not succeeded as failed when the Job fails, and none when it succeeds', () => {
    const pods = [podOf('a'), podOf('b', { phase: 'Succeeded' })]
    expect(count(jobOf(), pods, failure)).toMatchObject({ uncounted: { succeeded: ['b'], failed: ['a'] }, release: ['a', 'b'] })
    expect(count(jobOf(), pods, completionsReached)).toMatchObject({ uncounted: { succeeded: ['b'] }, release: ['a', 'b'] })
  })

  it('does not count failures that the policy ignores', () => {
    const podFailurePolicy = { rules: [{ action: 'Ignore' as const, onExitCodes: { operator: 'In' as const, values: [3] } }] }
    const pods = [podOf('a', { phase: 'Failed', exitCode: 3 }), podOf('b', { phase: 'Failed', exitCode: 4 })]
    expect(count(jobOf({ podFailurePolicy }), pods)).toMatchObject({ uncounted: { failed: ['b'] }, release: ['a', 'b'] })
  })

  it('lets go of everything when the Job is deleted', () => {
    const job = jobOf()
    const deleted = { ...job, metadata: { ...job.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
    expect(count(deleted, [podOf('a')])).toMatchObject({ uncounted: {}, release: ['a'] })
  })

  it('counts so many at once that the status stays small', () => {
    const pods = Array.from({ length: 700 }, (_, place) => podOf(`p${place}`, { phase: 'Succeeded' }))
    expect(count(jobOf({ completions: 700 }), pods)).toMatchObject({ all: false, release: { length: 500 } })
  })
})
