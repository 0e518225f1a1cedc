import { tmpdir } from 'node:os'
import { createAuthority, issueCertificate, type CertificatePair } from '../../common/certificates.ts'
import { silentLogger } from '../../common/log.ts'
import { KubeletMetrics } from '../metrics/kubelet-metrics.ts'
import type { Behaviour } from '../runtime/simulated-behaviour.ts'
import { SimulatedRuntime } from '../runtime/simulated-runtime.ts'
import { createAgentServer } from './agent-server.ts'
import type { FoundPod, PodSource, ServedPod } from './pod-source.ts'

/** What the container does: `cat`, `big`, or says its arguments and fails; and it answers on port 8080. */
const behaviours: Record<string, Behaviour> = {
  main: {
    output: [
      { stream: 'stdout', text: 'one\n' },
      { stream: 'stderr', text: 'two\n' },
    ],
    exec: (command, input) => {
      if (command[0] === 'cat') return { exitCode: 0, stdout: input }
      if (command[0] === 'big') return { exitCode: 0, stdout: 'x'.repeat(3_000_000) }
      return { exitCode: 3, stdout: `${command.join(' ')}\n`, stderr: 'complaint\n' }
    },
    listens: { 8080: input => Buffer.from(`you said ${input.toString()}`) },
  },
}

const pod: ServedPod & Record<string, unknown> = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web', namespace: 'default', uid: 'u1' },
  spec: { containers: [{ name: 'main' }, { name: 'pending' }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'pending', state: { waiting: { reason: 'ImagePullBackOff' } } }] } as NonNullable<
    ServedPod['status']
  >,
}

/** An agent's server on a port of its own, with whom it trusts. */
export interface AgentServerForTests {
  readonly port: number
  readonly authority: CertificatePair
  readonly client: CertificatePair
  readonly pods: PodSource
  /** What the server presents from now on. */
  readonly serve: (certificate: CertificatePair) => void
  readonly stop: () => Promise<void>
}

/** Serves the pod "web" of a simulated runtime, with one container that runs and one that does not. */
export async function startAgentServer(): Promise<AgentServerForTests> {
  const runtime = new SimulatedRuntime({ images: ['busybox'], script: ({ name }) => behaviours[name] })
  const identity = { uid: 'u1', name: 'web', namespace: 'default' }
  const dns = { servers: [], searches: [], options: [] }
  const { id: sandboxId } = await runtime.runSandbox({ pod: identity, attempt: 0, hostname: 'web', network: 'pod', dns })
  const id = await runtime.createContainer({
    pod: identity,
    sandboxId,
    name: 'main',
    attempt: 0,
    kind: 'app',
    image: 'busybox',
    env: [],
    mounts: [],
    resources: {},
    security: {},
  })
  await runtime.startContainer(id)
  const found: FoundPod = { pod, observed: await runtime.inspectPod('u1') }
  const pods: PodSource = {
    find: (_namespace, name) => (name === 'web' ? found : undefined),
    list: () => [pod],
    observed: () => [found.observed],
    listedAt: () => Date.now(),
    volumeUsage: async () => new Map([['data', 42]]),
  }
  const counts = () => ({ desired: 1, running: 1, containers: { created: 0, running: 1, exited: 0 }, listedAt: Date.now() })
  const metrics = new KubeletMetrics({ nodeName: 'node-1', counts })
  const authority = await createAuthority('test')
  let serving = await issueCertificate(authority, { commonName: 'system:node:node-1', names: ['127.0.0.1'], usages: ['server'] })
  const client = await issueCertificate(authority, { commonName: 'kube-apiserver-kubelet-client', usages: ['client'] })
  const stop = new AbortController()
  let done: Promise<void> = Promise.resolve()
  const port = await new Promise<number>(listening => {
    const tls = () => ({ key: serving.key, cert: serving.cert, ca: authority.cert })
    done = createAgentServer({
      ...{
        runtime,
        pods,
        tls,
        metrics,
        listening,
        log: silentLogger,
        port: 0,
        host: '127.0.0.1',
        nodeName: 'node-1',
        dataDirectory: tmpdir(),
      },
      configuration: { maxPods: 110 },
      reviewToken: async token => (token === 'good' ? { name: 'prometheus', groups: ['scrapers'] } : undefined),
      reviewAccess: async ({ name }, { verb, subresource }) => name === 'prometheus' && verb === 'get' && subresource === 'metrics',
    }).run(stop.signal)
  })
  return {
    port,
    authority,
    client,
    pods,
    serve: certificate => (serving = certificate),
    stop: async () => {
      stop.abort()
      await done
    },
  }
}
