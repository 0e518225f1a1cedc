import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { EngineEvents } from '../support/engine-events.ts'
import { eventually } from '../support/eventually.ts'
import { PodRecorder } from '../support/pod-recorder.ts'
import { kubectlOfCluster, ownNamespace, testCluster } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
/** Seconds that a busy machine is given. */
const patience = 150
const NAMESPACE = 'e2e-probes'
const in_ = `-n ${NAMESPACE}`
const forever = 'trap "exit 0" TERM; while :; do sleep 0.2; done'
const container = (name: string, script: string, more: object = {}) => ({
  name,
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
  ...more,
})
/** A web server whose pages are scripts: what each answers, by its path. */
const serving = (scripts: Readonly<Record<string, string>>) =>
  [
    'mkdir -p /tmp/www/cgi-bin && cd /tmp/www/cgi-bin',
    ...Object.entries(scripts).map(([name, body]) => `printf '%s\\n' '#!/bin/sh' '${body}' > ${name} && chmod +x ${name}`),
    'exec httpd -f -vv -p 8080 -h /tmp/www',
  ].join('\n')
const answer = (status: string, ...headers: string[]) =>
  `printf "Status: ${status}\\r\\n${headers.map(line => `${line}\\r\\n`).join('')}\\r\\nbody"`
const web = serving({
  good: answer('200 OK'),
  away: answer('302 Found', 'Location: http://elsewhere.example/'),
  bad: answer('503 Service Unavailable'),
  slow: `sleep 5; ${answer('200 OK')}`,
  note: `echo "$QUERY_STRING" >> /tmp/notes; ${answer('200 OK')}`,
})
const get = (page: string, more: object = {}) => ({
  httpGet: { path: `/cgi-bin/${page}`, port: 8080 },
  periodSeconds: 1,
  timeoutSeconds: 20,
  ...more,
})
const run = (command: string, more: object = {}) => ({
  exec: { command: ['sh', '-c', command] },
  periodSeconds: 1,
  timeoutSeconds: 20,
  ...more,
})
/** Succeeds from its n-th run on. */
const fromRun = (n: number) => `echo x >> /tmp/runs; test $(wc -l < /tmp/runs) -ge ${n}`
const names = Array.from({ length: 10 }, (_, index) => `probed-${index}`)

const specs: Readonly<Record<string, object>> = {
  web: {
    containers: [
      container('c', web, {
        ports: [{ name: 'page', containerPort: 8080 }],
        readinessProbe: { ...get('good'), httpGet: { path: '/cgi-bin/good', port: 'page' } },
      }),
    ],
  },
  away: { containers: [container('c', web, { readinessProbe: get('away') })] },
  bad: { containers: [container('c', web, { readinessProbe: get('bad') })] },
  slow: { containers: [container('c', web, { readinessProbe: get('slow', { timeoutSeconds: 1, periodSeconds: 3 }) })] },
  lasting: {
    containers: [container('c', forever, { readinessProbe: { exec: { command: ['sleep', '77'] }, timeoutSeconds: 1, periodSeconds: 2 } })],
  },
  delayed: {
    containers: [
      container('c', forever, { readinessProbe: run(fromRun(3), { initialDelaySeconds: 3, periodSeconds: 2, successThreshold: 2 }) }),
    ],
  },
  started: {
    containers: [
      container('c', forever, {
        startupProbe: run(fromRun(3), { failureThreshold: 100 }),
        livenessProbe: run('true # liveness'),
      }),
    ],
  },
  dying: {
    terminationGracePeriodSeconds: 300,
    containers: [
      container('c', 'trap "" TERM; while :; do sleep 0.2; done', {
        livenessProbe: run('echo not well; exit 1', { failureThreshold: 3, terminationGracePeriodSeconds: 3 }),
      }),
    ],
  },
  many: {
    containers: [
      container(
        'web',
        'mkdir /tmp/www; cd /tmp/www; for i in $(seq 0 9); do echo ok > probed-$i; done; exec httpd -f -vv -p 8080 -h /tmp/www',
      ),
      ...names.map(name => {
        const probe = { httpGet: { path: `/${name}`, port: 8080 }, periodSeconds: 1, timeoutSeconds: 20, failureThreshold: 1000 }
        return container(name, forever, { readinessProbe: probe, livenessProbe: probe })
      }),
    ],
  },
}

const manifest = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { terminationGracePeriodSeconds: 1, ...spec },
})
const apply = (items: object[]) => kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const isReady = ({ status }: Pod) => status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
const print = (what: string) => process.stdout.write(`    ${what}\n`)
const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0))

describe('probes and hooks on real Docker', () => {
  const recorder = new PodRecorder(NAMESPACE)
  const stop = new AbortController()
  let engine: EngineEvents
  let namespace: AsyncDisposable

  const until = (name: string, wanted: (pod: Pod) => boolean) =>
    eventually(
      async () => {
        const pod = recorder.latest(name)
        return pod && wanted(pod) && pod
      },
      { seconds: patience, what: `the wanted state of pod ${name}` },
    )
  const messages = (name: string, reason: string) =>
    recorder.events(recorder.latest(name)?.metadata.uid ?? '').flatMap(event => (event.reason === reason ? [event.message ?? ''] : []))
  const message = (name: string, reason: string, wanted: string | RegExp) =>
    eventually(async () => messages(name, reason).some(text => (typeof wanted === 'string' ? text === wanted : wanted.test(text))), {
      seconds: patience,
      what: `${reason} of ${name}: ${wanted}; there are ${JSON.stringify(messages(name, reason))}`,
    })
  /** When commands of exec probes were started in the pod. */
  const commands = (name: string, part: string) =>
    engine.of(name).filter(({ action }) => action.startsWith('exec_start') && action.includes(part))

  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    engine = new EngineEvents(NAMESPACE)
    void recorder.run(createClient(await loadKubeconfig(testCluster.kubeconfig)), stop.signal)
    await apply(Object.entries(specs).map(([name, spec]) => manifest(name, spec)))
  }, 240_000)
  afterAll(async () => {
    stop.abort()
    await engine[Symbol.asyncDispose]()
    await namespace[Symbol.asyncDispose]()
  }, 240_000)

  it('makes a pod ready when its page answers, asked by the name of its port', async () => {
    await until('web', isReady)
  }, 240_000)

  it('passes with a warning when the page sends it to another host', async () => {
    await until('away', isReady)
    await message('away', 'ProbeWarning', 'Readiness probe warning: Probe terminated redirects, Response body: body')
  }, 240_000)

  it('fails by the status of the answer', async () => {
    await message('bad', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503')
    expect(versionsReady('bad')).toBe(false)
  }, 240_000)

  it('fails when the answer takes too long', async () => {
    const { status } = await until('slow', ({ status }) => status.podIP !== undefined)
    const wanted = `Readiness probe failed: Get "http://${status.podIP}:8080/cgi-bin/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
    await message('slow', 'Unhealthy', wanted)
  }, 240_000)

  it('kills a command that takes too long', async () => {
    await message('lasting', 'Unhealthy', 'Readiness probe failed: command timed out: "sleep 77" timed out after 1s')
    await eventually(async () => commands('lasting', 'sleep 77').length >= 3, { seconds: patience, what: 'three probes' })
    const left = async () => {
      const processes = await kubectl(`exec lasting ${in_} -- ps`)
      return processes.split('\n').filter(line => line.includes('sleep 77')).length
    }
    // The newest may still have its time, and killing the one before takes a moment.
    await eventually(async () => (await left()) <= 1, { seconds: patience, what: 'an end of all commands but the newest' })
    print(`commands started: ${commands('lasting', 'sleep 77').length}, still there: ${await left()}`)
  }, 240_000)

  it('begins after its delay, keeps its period, and takes as many successes as it is told', async () => {
    await until('delayed', isReady)
    const start = engine.of('delayed', 'start').find(event => event.container === 'c')?.at ?? 0
    const times = commands('delayed', '/tmp/runs').map(({ at }) => at)
    const first = (times[0] ?? 0) - start
    print(`initialDelaySeconds 3: ${seconds(first)}; periodSeconds 2: ${gaps(times).map(seconds).join(', ')}`)
    expect(first).toBeGreaterThanOrEqual(2_000)
    // On a busy machine a command may begin late, but the next one not for that reason.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual((times.length - 1) * 1_500 - 1_500)
    // Two failures, two successes.
    expect(times.length).toBeGreaterThanOrEqual(4)
  }, 240_000)

  it('asks whether a container lives only once it has started', async () => {
    await until('started', ({ status }) => status.containerStatuses?.[0]?.started === true)
    await eventually(async () => commands('started', '# liveness').length >= 2, { seconds: 60, what: 'liveness probes' })
    const startups = commands('started', '/tmp/runs')
    expect(startups.length).toBe(3)
    expect(commands('started', '# liveness')[0]?.at ?? 0).toBeGreaterThan(startups.at(-1)?.at ?? Infinity)
    expect(messages('started', 'Unhealthy').length).toBeGreaterThanOrEqual(1)
  }, 240_000)

  it('kills a container after as many failures as it may have, in the grace period of its probe', async () => {
    await until('dying', ({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) >= 1)
    const kills = engine.of('dying', 'kill')
    const term = kills.find(({ signal }) => signal === 15)?.at ?? 0
    const grace = (kills.find(({ signal }) => signal === 9)?.at ?? 0) - term
    const before = commands('dying', 'not well').filter(({ at }) => at < term)
    print(`${before.length} failures, then SIGTERM; SIGKILL ${seconds(grace)} later (probe: 3 s, pod: 300 s)`)
    expect(before.length).toBe(3)
    expect(grace).toBeGreaterThanOrEqual(2_000)
    expect(grace).toBeLessThan(60_000)
    await message('dying', 'Unhealthy', 'Liveness probe failed: not well\n')
    await message('dying', 'Killing', 'Container c failed liveness probe, will be restarted')
    // It does not heed SIGTERM: nobody shall wait for the pod's own 300 s.
    await kubectl(`delete pod dying ${in_} --grace-period=1 --wait=false`)
  }, 240_000)

  it('keeps twenty probes a second going without falling behind', async () => {
    await until('many', isReady)
    const began = Date.now()
    await eventually(async () => Date.now() - began > 8_000, { seconds: 10 })
    const output = await kubectl(`logs many -c web ${in_} --timestamps`)
    const lines = output.split('\n').flatMap(line => {
      const [, time = '', name = ''] = /^(\S+) .*url:\/(probed-\d)/.exec(line) ?? []
      return name ? [{ name, at: Date.parse(time) }] : []
    })
    const last = lines.at(-1)?.at ?? 0
    const recent = lines.filter(({ at }) => at > last - 8_000)
    const rate = recent.length / 8
    print(`20 probes with a period of 1 s: ${rate.toFixed(1)} requests a second`)
    expect(rate).toBeLessThanOrEqual(22)
    expect(rate).toBeGreaterThanOrEqual(5)
    expect(messages('many', 'Killing')).toEqual([])
  }, 240_000)

  it('runs hooks over HTTP, and falls back to it from HTTPS', async () => {
    const { status } = await until('web', isReady)
    const hook = (what: string, scheme = 'HTTP') => ({ httpGet: { host: status.podIP, port: 8080, path: `/cgi-bin/note?${what}`, scheme } })
    const lifecycle = { postStart: hook('post-start', 'HTTPS'), preStop: hook('pre-stop') }
    await apply([manifest('hooks', { terminationGracePeriodSeconds: 30, containers: [container('c', forever, { lifecycle })] })])
    await until('hooks', isReady)
    const fallback = `request to HTTPS lifecycle hook ${status.podIP}:8080 got HTTP response, retry with HTTP succeeded`
    await message('hooks', 'LifecycleHTTPFallback', fallback)
    await kubectl(`delete pod hooks ${in_} --timeout=60s`, { timeoutSeconds: 70 })
    expect(await kubectl(`exec web ${in_} -- cat /tmp/notes`)).toBe('post-start\npre-stop\n')
  }, 180_000)

  it('records a preStop hook that fails, and stops the container all the same', async () => {
    const failing = manifest('failing', {
      terminationGracePeriodSeconds: 20,
      containers: [container('c', forever, { lifecycle: { preStop: { exec: { command: ['false'] } } } })],
    })
    await apply([failing])
    await until('failing', isReady)
    const began = Date.now()
    await kubectl(`delete pod failing ${in_} --timeout=60s`, { timeoutSeconds: 70 })
    print(`gone ${seconds(Date.now() - began)} after its preStop hook failed`)
    await message('failing', 'FailedPreStopHook', 'PreStopHook failed')
  }, 240_000)

  function versionsReady(name: string): boolean {
    return recorder.versions(recorder.latest(name)?.metadata.uid ?? '').some(isReady)
  }
})
