import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Job } from '../../api/batch/job.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const namespace = 'e2e-jobs'
const in_ = `-n ${namespace}`
const apply = (manifest: object) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify(manifest) })
const jobOf = async (name: string) => JSON.parse(await kubectl(`get job ${name} ${in_} -o json`)) as Job

const podSpec = (command: string) => ({
  spec: {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', command] }],
  },
})
const job = (name: string, command: string, spec: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: podSpec(command), ...spec },
})
const finished = (name: string, condition: string) =>
  kubectl(`wait ${in_} --for=condition=${condition} --timeout=40s job/${name}`, { timeoutSeconds: 45 })

describe('Jobs and CronJobs on real containers', () => {
  let own: AsyncDisposable
  beforeAll(async () => {
    own = await ownNamespace(kubectl, namespace)
  }, 60_000)
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
  }, 120_000)

  it('run once and complete, as kubectl shows it', async () => {
    await apply(job('hello', 'echo "Hello Kubernetes!"', { backoffLimit: 4 }))
    await finished('hello', 'complete')
    const [head, row] = (await kubectl(`get jobs ${in_}`)).trim().split('\n')
    expect(head?.split(/\s+/)).toEqual(['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE'])
    expect(row).toMatch(/^hello\s+Complete\s+1\/1\s+\d+s\s+\d+s$/)
    expect(await kubectl(`logs ${in_} job/hello`)).toBe('Hello Kubernetes!\n')
    const described = await eventually(async () => {
      const text = await kubectl(`describe job hello ${in_}`)
      return text.includes('Job completed') && text
    })
    expect(described).toMatch(/Parallelism:\s+1\nCompletions:\s+1\nCompletion Mode:\s+NonIndexed\n/)
    expect(described).toMatch(/Pods Statuses:\s+0 Active \(0 Ready\) \/ 1 Succeeded \/ 0 Failed/)
    expect(described).toMatch(/Normal\s+SuccessfulCreate\s+\S+\s+job-controller\s+Created pod: hello-[a-z0-9]{5}\n/)
    expect(described).toMatch(/Normal\s+Completed\s+\S+\s+job-controller\s+Job completed/)
  }, 60_000)

  it('tell every pod its index, and fail when their policy says so', async () => {
    const squares = 'echo $JOB_COMPLETION_INDEX $HOSTNAME'
    await apply(job('squares', squares, { completionMode: 'Indexed', completions: 3, parallelism: 3 }))
    const podFailurePolicy = { rules: [{ action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } }] }
    await apply(job('broken', 'exit 42', { podFailurePolicy }))
    await Promise.all([finished('squares', 'complete'), finished('broken', 'failed')])
    const logs = (await kubectl(`logs ${in_} -l batch.kubernetes.io/job-name=squares`)).trim().split('\n').sort()
    expect(logs).toEqual(['0 squares-0', '1 squares-1', '2 squares-2'])
    expect((await jobOf('squares')).status).toMatchObject({ succeeded: 3, completedIndexes: '0-2' })
    const { status } = await jobOf('broken')
    expect(status).toMatchObject({ failed: 1 })
    expect(status.conditions?.at(-1)).toMatchObject({ type: 'Failed', reason: 'PodFailurePolicy' })
    expect(status.conditions?.at(-1)?.message).toMatch(
      /^Container main for pod e2e-jobs\/broken-\w{5} failed with exit code 42 matching FailJob rule at index 0$/,
    )
  }, 60_000)

  it('come to an end at their deadline, rest and go on, and go when their time is over', async () => {
    await apply(job('slow', 'sleep 300', { activeDeadlineSeconds: 2 }))
    await apply(job('resting', 'true', { suspend: true, ttlSecondsAfterFinished: 1 }))
    await eventually(async () => (await jobOf('resting')).status.conditions?.[0]?.reason === 'JobSuspended')
    expect(await kubectl(`get job resting ${in_} --no-headers`)).toMatch(/^resting\s+Suspended\s+0\/1/)
    await kubectl(`patch job resting ${in_} -p {"spec":{"suspend":false}}`)
    await finished('slow', 'failed')
    expect((await jobOf('slow')).status.conditions?.at(-1)).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    })
    await eventually(async () => (await kubectl(`get job,pod ${in_} -l batch.kubernetes.io/job-name=resting --no-headers`)) === '')
    await kubectl(`delete job slow ${in_}`)
    await eventually(async () => (await kubectl(`get pod ${in_} -l batch.kubernetes.io/job-name=slow --no-headers`)) === '')
  }, 90_000)

  it('are made by a CronJob when it is due, and by hand at any time', async () => {
    await apply({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'minutely' },
      spec: {
        schedule: '* * * * *',
        timeZone: 'Asia/Shanghai',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { template: podSpec('date') } },
      },
    })
    // It missed the last minute: that is due now.
    const lastScheduleTime = new Date(Date.now() - 90_000).toISOString().replace(/\.\d+/, '')
    await kubectl(
      `patch cronjob minutely ${in_} --subresource=status --type=merge -p {"status":{"lastScheduleTime":"${lastScheduleTime}"}}`,
    )
    await kubectl(`create job by-hand --from=cronjob/minutely ${in_}`)
    await finished('by-hand', 'complete')
    const name = await eventually(async () => /minutely-\d+/.exec(await kubectl(`get jobs ${in_} -o name`))?.[0])
    await finished(name, 'complete')
    expect((await jobOf(name)).metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']).toMatch(/:00\+08:00$/)
    expect((await jobOf('by-hand')).metadata.annotations).toMatchObject({ 'cronjob.kubernetes.io/instantiate': 'manual' })
    const [head, row] = (await kubectl(`get cronjob ${in_}`)).trim().split('\n')
    expect(head?.trim().split(/\s{2,}/)).toEqual(['NAME', 'SCHEDULE', 'TIMEZONE', 'SUSPEND', 'ACTIVE', 'LAST SCHEDULE', 'AGE'])
    expect(row).toMatch(/^minutely\s+\* \* \* \* \*\s+Asia\/Shanghai\s+False\s+\d\s+\d+s\s+\d+s$/)
    const described = await eventually(async () => {
      const text = await kubectl(`describe cronjob minutely ${in_}`)
      return text.includes('SawCompletedJob') && text
    })
    expect(described).toMatch(/Normal\s+SuccessfulCreate\s+.*cronjob-controller\s+Created job minutely-\d+\n/)
    expect(described).toMatch(/Normal\s+SawCompletedJob\s+.*cronjob-controller\s+Saw completed job: minutely-\d+, condition: Complete\n/)
  }, 90_000)
})
