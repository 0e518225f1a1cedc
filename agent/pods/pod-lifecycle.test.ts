import { describe, expect, it, jest } from '@jest/globals'
import { ConfigMap } from '../../api/core/config-map.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'
import { startScenario } from '../testing/scenario.ts'

// On a busy machine what takes milliseconds may take many seconds; each wait ends as soon as what it waits for has come.
jest.setTimeout(60_000)

const forever = { name: 'c', image: 'busybox:1.36', resources: {} }
const ready = ({ conditions }: PodStatus) => conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
const reasons = (events: readonly { reason?: string; message?: string }[]) => events.map(({ reason }) => reason)

describe('the life of a pod', () => {
  it('runs a pod to Ready with upstream’s events', async () => {
    await using s = await startScenario()
    s.run('runs', { containers: [forever] })
    const status = await s.until('runs', ready)
    expect(status.phase).toBe('Running')
    expect(status.podIP).toMatch(/^10\.244\./)
    expect(status.containerStatuses?.[0]?.volumeMounts).toEqual([
      {
        name: 'kube-api-access-x',
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        readOnly: true,
        recursiveReadOnly: 'Disabled',
      },
    ])
    expect(reasons(s.events('runs'))).toEqual(['Pulled', 'Created', 'Started'])
  })

  it('deletes a pod: stops it, says how it ended, completes the deletion', async () => {
    await using s = await startScenario()
    s.run('runs', { containers: [forever] })
    await s.until('runs', ready)
    s.api.deleteGracefully('runs', new Date().toISOString())
    await s.untilGone('runs')
    const last = s.api.statuses.get('runs')?.at(-1)
    expect(last?.conditions?.find(({ type }) => type === 'PodReadyToStartContainers')?.status).toBe('False')
    expect(last?.containerStatuses?.[0]?.state?.terminated).toBeDefined()
    expect(await s.runtime.listPods()).toEqual([])
    expect(await s.runtime.listVolumes()).toEqual([])
  })

  it('lets a pod that may not restart succeed or fail', async () => {
    await using s = await startScenario({ script: ({ pod }) => ({ exit: { code: pod.name === 'good' ? 0 : 7 } }) })
    s.run('good', { restartPolicy: 'Never', containers: [forever] })
    s.run('bad', { restartPolicy: 'Never', containers: [forever] })
    await s.until('good', ({ phase }) => phase === 'Succeeded')
    const bad = await s.until('bad', ({ phase }) => phase === 'Failed')
    expect(bad.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 7, reason: 'Error' })
  })

  it('restarts a crashing container at once, then with growing delay', async () => {
    await using s = await startScenario(
      { script: () => ({ exit: { code: 3 } }) },
      { restartBackoffInitialMs: 200, restartBackoffMaxMs: 400 },
    )
    s.run('crash', { containers: [forever] })
    const status = await s.until('crash', ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff')
    expect(status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      state: { waiting: { message: 'back-off 200ms restarting failed container=c pod=crash_behave(uid-crash)' } },
      lastState: { terminated: { exitCode: 3 } },
    })
    await s.until('crash', ({ containerStatuses }) => (containerStatuses?.[0]?.restartCount ?? 0) >= 3)
    expect(reasons(s.events('crash'))).toContain('BackOff')
  })

  it('runs init containers in order, then the app', async () => {
    await using s = await startScenario({ script: ({ kind }) => (kind === 'init' ? { exit: { code: 0, afterMs: 20 } } : {}) })
    s.run('init', {
      initContainers: [
        { ...forever, name: 'i1' },
        { ...forever, name: 'i2' },
      ],
      containers: [forever],
    })
    await s.until('init', ready)
    const started = s.runtime.calls.filter(call => call.startsWith('startContainer'))
    expect(started).toEqual(['startContainer i1', 'startContainer i2', 'startContainer c'])
  })

  it('stops sidecars once the app is done', async () => {
    await using s = await startScenario({ script: ({ name }) => (name === 'c' ? { exit: { code: 0, afterMs: 50 } } : {}) })
    s.run('job', { restartPolicy: 'Never', initContainers: [{ ...forever, name: 'side', restartPolicy: 'Always' }], containers: [forever] })
    const status = await s.until('job', ({ phase }) => phase === 'Succeeded')
    expect(status.initContainerStatuses?.[0]?.state?.terminated).toBeDefined()
  })

  it('restarts the whole pod in its place when a rule says so', async () => {
    let runs = 0
    await using s = await startScenario({
      script: ({ name }) =>
        name === 'i' ? { exit: { code: 0 } } : name === 'c' && runs++ === 0 ? { exit: { code: 42, afterMs: 50 } } : {},
    })
    const rule = { action: 'RestartAllContainers' as const, exitCodes: { operator: 'In' as const, values: [42] } }
    s.run('anew', {
      restartPolicy: 'Never',
      initContainers: [{ ...forever, name: 'i' }],
      containers: [
        { ...forever, restartPolicy: 'Never', restartPolicyRules: [rule] },
        { ...forever, name: 'd' },
      ],
    })
    const isBack = ({ containerStatuses = [] }: PodStatus) =>
      containerStatuses.length === 2 && containerStatuses.every(({ restartCount, state }) => restartCount === 1 && state.running)
    const status = await s.until('anew', isBack)
    const restarting = s.api.statuses
      .get('anew')
      ?.flatMap(({ conditions = [] }) => conditions.filter(({ type }) => type === 'AllContainersRestarting'))
    expect(restarting?.map(({ status }) => status)).toContain('True')
    expect(restarting?.at(-1)?.status).toBe('False')
    for (const { lastState } of status.containerStatuses ?? [])
      expect(lastState.terminated).toMatchObject({ exitCode: 137, reason: 'RestartingAllContainers' })
    expect(s.runtime.calls.filter(call => call === 'startContainer i')).toHaveLength(2)
    expect(s.runtime.calls.filter(call => call.startsWith('createSandbox'))).toHaveLength(1)
    expect(s.api.statuses.get('anew')?.every(({ phase }) => phase === 'Pending' || phase === 'Running')).toBe(true)
  })

  it('does not wait for a preStop hook longer than the grace period', async () => {
    await using s = await startScenario()
    const lifecycle = { preStop: { sleep: { seconds: 600 } } }
    s.run('hook', { terminationGracePeriodSeconds: 1, containers: [{ ...forever, lifecycle }] })
    await s.until('hook', ready)
    s.api.deleteGracefully('hook', new Date().toISOString())
    await s.untilGone('hook')
    expect(reasons(s.events('hook'))).not.toContain('FailedPreStopHook')
  })

  it('reports a volume that cannot be set up and creates no container', async () => {
    await using s = await startScenario()
    const volumes = [{ name: 'v', configMap: { name: 'absent' } }]
    s.run('mount', { volumes, containers: [{ ...forever, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] })
    await s.until('mount', () => s.events('mount').length > 0)
    expect(s.events('mount')[0]).toMatchObject({
      type: 'Warning',
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed for volume "v" : configmap "absent" not found',
    })
    expect(s.runtime.containersOf('mount')).toEqual([])
  })

  it('starts as soon as what a volume lacks appears, and shows its changes from then on', async () => {
    await using s = await startScenario()
    const volumes = [{ name: 'v', configMap: { name: 'late' } }]
    s.run('late', { volumes, containers: [{ ...forever, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] })
    await s.until('late', () => s.events('late').length > 0)
    const shown = (value: string) => s.until('late', () => s.runtime.volumes.read('uid-late_v', 'k')?.toString() === value, 1500)
    const late = (value: string) => {
      const metadata = { name: 'late', namespace: 'behave', uid: 'late', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
      s.api.put(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { k: value } })
    }
    late('1')
    await shown('1')
    await s.until('late', ({ containerStatuses }) => containerStatuses?.[0]?.state?.running !== undefined)
    late('2')
    await shown('2')
    expect(s.runtime.calls.filter(call => call === 'writeVolume uid-late_v')).toHaveLength(1)
  })

  it('fills an image volume once for all containers that mount it, and waits with the reason of an image that cannot be had', async () => {
    await using s = await startScenario({ images: ['busybox:1.36', 'files:1'] })
    const mounts = { volumeMounts: [{ name: 'v', mountPath: '/v' }] }
    const volumes = (reference: string) => [{ name: 'v', image: { reference, pullPolicy: 'Never' as const } }]
    s.run('image', {
      volumes: volumes('files:1'),
      containers: [
        { ...forever, ...mounts },
        { ...forever, ...mounts, name: 'd' },
      ],
    })
    s.run('none', { volumes: volumes('none:1'), containers: [{ ...forever, ...mounts }] })
    await s.until(
      'image',
      ({ containerStatuses = [] }) => containerStatuses.length === 2 && containerStatuses.every(({ state }) => state?.running),
    )
    expect(s.runtime.calls.filter(call => call.startsWith('fillVolume'))).toEqual(['fillVolume uid-image_v files:1'])
    await s.until('none', ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImageNeverPull')
  })

  it('waits with CreateContainerConfigError for a secret that does not exist', async () => {
    await using s = await startScenario()
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'absent', key: 'k' } } }]
    s.run('env', { containers: [{ ...forever, env }] })
    const status = await s.until(
      'env',
      ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerConfigError',
    )
    expect(status.containerStatuses?.[0]?.state?.waiting?.message).toBe('secret "absent" not found')
    expect(s.events('env').at(-1)).toMatchObject({ reason: 'Failed', message: 'Error: secret "absent" not found' })
  })

  it('kills and restarts a container whose liveness probe fails', async () => {
    await using s = await startScenario({ script: () => ({ exec: () => ({ exitCode: 1, stdout: 'no\n' }) }) })
    const livenessProbe = { exec: { command: ['cat', '/none'] }, periodSeconds: 1, failureThreshold: 1 }
    s.run('live', { terminationGracePeriodSeconds: 1, containers: [{ ...forever, livenessProbe }] })
    await s.until('live', ({ containerStatuses }) => (containerStatuses?.[0]?.restartCount ?? 0) >= 1)
    const messages = s.events('live').map(({ message }) => message)
    expect(messages).toContain('Liveness probe failed: no\n')
    expect(messages).toContain('Container c failed liveness probe, will be restarted')
  })

  it('rejects a pod that does not fit', async () => {
    await using s = await startScenario()
    s.run('big', { containers: [{ ...forever, resources: { requests: { cpu: '5' } } }] })
    const status = await s.until('big', ({ phase }) => phase === 'Failed')
    expect(status).toMatchObject({
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
    })
  })

  it('ends a pod at its deadline', async () => {
    await using s = await startScenario()
    s.run('late', { activeDeadlineSeconds: 1, containers: [forever] })
    const status = await s.until('late', ({ phase }) => phase === 'Failed')
    expect(status).toMatchObject({ reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' })
  })

  it('shows ErrImagePull and ImagePullBackOff', async () => {
    await using s = await startScenario(
      { registry: { 'no/image:x': { error: 'ImageNotFound' } } },
      {},
      { images: { backoffInitialMs: 300 } },
    )
    s.run('pull', { containers: [{ ...forever, image: 'no/image:x' }] })
    await s.until('pull', ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImagePull')
    await s.until('pull', ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'ImagePullBackOff')
    expect(reasons(s.events('pull')).slice(0, 3)).toEqual(['Pulling', 'Failed', 'Failed'])
  })
})
