import { createServer, connect, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../../api/core/node.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { eventually } from '../../support/eventually.ts'
import { extraNode } from '../../support/extra-node.ts'
import { secondEngine, whyNoSecondEngine, type SecondEngine } from '../../support/second-engine.ts'
import { must } from '../../support/shell.ts'
import { docker, kubectlOfCluster, ownNamespace, serviceContainer, testCluster } from '../../support/test-cluster.ts'

const why = await whyNoSecondEngine()
if (why) process.stdout.write(`several machines: not tested, because ${why}\n`)

const kubectl = kubectlOfCluster()
const namespace = 'e2e-several-machines'
const in_ = `-n ${namespace}`
const get = async <O>(what: string) => JSON.parse(await kubectl(`get ${what} ${in_} -o json`)) as O

/** The API server is open on 127.0.0.1 alone; this opens it to the other machine. */
async function openTo(host: string, target: string): Promise<AsyncDisposable & { readonly port: number }> {
  const { hostname, port } = new URL(target)
  const server = createServer(socket => {
    const onward = connect(Number(port), hostname)
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      one.on('error', () => other.destroy()).pipe(other)
  }).listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}

/** The agent's image and what pods are made of: the other machine has no images. */
async function giveImages({ socket }: SecondEngine): Promise<void> {
  const agent = (await docker('inspect', '--format', '{{.Config.Image}}', await serviceContainer('node-1'))).trim()
  const load = `docker save ${agent} kubeling/base kubeling/pause busybox:1.36 | docker --host unix://${socket} load`
  await must('bash', ['-ec', `set -o pipefail; ${load}`], { timeoutSeconds: 120 })
}

/** `scripts/join` on the other machine, in a cluster that was made for one. */
async function joinFrom({ socket, here, there }: SecondEngine, port: number): Promise<void> {
  const plane = await serviceContainer('control-plane')
  const file = (name: string) => docker('exec', plane, 'cat', `/var/lib/kubeling-bootstrap/${name}`)
  const [token, ca] = await Promise.all([file('token'), file('ca.crt')])
  const cluster = ['--server', `https://control-plane:${port}`, '--token', token.trim(), '--ca', Buffer.from(ca).toString('base64')]
  const more = ['--', '--add-host', `control-plane:${here}`, '--env', 'KUBELING_REGISTER_WITH_TAINTS=extra=true:NoSchedule']
  await must(resolve('scripts/join'), [...cluster, '--node', 'machine-b', '--address', there, ...more], {
    env: { DOCKER_HOST: `unix://${socket}`, KUBELING_DOCKER_SOCKET: socket, KUBELING_NODES_CIDR: '172.31.231.0/24' },
    timeoutSeconds: 120,
  })
}

const server = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: {
    nodeName: name.replace('on', 'machine'),
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'busybox:1.36',
        command: [
          'sh',
          '-c',
          'mkdir /www; hostname > /www/index.html; head -c 300000 /dev/zero > /www/large; exec httpd -f -p 8080 -h /www',
        ],
        readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
      },
    ],
  },
})
const service = (app: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: app },
  spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
})

;(why ? describe.skip : describe)('a cluster of two machines', () => {
  const parts: AsyncDisposable[] = []
  beforeAll(async () => {
    const engine = await secondEngine()
    parts.push(engine)
    const address = await kubectl('config view --minify -o jsonpath={.clusters[0].cluster.server}')
    const api = await openTo(engine.here, address)
    parts.push(api)
    const near = async () => {
      const tunnel = `${engine.here}:8472`
      parts.push(await extraNode('machine-a', { settings: { KUBELING_TUNNEL_ENDPOINT: tunnel }, run: ['--publish', `${tunnel}:4789/udp`] }))
    }
    const far = async () => {
      await giveImages(engine)
      await joinFrom(engine, api.port)
      parts.push({
        async [Symbol.asyncDispose]() {
          await engine.docker('rm', '--force', `${testCluster.name}-machine-b`)
          await kubectl('delete node machine-b --ignore-not-found')
        },
      })
      await eventually(() => get<Node>('node machine-b'), { seconds: 60, what: 'the node of the other machine' })
      await kubectl('wait --for=condition=Ready node/machine-b --timeout=90s', { timeoutSeconds: 100 })
    }
    await Promise.all([near(), far()])
    parts.push(await ownNamespace(kubectl, namespace))
    const items = [server('on-a'), server('on-b'), service('on-a'), service('on-b')]
    await kubectl(`apply ${in_} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
    await kubectl(`wait --for=condition=Ready pod --all ${in_} --timeout=120s`, { timeoutSeconds: 130 })
  }, 300_000)
  afterAll(async () => {
    // What cannot be taken away must not keep the rest.
    const failures: unknown[] = []
    for (const part of parts.reverse()) {
      try {
        await part[Symbol.asyncDispose]()
      } catch (error) {
        failures.push(error)
      }
    }
    expect(failures).toEqual([])
  }, 180_000)

  it('has the other machine’s node, which the API server reaches at that machine’s address', async () => {
    const { status } = await get<Node>('node machine-b')
    expect(status.addresses).toEqual(expect.arrayContaining([{ type: 'ExternalIP', address: '198.51.100.2' }]))
    expect(await kubectl(`exec on-b ${in_} -- hostname`)).toBe('on-b\n')
    expect(await kubectl(`logs on-b ${in_}`)).toBe('')
  }, 60_000)

  it.each([
    ['on-a', 'on-b'],
    ['on-b', 'on-a'],
  ])(
    'leads from the pod %s to %s on the other machine: by address, by name, and back',
    async (from, to) => {
      const { podIP = '' } = (await get<Pod>(`pod ${to}`)).status
      const fetched = (url: string) => kubectl(`exec ${from} ${in_} -- wget -q -O - -T 5 ${url}`)
      expect(await eventually(() => fetched(`http://${podIP}:8080/`), { what: 'an answer' })).toBe(`${to}\n`)
      expect(await eventually(() => fetched(`http://${to}/`), { what: 'an answer of the service' })).toBe(`${to}\n`)
      // Larger than a packet of the tunnel.
      const size = await kubectl(`exec ${from} ${in_} -- sh -c 'wget -q -O - -T 5 http://${podIP}:8080/large | wc -c'`)
      expect(size.trim()).toBe('300000')
    },
    90_000,
  )
})
