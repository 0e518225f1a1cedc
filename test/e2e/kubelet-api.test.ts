import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlAt, kubectlPaths } from '../support/kubectl.ts'
import { kubectlOfCluster, ownNamespace, testCluster } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-kubelet-api'
const in_ = `-n ${NAMESPACE}`
const server = 'mkdir -p /www; echo hello > /www/index.html; echo complaint >&2; exec httpd -f -p 127.0.0.1:8080 -h /www'
const manifest = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'busybox:1.36',
        command: ['sh', '-c', server],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1, timeoutSeconds: 20 },
      },
    ],
    volumes: [{ name: 'data', emptyDir: {} }],
  },
}

async function freePort(): Promise<number> {
  const listening = createServer().listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  await new Promise(resolve => listening.close(resolve))
  return port
}

/** One request whose client never ends its half: what came until the pod did, or the connection broke. */
const fetchOnce = (port: number, early: boolean): Promise<string> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString()
      // A client that has seen enough resets the connection.
      if (early) socket.resetAndDestroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
    socket.on('close', () => resolve(answer))
    socket.write('GET / HTTP/1.0\r\n\r\n')
  })

describe("the kubelet's own API", () => {
  let namespace: AsyncDisposable
  let node = ''
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify(manifest) })
    await kubectl(`wait ${in_} --for=condition=Ready pod/web --timeout=120s`, { timeoutSeconds: 130 })
    node = (JSON.parse(await kubectl(`get pod web ${in_} -o json`)) as Pod).spec.nodeName ?? ''
  }, 180_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)
  const raw = (path: string) => kubectl(`get --raw /api/v1/nodes/${node}/proxy/${path}`)

  it('measures pods, containers, volumes and the node', async () => {
    const summary = JSON.parse(await raw('stats/summary')) as { node: object; pods: { podRef: { name: string; namespace: string } }[] }
    const number = expect.any(Number) as unknown as number
    expect(summary.node).toMatchObject({
      nodeName: node,
      cpu: { usageCoreNanoSeconds: number },
      memory: { workingSetBytes: number, availableBytes: number },
      network: { name: 'eth0', rxBytes: number },
      fs: { capacityBytes: number },
    })
    expect(summary.pods.find(({ podRef }) => podRef.name === 'web' && podRef.namespace === NAMESPACE)).toMatchObject({
      containers: [{ name: 'main', rootfs: { usedBytes: number }, memory: { workingSetBytes: number, rssBytes: number } }],
      network: { name: 'eth0', txBytes: number },
      volume: expect.arrayContaining([expect.objectContaining({ name: 'data', usedBytes: number })]),
    })
  })

  it('shows metrics under upstream names', async () => {
    const labels = `container="main",namespace="${NAMESPACE}",pod="web"`
    expect(await raw('metrics/resource')).toMatch(new RegExp(`^container_memory_working_set_bytes\\{${labels}\\} [1-9]\\d+ \\d{13}$`, 'm'))
    expect(await raw('metrics/cadvisor')).toMatch(/^container_network_receive_bytes_total\{/m)
    const own = await raw('metrics')
    expect(own).toMatch(/^kubelet_running_pods [1-9]/m)
    expect(own).toMatch(/^kubelet_pod_start_duration_seconds_count [1-9]/m)
    expect(own).toMatch(/^kubelet_runtime_operations_total\{operation_type="start_container"\} [1-9]/m)
    await eventually(async () =>
      (await raw('metrics/probes')).includes('prober_probe_total{probe_type="Readiness",container="main",pod="web"'),
    )
  })

  it('tells the streams of a log apart', async () => {
    const log = `/api/v1/namespaces/${NAMESPACE}/pods/web/log`
    expect(await kubectl(`get --raw ${log}?stream=Stderr`)).toBe('complaint\n')
    expect(await kubectl(`get --raw ${log}?stream=Stdout`)).toBe('')
  })

  it('refuses in upstream words what it does not do', async () => {
    expect((await kubectl.try(`get --raw /api/v1/nodes/${node}/proxy/logs/`)).code).not.toBe(0)
    expect(await raw('healthz/ping')).toBe('ok')
    expect(JSON.parse(await raw('configz'))).toMatchObject({ kubeletconfig: { port: 10250 } })
  })

  for (const path of kubectlPaths()) {
    it(`forwards one connection after the other to a port on the pod's loopback with ${path}`, async () => {
      const [port, client] = [await freePort(), kubectlAt(path, testCluster.kubeconfig)]
      const forwarding = spawn(client.path, ['port-forward', '-n', NAMESPACE, 'pod/web', `${port}:8080`], {
        env: { ...process.env, ...client.env },
      })
      let said = ''
      forwarding.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      try {
        await once(forwarding.stdout, 'data')
        const answers: string[] = []
        for (let count = 0; count < 40; count++) answers.push(await fetchOnce(port, count % 4 === 3))
        expect(answers.map(answer => /^HTTP\/1\.\d 200/.test(answer))).toEqual(answers.map(() => true))
        expect(forwarding.exitCode).toBe(null)
        expect(said).not.toContain('lost connection')
      } finally {
        forwarding.kill()
      }
    }, 180_000)
  }
})
