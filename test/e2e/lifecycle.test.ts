import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ContainerStatus } from '../../api/core/pod-status.ts'
import type { Pod } from '../../api/core/pod.ts'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { EngineEvents } from '../support/engine-events.ts'
import { eventually } from '../support/eventually.ts'
import { extraNode, type ExtraNode } from '../support/extra-node.ts'
import { PodRecorder } from '../support/pod-recorder.ts'
import { docker, kubectlOfCluster, ownNamespace, podContainers, testCluster } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-lifecycle'
const in_ = `-n ${NAMESPACE}`
const EXTRA = 'extra-lifecycle'
/** Seconds that a busy machine is given. */
const patience = 150
const TERM = 15
const KILL = 9
const USR1 = 10

const container = (name: string, script: string, more: object = {}) => ({
  name,
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
  ...more,
})
const forever = 'trap "exit 0" TERM; while :; do sleep 0.2; done'
const stubborn = 'trap "" TERM; while :; do sleep 0.2; done'
const app = (script: string, more: object = {}) => ({ containers: [container('c', script, more)] })
const sidecar = (name: string, more: object = {}) => container(name, forever, { restartPolicy: 'Always', ...more })
/** Ends with `code` the first time, and well ever after. */
const once = (code: number) => `test -e /data/been && exit 0; touch /data/been; exit ${code}`
const onExit = (code: number, action = 'Restart') => [{ action, exitCodes: { operator: 'In', values: [code] } }]

const specs: Readonly<Record<string, object>> = {
  // Its agent will be killed.
  crash: { ...app('exit 3'), nodeName: EXTRA },
  'init-crash': { ...app(forever), initContainers: [container('i', 'exit 1')] },
  'init-never': { ...app(forever), restartPolicy: 'Never', initContainers: [container('i', 'exit 1')] },
  'init-once': {
    ...app('exit 0'),
    restartPolicy: 'OnFailure',
    initContainers: [container('i1', once(1)), container('i2', 'exit 0')],
  },
  job: {
    restartPolicy: 'Never',
    initContainers: [
      sidecar('s1', { startupProbe: { exec: { command: ['true'] }, initialDelaySeconds: 1, periodSeconds: 1, timeoutSeconds: 20 } }),
      sidecar('s2', { lifecycle: { postStart: { exec: { command: ['sleep', '1'] } } } }),
    ],
    ...app('sleep 1'),
  },
  deadline: { ...app(forever), activeDeadlineSeconds: 3 },
  graceful: { ...app(stubborn), terminationGracePeriodSeconds: 4 },
  hook: { ...app(stubborn, { lifecycle: { preStop: { exec: { command: ['sleep', '60'] } } } }), terminationGracePeriodSeconds: 3 },
  forced: { ...app(stubborn), terminationGracePeriodSeconds: 60 },
  twice: { ...app(stubborn), terminationGracePeriodSeconds: 600 },
  signal: { ...app('trap "exit 7" USR1; while :; do sleep 0.2; done', { lifecycle: { stopSignal: 'SIGUSR1' } }), os: { name: 'linux' } },
  policies: {
    restartPolicy: 'Never',
    containers: [
      container('plain', 'exit 1'),
      container('rule', once(42), { restartPolicy: 'Never', restartPolicyRules: onExit(42) }),
      container('stays', forever),
    ],
  },
  everything: {
    restartPolicy: 'Never',
    initContainers: [container('i', 'echo run >> /data/runs')],
    containers: [
      container('trigger', `if test -e /data/been; then ${forever}; fi; touch /data/been; sleep 2; exit 42`, {
        restartPolicy: 'Never',
        restartPolicyRules: onExit(42, 'RestartAllContainers'),
      }),
      container('bystander', forever, { lifecycle: { preStop: { exec: { command: ['touch', '/data/stopped'] } } } }),
    ],
  },
  sandbox: app(forever),
  gate: { ...app(forever), readinessGates: [{ conditionType: 'example.com/open' }] },
}

const manifest = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { terminationGracePeriodSeconds: 2, volumes: [{ name: 'data', emptyDir: {} }], ...spec },
})
const condition = (pod: Pod | undefined, type: string) => pod?.status.conditions?.find(condition => condition.type === type)
const statusOf = (pod: Pod | undefined, name: string): ContainerStatus | undefined =>
  [...(pod?.status.initContainerStatuses ?? []), ...(pod?.status.containerStatuses ?? [])].find(status => status.name === name)
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
const print = (what: string) => process.stdout.write(`    ${what}\n`)

describe('the life of a pod on real Docker', () => {
  const recorder = new PodRecorder(NAMESPACE)
  const stop = new AbortController()
  let engine: EngineEvents
  let namespace: AsyncDisposable
  let extra: ExtraNode
  let deletions: Promise<PromiseSettledResult<void>[]>

  const until = (name: string, wanted: (pod: Pod) => boolean, seconds = patience) =>
    eventually(
      async () => {
        const pod = recorder.latest(name)
        return pod && wanted(pod) && pod
      },
      { seconds, what: `the wanted state of pod ${name}` },
    )
  const running = (name: string) => until(name, ({ status }) => status.containerStatuses?.every(({ state }) => state.running) ?? false)
  const versions = (name: string) => recorder.versions(recorder.latest(name)?.metadata.uid ?? '')
  const messages = (name: string, reason: string) =>
    recorder.events(recorder.latest(name)?.metadata.uid ?? '').flatMap(event => (event.reason === reason ? [event.message ?? ''] : []))
  const line = async (name: string) => (await kubectl(`get pod ${name} ${in_} --no-headers`)).trim().split(/\s+/)
  /** When the first such signal was sent to the pod's container. */
  const signalled = (name: string, signal: number) => {
    const event = engine.of(name, 'kill').find(event => event.container === 'c' && event.signal === signal)
    if (!event) throw new Error(`no signal ${signal} was sent to ${name}`)
    return event.at
  }
  const gone = async (name: string) => {
    await deletions
    const isGone = async () => engine.of(name, 'destroy').some(event => event.container === 'POD')
    await eventually(isGone, { seconds: patience, what: `the end of ${name}` })
  }

  const deleted = async (name: string, how: string) => {
    await running(name)
    await kubectl(`delete pod ${name} ${in_} ${how}`)
  }

  beforeAll(async () => {
    ;[namespace, extra] = await Promise.all([ownNamespace(kubectl, NAMESPACE), extraNode(EXTRA)])
    engine = new EngineEvents(NAMESPACE)
    void recorder.run(createClient(await loadKubeconfig(testCluster.kubeconfig)), stop.signal)
    const items = Object.entries(specs).map(([name, spec]) => manifest(name, spec))
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
    // What the tests below look at takes its time; it begins for all of them now.
    deletions = Promise.allSettled([
      ...['graceful', 'hook', 'twice', 'signal'].map(name => deleted(name, '--wait=false')),
      deleted('forced', '--force --grace-period=0'),
    ])
  }, 180_000)
  afterAll(async () => {
    stop.abort()
    await engine[Symbol.asyncDispose]()
    await namespace[Symbol.asyncDispose]()
    await extra[Symbol.asyncDispose]()
  }, 240_000)

  it('asks a container to stop by SIGTERM, and kills it when the grace period has passed', async () => {
    await gone('graceful')
    const grace = signalled('graceful', KILL) - signalled('graceful', TERM)
    print(`terminationGracePeriodSeconds 4: SIGKILL ${seconds(grace)} after SIGTERM`)
    expect(grace).toBeGreaterThanOrEqual(3_000)
    expect(grace).toBeLessThan(60_000)
    expect(messages('graceful', 'Killing')).toContain('Stopping container c')
  }, 240_000)

  it('gives a preStop hook no more than the grace period, and the process two seconds after it', async () => {
    await gone('hook')
    const asked = versions('hook').find(({ metadata }) => metadata.deletionTimestamp)?.metadata.deletionTimestamp ?? ''
    // The timestamp is the asked-for end, in whole seconds: the request came three seconds before it.
    const hook = signalled('hook', TERM) - (Date.parse(asked) - 3_000)
    const minimum = signalled('hook', KILL) - signalled('hook', TERM)
    print(`a hook of 60 s in a grace period of 3 s: SIGTERM after ${seconds(hook)}, SIGKILL ${seconds(minimum)} later`)
    expect(hook).toBeGreaterThanOrEqual(2_000)
    expect(minimum).toBeGreaterThanOrEqual(1_000)
    expect(minimum).toBeLessThan(60_000)
  }, 240_000)

  it('gives even a pod that is deleted by force two seconds', async () => {
    await gone('forced')
    const grace = signalled('forced', KILL) - signalled('forced', TERM)
    print(`--force --grace-period=0: SIGKILL ${seconds(grace)} after SIGTERM`)
    expect(grace).toBeGreaterThanOrEqual(1_000)
    expect(grace).toBeLessThan(30_000)
    expect((await kubectl.try(`get pod forced ${in_}`)).stderr).toContain('NotFound')
  }, 240_000)

  it('lets a second deletion shorten the grace period', async () => {
    await deletions
    await eventually(async () => signalled('twice', TERM) > 0, { seconds: patience })
    const began = Date.now()
    await kubectl(`delete pod twice ${in_} --grace-period=1 --timeout=60s`, { timeoutSeconds: 70 })
    print(`a grace period of 600 s, shortened to 1 s: gone after ${seconds(Date.now() - began)}`)
    expect(recorder.latest('twice')?.metadata.deletionGracePeriodSeconds).toBe(1)
  }, 240_000)

  it('asks by the stop signal that a container wants, and shows it', async () => {
    await gone('signal')
    expect(signalled('signal', USR1)).toBeGreaterThan(0)
    expect(engine.of('signal', 'die').find(({ container }) => container === 'c')?.exitCode).toBe(7)
    expect(versions('signal').some(pod => statusOf(pod, 'c')?.stopSignal === 'SIGUSR1')).toBe(true)
  }, 240_000)

  it('ends a pod that has had its activeDeadlineSeconds', async () => {
    const pod = await until('deadline', ({ status }) => status.phase === 'Failed')
    expect(pod.status).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    })
    const term = engine.of('deadline', 'kill').find(({ signal }) => signal === TERM)?.at ?? 0
    const active = term - Date.parse(pod.status.startTime ?? '')
    print(`activeDeadlineSeconds 3: told to stop ${seconds(active)} after its start`)
    expect(active).toBeGreaterThanOrEqual(3_000)
    expect(active).toBeLessThan(60_000)
  }, 240_000)

  it('fails a pod whose init container has failed, when it may not be repeated', async () => {
    const pod = await until('init-never', ({ status }) => status.phase === 'Failed')
    expect((await line('init-never'))[2]).toBe('Init:Error')
    expect(statusOf(pod, 'i')?.state.terminated).toMatchObject({ exitCode: 1, reason: 'Error' })
    expect(statusOf(pod, 'c')?.state.waiting?.reason).toBe('PodInitializing')
    expect(engine.of('init-never', 'start').map(event => event.container)).toEqual(['POD', 'i'])
  }, 240_000)

  it('repeats a failed init container with growing pauses, and nothing after it', async () => {
    await eventually(async () => (await line('init-crash'))[2] === 'Init:CrashLoopBackOff', {
      seconds: patience,
      what: 'Init:CrashLoopBackOff',
    })
    const pod = recorder.latest('init-crash')
    expect(pod?.status.phase).toBe('Pending')
    expect(condition(pod, 'Initialized')).toMatchObject({ status: 'False', message: 'containers with incomplete status: [i]' })
    expect(engine.of('init-crash', 'start').some(event => event.container === 'c')).toBe(false)
  }, 240_000)

  it('repeats an init container until it succeeds, then runs the next, then the app', async () => {
    await until('init-once', ({ status }) => status.phase === 'Succeeded')
    const started = engine.of('init-once', 'start').map(event => `${event.container}/${event.attempt}`)
    expect(started).toEqual(['POD/0', 'i1/0', 'i1/1', 'i2/0', 'c/0'])
  }, 240_000)

  it('starts sidecars in order once each has started, and stops them in reverse when the app of a Job is done', async () => {
    const pod = await until('job', ({ status }) => status.phase === 'Succeeded')
    const started = engine.of('job', 'start')
    expect(started.map(event => event.container)).toEqual(['POD', 's1', 's2', 'c'])
    const at = (name: string) => started.find(event => event.container === name)?.at ?? 0
    print(`s1 (startup probe) → s2 (postStart) → app: ${seconds(at('s2') - at('s1'))}, ${seconds(at('c') - at('s2'))}`)
    expect(at('s2') - at('s1')).toBeGreaterThanOrEqual(500)
    expect(at('c') - at('s2')).toBeGreaterThanOrEqual(500)
    expect(engine.of('job', 'die').map(event => event.container)).toEqual(['c', 's2', 's1', 'POD'])
    expect(['s1', 's2'].map(name => statusOf(pod, name)?.state.terminated?.exitCode)).toEqual([0, 0])
    expect(condition(pod, 'Initialized')).toMatchObject({ status: 'True', reason: 'PodCompleted' })
  }, 240_000)

  it('restarts containers by their own policies and rules', async () => {
    const pod = await until(
      'policies',
      pod => statusOf(pod, 'rule')?.restartCount === 1 && statusOf(pod, 'rule')?.state.terminated?.exitCode === 0,
    )
    expect(statusOf(pod, 'rule')?.lastState.terminated?.exitCode).toBe(42)
    expect(statusOf(pod, 'plain')).toMatchObject({ restartCount: 0, state: { terminated: { exitCode: 1 } } })
    expect(pod.status.phase).toBe('Running')
  }, 240_000)

  it('restarts the whole pod in its place when a rule says so', async () => {
    const pod = await until(
      'everything',
      pod => pod.status.containerStatuses?.every(({ restartCount, state }) => restartCount === 1 && state.running) ?? false,
    )
    const seen = versions('everything')
    expect(seen.map(version => condition(version, 'AllContainersRestarting')).find(found => found?.status === 'True')).toMatchObject({
      reason: 'RestartAllContainersStarted',
      message: 'container exited with restart policy rule',
    })
    expect(condition(pod, 'AllContainersRestarting')?.status).toBe('False')
    for (const name of ['trigger', 'bystander']) {
      expect(statusOf(pod, name)?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'RestartingAllContainers' })
    }
    expect(seen.every(({ status }) => status.phase === 'Pending' || status.phase === 'Running')).toBe(true)
    expect(new Set(seen.flatMap(({ status }) => status.podIP ?? [])).size).toBe(1)
    expect(engine.of('everything', 'start').filter(event => event.container === 'POD').length).toBe(1)
    // The init container ran again; hooks did not.
    expect(await kubectl(`exec everything ${in_} -c bystander -- ls /data`)).toBe('been\nruns\n')
    expect(await kubectl(`exec everything ${in_} -c bystander -- cat /data/runs`)).toBe('run\nrun\n')
  }, 240_000)

  it('gives a pod a new sandbox when the old one dies', async () => {
    const before = await running('sandbox')
    const [sandbox] = [...(await podContainers(before.metadata.uid))].find(([, name]) => name === 'POD') ?? []
    await docker('kill', sandbox ?? '')
    const pod = await until('sandbox', pod => statusOf(pod, 'c')?.restartCount === 1 && statusOf(pod, 'c')?.state.running !== undefined)
    expect(messages('sandbox', 'SandboxChanged')[0]).toBe('Pod sandbox changed, it will be killed and re-created.')
    expect(versions('sandbox').some(version => condition(version, 'PodReadyToStartContainers')?.status === 'False')).toBe(true)
    expect(condition(pod, 'PodReadyToStartContainers')?.status).toBe('True')
    expect(
      engine
        .of('sandbox', 'start')
        .filter(event => event.container === 'POD')
        .map(({ attempt }) => attempt),
    ).toEqual([0, 1])
  }, 240_000)

  it('makes a pod ready when its readiness gate opens, and says of which generation it speaks', async () => {
    const closed = await until('gate', pod => condition(pod, 'ContainersReady')?.status === 'True')
    expect(condition(closed, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'corresponding condition of pod readiness gate "example.com/open" does not exist.',
    })
    const open = { status: { conditions: [{ type: 'example.com/open', status: 'True' }] } }
    await kubectl(`patch pod gate ${in_} --subresource=status --type=strategic -p '${JSON.stringify(open)}'`)
    const pod = await until('gate', pod => condition(pod, 'Ready')?.status === 'True')
    expect(pod.metadata.generation).toBe(1)
    expect(pod.status.observedGeneration).toBe(1)
    expect(condition(pod, 'Ready')?.observedGeneration).toBe(1)
    await kubectl(`set image pod/gate c=busybox:1.37 ${in_}`)
    const changed = await until('gate', pod => statusOf(pod, 'c')?.restartCount === 1 && condition(pod, 'Ready')?.status === 'True')
    expect(changed.status.observedGeneration).toBe(2)
    expect(messages('gate', 'Killing')).toContain('Container c definition changed, will be restarted')
  }, 240_000)

  it('restarts a crashing container at once, then after 10 s, then after 20 s', async () => {
    const starts = await eventually(
      async () => {
        const starts = engine.of('crash', 'start').filter(event => event.container === 'c')
        return starts.length >= 4 && starts
      },
      { seconds: patience, what: 'three restarts' },
    )
    const ends = engine.of('crash', 'die').filter(event => event.container === 'c')
    const pauses = starts.slice(1, 4).map((start, index) => start.at - (ends[index]?.at ?? 0))
    print(`pauses between the end of a container and the start of the next: ${pauses.map(seconds).join(', ')}`)
    const [first = 0, second = 0, third = 0] = pauses
    expect(first).toBeLessThan(10_000)
    // The pause is counted from the time that the engine gives for an end; a busy engine tells of it a good moment later.
    expect(second).toBeGreaterThanOrEqual(8_000)
    expect(third).toBeGreaterThanOrEqual(18_000)
    expect(third).toBeLessThan(60_000)
    const uid = recorder.latest('crash')?.metadata.uid
    const waiting = versions('crash').flatMap(pod => statusOf(pod, 'c')?.state.waiting?.message ?? [])
    for (const pause of ['10s', '20s'])
      expect(waiting).toContain(`back-off ${pause} restarting failed container=c pod=crash_${NAMESPACE}(${uid})`)
    expect(messages('crash', 'BackOff')[0]).toBe(`Back-off restarting failed container c in pod crash_${NAMESPACE}(${uid})`)
    await eventually(async () => (await line('crash'))[2] === 'CrashLoopBackOff', { seconds: 60, what: 'CrashLoopBackOff in a list' })
  }, 180_000)

  it('keeps counting restarts when the agent and the old containers are gone', async () => {
    const pod = await until('crash', pod => (statusOf(pod, 'c')?.restartCount ?? 0) >= 3)
    const before = statusOf(pod, 'c')?.restartCount ?? 0
    const ofPod = ['--filter', `label=io.kubernetes.pod.uid=${pod?.metadata.uid}`, '--filter', 'status=exited']
    const old = (await docker('ps', '-aq', ...ofPod)).split('\n').filter(id => id !== '')
    await docker('exec', extra.container, 'sh', '-c', 'kill -9 $(pidof node)')
    const seen = versions('crash').length
    if (old.length > 0) await docker('rm', '-f', ...old)
    const after = await until('crash', pod => (statusOf(pod, 'c')?.restartCount ?? 0) > before)
    print(`restarts before: ${before}, after: ${statusOf(after, 'c')?.restartCount}`)
    const counts = versions('crash')
      .slice(seen)
      .map(version => statusOf(version, 'c')?.restartCount ?? 0)
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(before)
  }, 240_000)
})
