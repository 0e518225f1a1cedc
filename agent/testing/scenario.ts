import { setTimeout as delay } from 'node:timers/promises'
import { ConfigMap } from '../../api/core/config-map.ts'
import type { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'
import type { Client } from '../../client/client.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import { systemClock } from '../../common/clock.ts'
import { silentLogger } from '../../common/log.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import { createKubelet, type KubeletOptions } from '../kubelet.ts'
import type { NodeSecurity } from '../pods/node-security.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { SimulatedRuntime, type SimulationOptions } from '../runtime/simulated-runtime.ts'
import { FakeApi } from './fake-api.ts'

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'node-uid', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', labels: {} },
  spec: {},
  status: { capacity: { cpu: '4', memory: '8Gi', pods: '110' }, allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
} as unknown as Node

/** A node that offers nothing out of the ordinary. */
export const ordinaryNode: NodeSecurity = {
  appArmor: false,
  userNamespaces: false,
  allowedUnsafeSysctls: [],
  seccompDirectory: '/var/lib/kubelet/seccomp',
}
/** For a busy machine: what is waited for takes milliseconds on an idle one. */
const patienceMs = 50_000

/** What the API server makes of a pod that was created and bound. */
export function boundPod(name: string, spec: Partial<PodSpec>): Pod {
  const mount = { name: 'kube-api-access-x', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }
  const withMount = (list: PodSpec['containers'] | undefined) =>
    (list ?? []).map(container => ({
      imagePullPolicy: 'IfNotPresent' as const,
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File' as const,
      ...container,
      volumeMounts: [...(container.volumeMounts ?? []), mount],
    }))
  const access = {
    name: 'kube-api-access-x',
    projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }] },
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'behave',
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 1,
    },
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      nodeName: 'n1',
      ...spec,
      volumes: [...(spec.volumes ?? []), access],
      containers: withMount(spec.containers),
      ...(spec.initContainers ? { initContainers: withMount(spec.initContainers) } : {}),
    },
    status: {
      phase: 'Pending',
      qosClass: 'BestEffort',
      conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  } as Pod
}

/** An API in memory, with what every namespace has. */
export function scenarioApi(): FakeApi {
  const api = new FakeApi()
  const metadata = {
    name: 'kube-root-ca.crt',
    namespace: 'behave',
    uid: 'cm',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  }
  api.put(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': 'a certificate' } } as ConfigMap)
  return api
}

type ScenarioOptions = Pick<KubeletOptions, 'timings' | 'images' | 'imageGc'>

/** The kubelet of the node n1, not running yet. */
export function scenarioKubelet(client: unknown, runtime: Runtime, options: ScenarioOptions = {}): Runnable {
  const recorder = new EventRecorder({ client: client as Client, component: 'kubelet', host: 'n1', log: silentLogger })
  const kubelet = createKubelet({
    recorder,
    nodeName: 'n1',
    client: client as Client,
    runtime,
    clock: systemClock,
    log: silentLogger,
    nodeIp: '192.0.2.1',
    node: () => node,
    services: () => [],
    dns: { clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local', node: { servers: [], searches: [], options: [] } },
    security: ordinaryNode,
    ...options,
  })
  return { run: signal => runAll([recorder, kubelet], signal) }
}

/** A kubelet on a simulated runtime and an API in memory. */
export async function startScenario(
  simulation: SimulationOptions = {},
  timings: ScenarioOptions['timings'] = {},
  images: Pick<ScenarioOptions, 'images' | 'imageGc'> = {},
) {
  const api = scenarioApi()
  const runtime = new SimulatedRuntime({ images: ['busybox:1.36'], ...simulation })
  const stop = new AbortController()
  const kubelet = scenarioKubelet(api, runtime, { timings, ...images })
  const done = kubelet.run(stop.signal)
  return {
    api,
    runtime,
    kubelet,
    run(name: string, spec: Partial<PodSpec>): void {
      api.put(Pod, boundPod(name, spec))
    },
    /** Waits until the pod's status in the API is as wanted. */
    async until(name: string, wanted: (status: PodStatus) => boolean, timeoutMs = patienceMs): Promise<PodStatus> {
      const deadline = Date.now() + timeoutMs
      for (;;) {
        const status = api.pod(name)?.status
        if (status && wanted(status)) return status
        if (Date.now() > deadline) throw new Error(`${name} never came to the wanted status; it is ${JSON.stringify(status)}`)
        await delay(5)
      }
    },
    async untilGone(name: string, timeoutMs = patienceMs): Promise<void> {
      const deadline = Date.now() + timeoutMs
      while (api.pod(name)) {
        if (Date.now() > deadline) throw new Error(`${name} is still there: ${JSON.stringify(api.pod(name)?.status)}`)
        await delay(5)
      }
    },
    /** Reason and message of the pod's events, in order. */
    events: (name: string) => api.events.filter(({ involvedObject }) => involvedObject.name === name),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}
