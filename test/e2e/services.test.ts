import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Event } from '../../api/core/event.ts'
import type { Node } from '../../api/core/node.ts'
import { eventually } from '../support/eventually.ts'
import { run } from '../support/shell.ts'
import { steadyLoad } from '../support/steady-load.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'
import { whoAsks, whoPod, whoService } from '../support/who-pods.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-services'
const inNamespace = `-n ${NAMESPACE}`
const { get, ask, answers, apply, addressOf, service, clusterIp } = whoAsks(kubectl, NAMESPACE)
const HOST_PORT = 8096
const EXTERNAL_IP = '192.0.2.17'

/** A port of this machine that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Who answers on this machine. */
async function askHere(address: string, seconds = 3): Promise<string> {
  const { stdout } = await run('curl', ['-s', '--max-time', String(seconds), `http://${address}/cgi-bin/who`])
  return stdout.trim().split(' ')[1] ?? ''
}
const answersHere = (address: string) =>
  eventually(async () => (await askHere(address)) || undefined, { seconds: 30, what: `an answer here on ${address}` })
const nodePort = async (name: string) => (await service(name)).spec.ports?.[0]?.nodePort ?? 0

/** Busybox has no UDP everywhere; the programs' own image has Node.js. */
const udpPod = (name: string, node: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: kubeling/base
      imagePullPolicy: IfNotPresent
      command:
        - node
        - -e
        - |
          const socket = require('dgram').createSocket('udp4').bind(5353)
          socket.on('message', (_, { port, address }) => socket.send('${name}', port, address))
`
const udpClient = (address: string) => `
  const socket = require('dgram').createSocket('udp4').bind(40053)
  socket.on('message', message => { console.log(String(message)); process.exit() })
  socket.send('who', 53, '${address}')
  setTimeout(() => process.exit(), 1000)`

describe('services', () => {
  let namespace: AsyncDisposable
  let [first, second, third] = ['', '', '']
  const addresses = new Map<string, string>()
  const at = (node: string) => addresses.get(node) ?? ''

  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    const { items } = JSON.parse(await kubectl('get nodes -o json')) as { items: Node[] }
    for (const { metadata, status } of items.filter(each => /^node-\d+$/.test(each.metadata.name)))
      addresses.set(metadata.name, status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '')
    ;[first = '', second = '', third = ''] = [...addresses.keys()].sort()
    await apply(
      // Two servers of one service on two nodes, clients on the first and on the third.
      whoPod('one', { node: first, app: 'web', hostPort: HOST_PORT }),
      whoPod('two', { node: second, app: 'web' }),
      whoPod('near', { node: first }),
      whoPod('far', { node: third }),
      whoService('web', { more: `externalIPs: [${EXTERNAL_IP}]` }),
      whoService('balanced', { selects: 'web', port: await freePort(), more: 'type: LoadBalancer' }),
      whoService('inside', { selects: 'web', more: 'internalTrafficPolicy: Local' }),
      whoService('outside', { selects: 'one-only', port: await freePort(), more: 'type: LoadBalancer\n  externalTrafficPolicy: Local' }),
      whoService('sticky', { selects: 'web', more: 'sessionAffinity: ClientIP' }),
      udpPod('udp-one', second),
      udpPod('udp-two', third),
      udpPod('udp-client', first),
      `apiVersion: v1
kind: Service
metadata: { name: datagrams }
spec: { selector: { app: udp-one }, ports: [{ port: 53, protocol: UDP, targetPort: 5353 }] }`,
    )
    await kubectl(`wait pod --all --for=condition=Ready ${inNamespace} --timeout=90s`)
  }, 150_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it('of type LoadBalancer have an address that this machine can open, and so have node ports', async () => {
    const ip = await eventually(async () => (await service('balanced')).status.loadBalancer.ingress?.[0]?.ip, { what: 'an address' })
    const { spec } = await service('balanced')
    expect(ip).toBe('127.0.0.1')
    expect(['one', 'two']).toContain(await answersHere(`${ip}:${spec.ports?.[0]?.port}`))
    expect(['one', 'two']).toContain(await answersHere(`127.0.0.1:${await nodePort('balanced')}`))
    expect(await kubectl(`get service balanced ${inNamespace} --no-headers`)).toContain(` ${ip} `)
  }, 60_000)

  it('say which port somebody else has, and answer at the other', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    try {
      const { port } = taken.address() as AddressInfo
      await apply(whoService('late', { selects: 'web', port, more: 'type: LoadBalancer' }))
      const other = `127.0.0.1:${await nodePort('late')}`
      const message = `Error syncing load balancer: failed to ensure load balancer: port ${port} of 127.0.0.1 is in use on this machine; until it is free the service is at ${other}`
      const said = async () => (await get<{ items: Event[] }>('events')).items.map(event => event.message)
      await eventually(async () => (await said()).includes(message), { what: message })
      expect(['one', 'two']).toContain(await answersHere(other))
      expect((await service('late')).status.loadBalancer.ingress?.[0]?.ports?.[0]?.error).toBe('kubeling.io/PortInUse')
    } finally {
      taken.close()
    }
  }, 60_000)

  it('answer at external addresses and at host ports of pods', async () => {
    await eventually(async () => ['one', 'two'].includes((await ask('near', EXTERNAL_IP)).pod), { what: 'an answer at an external IP' })
    for (const from of ['near', 'far', 'one']) await answers(from, `${at(first)}:${HOST_PORT}`, 'one')
  }, 60_000)

  it('send a client to where it was before, under session affinity', async () => {
    const address = await clusterIp('sticky')
    for (const from of ['near', 'far']) {
      const { pod } = await eventually(async () => {
        const answer = await ask(from, address)
        return answer.pod ? answer : undefined
      })
      for (let round = 0; round < 4; round++) expect((await ask(from, address)).pod).toBe(pod)
    }
  }, 60_000)

  it('stay on the node under internalTrafficPolicy Local, and drop where it has no endpoint', async () => {
    const address = await clusterIp('inside')
    for (let round = 0; round < 3; round++) await answers('near', address, 'one')
    expect((await ask('far', address, 2)).failure).toContain('timed out')
  }, 60_000)

  it('stay on the node under externalTrafficPolicy Local, tell load balancers, and let clients inside go anywhere', async () => {
    await kubectl(`label pod one app=one-only ${inNamespace} --overwrite`)
    try {
      const { spec } = await service('outside')
      const port = spec.ports?.[0]?.nodePort ?? 0
      expect(await answersHere(`${at(first)}:${port}`)).toBe('one')
      expect(await askHere(`${at(third)}:${port}`, 1)).toBe('')
      const { source } = await answers('far', `${at(third)}:${port}`, 'one')
      expect(source).toBe(await addressOf('far'))
      expect(await answersHere(`127.0.0.1:${spec.ports?.[0]?.port}`)).toBe('one')
      const health = async (node: string) =>
        (await run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', `http://${at(node)}:${spec.healthCheckNodePort}/`])).stdout
      await eventually(async () => (await health(first)) === '200', { what: 'a node with endpoints' })
      expect(await health(third)).toBe('503')
    } finally {
      await kubectl(`label pod one app=web ${inNamespace} --overwrite`)
    }
  }, 90_000)

  it('lead a client that keeps its UDP port to the next endpoint when its own has gone', async () => {
    const address = await clusterIp('datagrams')
    const say = async () => (await kubectl.try(`exec -i ${inNamespace} udp-client -- node -`, { input: udpClient(address) })).stdout.trim()
    const select = (app: string) => kubectl(`patch service datagrams ${inNamespace} -p {"spec":{"selector":{"app":"${app}"}}}`)
    await eventually(async () => (await say()) === 'udp-one', { what: 'an answer over UDP' })
    await select('nobody')
    await eventually(async () => (await say()) === '', { what: 'no answer' })
    await select('udp-two')
    await eventually(async () => (await say()) === 'udp-two', { what: 'an answer of the other pod' })
  }, 60_000)

  it('lead to endpoints that somebody wrote by hand', async () => {
    await apply(
      `apiVersion: v1
kind: Service
metadata: { name: manual }
spec: { ports: [{ port: 80 }] }`,
      `apiVersion: v1
kind: Endpoints
metadata: { name: manual }
subsets: [{ addresses: [{ ip: ${await addressOf('two')} }], ports: [{ port: 8080 }] }]`,
    )
    await answers('far', await clusterIp('manual'), 'two')
  }, 60_000)

  it('lose no request while a Deployment is rolled over', async () => {
    const port = await freePort()
    await apply(`apiVersion: apps/v1
kind: Deployment
metadata: { name: rolled }
spec:
  replicas: 2
  strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 2 } }
  selector: { matchLabels: { app: rolled } }
  template:
    metadata: { labels: { app: rolled } }
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          lifecycle: { preStop: { exec: { command: [sleep, '3'] } } }
          readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: rolled }
spec: { type: LoadBalancer, selector: { app: rolled }, ports: [{ port: ${port}, targetPort: 80 }] }`)
    await kubectl(`rollout status deployment rolled ${inNamespace} --timeout=60s`, { timeoutSeconds: 70 })
    const url = `http://127.0.0.1:${port}/`
    await eventually(async () => (await fetch(url)).ok, { what: 'an answer' })
    const stop = new AbortController()
    const loads = [true, false].map(keepAlive => steadyLoad(url, { keepAlive, signal: stop.signal }))
    await kubectl(`set env deployment/rolled ${inNamespace} ROUND=2`)
    await kubectl(`rollout status deployment rolled ${inNamespace} --timeout=90s`, { timeoutSeconds: 100 })
    await eventually(async () => (await get<{ items: object[] }>('pods -l app=rolled')).items.length === 2, {
      what: 'the end of the old pods',
    })
    stop.abort()
    for (const { answered, failures } of await Promise.all(loads)) {
      expect(failures).toEqual([])
      expect(answered).toBeGreaterThan(20)
    }
  }, 240_000)
})
