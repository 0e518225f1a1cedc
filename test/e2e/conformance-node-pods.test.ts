import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { Pod } from '../../api/core/pod.ts'
import { isConflict } from '../../api/errors.ts'
import type { Client } from '../../client/client.ts'
import type { ClientConfig } from '../../client/client-config.ts'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { engineLimits } from '../support/container-limits.ts'
import { eventually } from '../support/eventually.ts'
import { PodRecorder } from '../support/pod-recorder.ts'
import { ReportPods, scriptPod } from '../support/report-pods.ts'
import { docker, kubectlOfCluster, ownNamespace, serviceContainer, testCluster } from '../support/test-cluster.ts'

const NAMESPACE = 'e2e-conformance-pods'
const kubectl = kubectlOfCluster()
const pods = new ReportPods(kubectl, NAMESPACE)
const MiB = 1024 * 1024
const forever = 'trap "exit 0" TERM; sleep 1000 & wait'
const always = { restartPolicy: 'Always' }

/** A page that is well for some seconds of each of the container's lives, while its port stays open. */
const sickens = (seconds: number) =>
  [
    'mkdir -p /tmp/www/cgi-bin && cd /tmp/www/cgi-bin && date +%s > /tmp/born',
    `printf '%s\\n' '#!/bin/sh' 'test $(($(date +%s) - $(cat /tmp/born))) -lt ${seconds} || printf "Status: 500 Failed\\r\\n"' 'printf "\\r\\n"' > page`,
    'chmod +x page && exec httpd -f -p 8080 -h /tmp/www',
  ].join('; ')
/** Writes down what is asked behind the question mark. */
const notes = [
  'mkdir -p /tmp/www/cgi-bin && cd /tmp/www/cgi-bin',
  `printf '%s\\n' '#!/bin/sh' 'echo "$QUERY_STRING" >> /tmp/notes; printf "\\r\\n"' > note`,
  'chmod +x note && exec httpd -f -p 8080 -h /tmp/www',
].join('; ')
const page = { httpGet: { path: '/cgi-bin/page?healthz', port: 8080 } }
const often = { periodSeconds: 1, timeoutSeconds: 20 }
/** Whose first failure is one too many. */
const live = (probe: object) => ({ livenessProbe: { initialDelaySeconds: 1, ...often, failureThreshold: 1, ...probe } })
/** From the moment that it was well for the first time, and with as much patience as a busy machine needs. */
const liveOnceWell = (probe: object) => ({
  ...live({ ...probe, timeoutSeconds: 60, failureThreshold: 3 }),
  startupProbe: { ...often, failureThreshold: 300, ...probe },
})
/** A server of the gRPC health protocol that is always serving. */
const grpcServer = `require('node:http2').createServer().on('stream', stream => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]))
}).listen(5000)`

const health = 'echo ok > /tmp/health; sleep 4; rm -f /tmp/health; exec sleep 1000'
/** Probed pods, and how often each is to be restarted at least; none: never. */
const probed = (agentImage: string): Readonly<Record<string, { pod: object; restarts: number }>> => {
  const pod = (name: string, script: string, container: object) => scriptPod(name, script, { spec: always, container })
  return {
    'http-sick': { pod: pod('http-sick', sickens(2), live(page)), restarts: 2 },
    'http-well': { pod: pod('http-well', sickens(10_000), liveOnceWell(page)), restarts: 0 },
    'tcp-well': { pod: pod('tcp-well', sickens(0), liveOnceWell({ tcpSocket: { port: 8080 } })), restarts: 0 },
    'exec-sick': { pod: pod('exec-sick', health, live({ exec: { command: ['cat', '/tmp/health'] } })), restarts: 1 },
    'exec-well': {
      pod: pod('exec-well', 'echo ok > /tmp/health; exec sleep 1000', liveOnceWell({ exec: { command: ['cat', '/tmp/health'] } })),
      restarts: 0,
    },
    'grpc-sick': { pod: pod('grpc-sick', forever, live({ grpc: { port: 2333 } })), restarts: 1 },
    'grpc-well': {
      pod: pod('grpc-well', '', {
        image: agentImage,
        imagePullPolicy: 'Never',
        command: ['node', '-e', grpcServer],
        ...liveOnceWell({ grpc: { port: 5000 } }),
      }),
      restarts: 0,
    },
    'never-ready': {
      pod: pod('never-ready', forever, { readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1, timeoutSeconds: 20 } }),
      restarts: 0,
    },
  }
}
const delay = 4

const restarts = {
  volumes: [{ name: 'memory', emptyDir: { medium: 'Memory' } }],
  script: 'echo run >> /memory/runs; case $(wc -l < /memory/runs) in 1) exit 1;; 2) exit 0;; esac; exec sleep 1000',
}
const restarting = (name: string, restartPolicy: string) =>
  scriptPod(name, restarts.script, {
    spec: { restartPolicy, volumes: restarts.volumes },
    container: { volumeMounts: [{ name: 'memory', mountPath: '/memory' }] },
  })

interface Amounts {
  readonly requests?: Readonly<Record<string, string>>
  readonly limits?: Readonly<Record<string, string>>
}
const both = (cpu: string, memory: string): Amounts => ({ requests: { cpu, memory }, limits: { cpu, memory } })
const cpu = (request: string, limit?: string): Amounts => ({ requests: { cpu: request }, ...(limit ? { limits: { cpu: limit } } : {}) })
/** Resizes of several containers at once: what they have, and what they are to have; and whether the way back leads to the same. */
const resizes: Readonly<Record<string, { from: readonly Amounts[]; to: readonly Amounts[]; back: boolean }>> = {
  'net-increase': {
    from: [both('20m', '35Mi'), both('22m', '37Mi'), both('24m', '39Mi')],
    to: [both('25m', '40Mi'), both('27m', '42Mi'), both('19m', '34Mi')],
    back: true,
  },
  'net-decrease': {
    from: [both('20m', '35Mi'), both('22m', '37Mi'), both('24m', '39Mi')],
    to: [both('25m', '40Mi'), both('17m', '32Mi'), both('19m', '34Mi')],
    back: true,
  },
  mixed: {
    from: [both('20m', '35Mi'), both('22m', '37Mi'), both('24m', '39Mi')],
    to: [both('25m', '35Mi'), both('17m', '42Mi'), both('29m', '44Mi')],
    back: true,
  },
  added: {
    from: [
      cpu('20m'),
      { requests: { memory: '35Mi' } },
      { requests: { cpu: '20m', memory: '35Mi' } },
      cpu('20m'),
      { requests: { memory: '35Mi' } },
    ],
    to: [
      cpu('25m', '35m'),
      { requests: { memory: '30Mi' }, limits: { memory: '50Mi' } },
      { requests: { cpu: '20m', memory: '30Mi' } },
      { requests: { cpu: '15m', memory: '35Mi' } },
      { requests: { cpu: '20m', memory: '40Mi' } },
    ],
    back: false,
  },
  // For the kernel the same: it knows neither fewer shares nor a smaller quota.
  equivalent: { from: [cpu('2m', '10m')], to: [cpu('1m', '5m')], back: true },
}
const sized = (amounts: readonly Amounts[]) =>
  amounts.map((resources, index) => ({ name: `c${index + 1}`, image: 'busybox:1.36', command: ['sleep', '1000'], resources }))

describe('what conforming pods go through on real Docker', () => {
  const recorder = new PodRecorder(NAMESPACE)
  const stop = new AbortController()
  let namespace: AsyncDisposable
  let config: ClientConfig
  let client: Client
  let probes: ReturnType<typeof probed>
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    config = await loadKubeconfig(testCluster.kubeconfig)
    client = createClient(config)
    void recorder.run(client, stop.signal)
    probes = probed((await docker('inspect', '--format', '{{.Config.Image}}', await serviceContainer('node-1'))).trim())
    await pods.create(
      restarting('always', 'Always'),
      restarting('on-failure', 'OnFailure'),
      restarting('never', 'Never'),
      ...Object.values(probes).map(({ pod }) => pod),
      scriptPod('delayed', forever, {
        container: { readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: delay, periodSeconds: 1, timeoutSeconds: 20 } },
      }),
      ...Object.entries(resizes).map(([name, { from }]) => scriptPod(name, '', { spec: { containers: sized(from) } })),
      scriptPod('server', notes, { spec: always }),
      scriptPod('counted', forever, { spec: { activeDeadlineSeconds: 5000 } }),
      scriptPod('deadline', forever, { spec: always }),
      scriptPod('alive', `echo container is alive; ${forever}`),
    )
  }, 180_000)
  afterAll(async () => {
    stop.abort()
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  const restartCounts = (name: string) => {
    const versions = recorder.versions(recorder.latest(name)?.metadata.uid ?? '')
    return versions.map(({ status }) => status.containerStatuses?.[0]?.restartCount ?? 0)
  }
  const isReady = ({ status }: Pod) => status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const started = ({ status }: Pod) => Date.parse(status.containerStatuses?.[0]?.state?.running?.startedAt ?? '')

  it('converge to the newest of five hundred changes', async () => {
    await pods.running('counted')
    const counted = { name: 'counted', namespace: NAMESPACE }
    let pod = await client.get(Pod, counted)
    while (pod.metadata.generation !== 500) {
      const { spec, ...rest } = pod
      try {
        pod = await client.update(Pod, { ...rest, spec: { ...spec, activeDeadlineSeconds: (spec.activeDeadlineSeconds ?? 0) - 1 } })
      } catch (error) {
        // The node says what it has seen of it in the meantime.
        if (!isConflict(error)) throw error
        pod = await client.get(Pod, counted)
      }
    }
    expect(pod.spec.activeDeadlineSeconds).toBe(5000 - 499)
    await pods.until('counted', ({ status }) => status.observedGeneration === 500)
  }, 240_000)

  it('end by a deadline that they get while they run', async () => {
    await pods.running('deadline')
    await kubectl(`patch pod deadline ${pods.in} -p '{"spec":{"activeDeadlineSeconds":5}}'`)
    const { status } = await pods.until('deadline', ({ status }) => status.phase === 'Failed')
    expect(status.reason).toBe('DeadlineExceeded')
  }, 150_000)

  /** All messages of a WebSocket, as long as it lasts. */
  const heard = (path: string, protocol: string) =>
    new Promise<Buffer[]>((resolve, reject) => {
      const pair = typeof config.certificate === 'function' ? config.certificate() : config.certificate
      const url = `${config.server.replace(/^http/, 'ws')}/api/v1/namespaces/${NAMESPACE}/pods/alive/${path}`
      const socket = new WebSocket(url, protocol, { ...(config.ca ? { ca: config.ca } : {}), ...pair })
      const messages: Buffer[] = []
      socket.on('message', (data: Buffer) => messages.push(data))
      socket.on('close', () => resolve(messages))
      socket.on('error', reject)
    })

  it('run commands and show their logs over a WebSocket', async () => {
    await pods.running('alive')
    const command = 'exec?stdout=1&stderr=1&container=main&command=echo&command=remote+execution+test'
    const messages = await heard(command, 'channel.k8s.io')
    expect(messages.filter(message => message[0] !== 1)).toEqual([])
    expect(Buffer.concat(messages.map(message => message.subarray(1))).toString()).toBe('remote execution test\n')
    const log = await eventually(async () => Buffer.concat(await heard('log?container=main', 'binary.k8s.io')).toString() || undefined)
    expect(log).toBe('container is alive\n')
  }, 150_000)

  it('say to a server of another pod what hooks are for', async () => {
    const { status } = await pods.until('server', isReady)
    const path = (what: string) => `/cgi-bin/note?${what}`
    const calls = (what: string) => ({ exec: { command: ['wget', '-q', '-O-', `http://${status.podIP}:8080${path(what)}`] } })
    const gets = (what: string) => ({ httpGet: { host: status.podIP, port: 8080, path: path(what) } })
    await pods.create(
      ...Object.entries({ exec: calls, http: gets }).map(([how, hook]) => {
        const lifecycle = { postStart: hook(`${how}-poststart`), preStop: hook(`${how}-prestop`) }
        return scriptPod(`hook-${how}`, forever, { spec: { terminationGracePeriodSeconds: 15 }, container: { lifecycle } })
      }),
    )
    await Promise.all(['exec', 'http'].map(how => pods.until(`hook-${how}`, isReady)))
    const noted = async () => (await pods.exec('server', 'sort /tmp/notes')).split('\n').filter(line => line)
    expect(await noted()).toEqual(['exec-poststart', 'http-poststart'])
    await kubectl(`delete pod hook-exec hook-http ${pods.in} --timeout=60s`, { timeoutSeconds: 70 })
    expect(await noted()).toEqual(['exec-poststart', 'exec-prestop', 'http-poststart', 'http-prestop'])
  }, 150_000)

  it.each(Object.keys(resizes))(
    'get what a resize of their containers asks for, without a restart: %s',
    async name => {
      const { from, to, back } = resizes[name] ?? { from: [], to: [], back: false }
      const resized = async (amounts: readonly Amounts[], generation: number) => {
        const patch = JSON.stringify({ spec: { containers: sized(amounts).map(({ name, resources }) => ({ name, resources })) } })
        await kubectl(`patch pod ${name} ${pods.in} --subresource=resize -p '${patch}'`)
        const done = ({ status }: Pod) =>
          status.observedGeneration === generation &&
          status.containerStatuses?.every(
            ({ resources }, index) => JSON.stringify(sorted(resources)) === JSON.stringify(sorted(amounts[index])),
          ) === true &&
          !status.conditions?.some(({ type }) => type.startsWith('PodResize'))
        const pod = await pods.until(name, pod => done(pod) && isReady(pod))
        expect(pod.status.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual(amounts.map(() => 0))
        const engine = await engineLimits(pod.metadata.uid)
        for (const [index, { limits = {} }] of amounts.entries()) {
          const quota = limits['cpu'] ? Math.max(1000, parseInt(limits['cpu']) * 100) : 0
          expect(engine.get(`c${index + 1}`)).toMatchObject({ quota, memory: parseInt(limits['memory'] ?? '0') * MiB })
        }
      }
      await pods.until(name, isReady)
      await resized(to, 2)
      if (back) await resized(from, 3)
    },
    150_000,
  )

  it('are ready only after the delay of their probe', async () => {
    const pod = await pods.until('delayed', isReady)
    const ready = pod.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? ''
    expect(Date.parse(ready) - started(pod)).toBeGreaterThanOrEqual(delay * 1000)
    expect(restartCounts('delayed').at(-1)).toBe(0)
  }, 150_000)

  it.each(['http-sick', 'exec-sick', 'grpc-sick'])(
    'are started again when their probe says so, and count it: %s',
    async name => {
      await eventually(async () => (restartCounts(name).at(-1) ?? 0) >= (probes[name]?.restarts ?? 0), {
        seconds: 120,
        what: `restarts of ${name}`,
      })
      const counts = restartCounts(name)
      expect([...counts].sort((a, b) => a - b)).toEqual(counts)
    },
    150_000,
  )

  it('are started again as often as the policy of the pod says', async () => {
    const expected: Readonly<Record<string, readonly [string, string, number, boolean]>> = {
      never: ['Failed', 'terminated', 0, false],
      'on-failure': ['Succeeded', 'terminated', 1, false],
      always: ['Running', 'running', 2, true],
    }
    for (const [name, [phase, state, restartCount, ready]] of Object.entries(expected)) {
      const isThere = ({ status }: Pod) =>
        status.phase === phase &&
        status.containerStatuses?.[0]?.restartCount === restartCount &&
        status.containerStatuses[0].ready === ready
      const { status } = await pods.until(name, isThere)
      expect(Object.keys(status.containerStatuses?.[0]?.state ?? {})).toEqual([state])
    }
  }, 150_000)

  it('are left alone while their probe is well, or only says that they are not ready', async () => {
    for (const name of ['http-well', 'tcp-well', 'exec-well', 'grpc-well', 'never-ready']) {
      // It has been asked more than once.
      const pod = await pods.until(name, pod => Date.now() - started(pod) > 6_000 && pod.status.containerStatuses?.[0]?.started === true)
      expect([name, restartCounts(name).at(-1), isReady(pod)]).toEqual([name, 0, name !== 'never-ready'])
    }
  }, 150_000)
})

function sorted(amounts: Amounts | undefined): unknown {
  const by = (each: Readonly<Record<string, string>> = {}) => Object.entries(each).sort()
  return [by(amounts?.requests), by(amounts?.limits)]
}
