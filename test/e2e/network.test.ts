import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import { eventually } from '../support/eventually.ts'
import { run } from '../support/shell.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-network'
const in_ = `-n ${NAMESPACE}`

/** Answers every request with who asks, as it sees it, and its own pod's name. */
const pod = (name: string, spec: { node: string; port?: number; hostNetwork?: boolean; readinessProbe?: string }) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  nodeName: ${spec.node}
  hostNetwork: ${spec.hostNetwork ?? false}
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: busybox:1.36
      env: [{ name: POD, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]
      command:
        - sh
        - -c
        - |
          mkdir -p /www/cgi-bin
          printf '#!/bin/sh\\necho\\necho "$REMOTE_ADDR $POD"\\n' > /www/cgi-bin/who
          chmod +x /www/cgi-bin/who
          exec httpd -f -p ${spec.port ?? 8080} -h /www
      ${spec.readinessProbe ?? ''}
`
const service = (name: string, { selects = name, targetPort = 8080, more = '' } = {}) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { app: ${selects} }
  ports: [{ port: 80, targetPort: ${targetPort} }]
  ${more}
`

const get = async <O>(what: string): Promise<O> => JSON.parse(await kubectl(`get ${what} ${in_} -o json`)) as O
const addressOf = async (name: string) => (await get<Pod>(`pod ${name}`)).status.podIP ?? ''
const clusterIp = async (name: string) => (await get<Service>(`service ${name}`)).spec.clusterIP ?? ''
const apply = (...manifests: string[]) => kubectl(`apply ${in_} -f -`, { input: manifests.join('---') })

/** What a request from inside a pod brings back: the page, or why there was none. */
async function ask(from: string, address: string): Promise<{ source: string; pod: string; failure: string }> {
  const { stdout, stderr } = await kubectl.try(`exec ${in_} ${from} -- wget -qO- -T 3 http://${address}/cgi-bin/who`)
  const [source = '', name = ''] = stdout.trim().split(' ')
  return { source: source.replace(/^\[::ffff:(.*)\]$/, '$1'), pod: name, failure: stderr }
}
const answers = (from: string, address: string, by: string) =>
  eventually(
    async () => {
      const answer = await ask(from, address)
      return answer.pod === by && answer
    },
    { seconds: 10, what: `an answer of ${by} to ${from} on ${address}` },
  )

describe('the network of pods and Services', () => {
  let namespace: AsyncDisposable
  let nodes: { name: string; address: string }[] = []

  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    const { items } = JSON.parse(await kubectl('get nodes -o json')) as { items: Node[] }
    // Other tests may have nodes of their own at the time, which go when they go.
    const ofCluster = items.filter(({ metadata }) => /^node-\d+$/.test(metadata.name))
    nodes = ofCluster.map(({ metadata, status }) => ({
      name: metadata.name,
      address: status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
    }))
    const [first, second] = [nodes[0]?.name ?? '', nodes[1]?.name ?? '']
    await apply(
      pod('server', { node: first }),
      pod('near', { node: first }),
      pod('far', { node: second }),
      pod('host', { node: second, hostNetwork: true, port: 8097 }),
      service('server', { more: 'type: NodePort' }),
      service('host', { targetPort: 8097 }),
      service('nobody', { more: 'type: NodePort' }),
      service('headless', { selects: 'server', more: 'clusterIP: None' }),
    )
    await kubectl(`wait pod --all --for=condition=Ready ${in_} --timeout=60s`)
  }, 120_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it.each(['near', 'far'])('lets pods reach each other under their own addresses (%s)', async from => {
    const { source } = await answers(from, `${await addressOf('server')}:8080`, 'server')
    expect(source).toBe(await addressOf(from))
  })

  it.each(['near', 'far'])('leads a cluster IP to the endpoint and keeps the source (%s)', async from => {
    const { source } = await answers(from, await clusterIp('server'), 'server')
    expect(source).toBe(await addressOf(from))
  })

  it('leads a pod to itself through its own Service', async () => {
    await answers('server', await clusterIp('server'), 'server')
  })

  it('serves pods on the network of the node, as clients and as endpoints', async () => {
    await answers('host', await clusterIp('server'), 'server')
    await answers('near', await clusterIp('host'), 'host')
    await answers('far', await clusterIp('host'), 'host')
  })

  it('opens a node port on every node, for pods and for the machine around', async () => {
    const port = (await get<Service>('service server')).spec.ports?.[0]?.nodePort
    for (const { address } of nodes) {
      await answers('far', `${address}:${port}`, 'server')
      const outside = await run('curl', ['-s', '--max-time', '3', `http://${address}:${port}/cgi-bin/who`])
      expect(outside.stdout).toContain('server')
    }
  }, 30_000)

  it('refuses at once where there is no endpoint, and ports that no Service has', async () => {
    const port = (await get<Service>('service nobody')).spec.ports?.[0]?.nodePort
    const dead = [await clusterIp('nobody'), `${nodes[0]?.address}:${port}`, `${await clusterIp('server')}:81`]
    for (const address of dead) expect((await ask('near', address)).failure).toContain('Connection refused')
  }, 30_000)

  it('gives a headless Service endpoints and no address', async () => {
    expect(await clusterIp('headless')).toBe('None')
    expect(await kubectl(`get endpoints headless ${in_} -o jsonpath={.subsets[*].addresses[*].ip}`)).toBe(await addressOf('server'))
  })

  it('sends nothing to a pod that is not ready, and sends again when it is', async () => {
    const readinessProbe = 'readinessProbe: { exec: { command: [test, "!", -e, /tmp/busy] }, periodSeconds: 1, failureThreshold: 1 }'
    await apply(pod('moody', { node: nodes[0]?.name ?? '', readinessProbe }), service('moody'))
    await kubectl(`wait pod moody --for=condition=Ready ${in_} --timeout=40s`)
    const address = await clusterIp('moody')
    await answers('far', address, 'moody')
    await kubectl(`exec ${in_} moody -- touch /tmp/busy`)
    await eventually(async () => (await ask('far', address)).failure.includes('Connection refused'), { seconds: 10 })
    await kubectl(`exec ${in_} moody -- rm /tmp/busy`)
    await answers('far', address, 'moody')
  }, 60_000)

  it('follows pods and Services that are made again under the same names', async () => {
    const manifests = [pod('again', { node: nodes[1]?.name ?? '' }), service('again')]
    const uids = new Set<string>()
    for (let round = 0; round < 2; round++) {
      await apply(...manifests)
      await answers('near', await clusterIp('again'), 'again')
      uids.add((await get<Pod>('pod again')).metadata.uid)
      await kubectl(`delete pod,service again ${in_}`)
    }
    expect(uids.size).toBe(2)
  }, 90_000)

  it('finds each of a hundred Services', async () => {
    await apply(...Array.from({ length: 100 }, (_, index) => service(`many-${index}`, { selects: 'server' })))
    await answers('far', await clusterIp('many-99'), 'server')
    await answers('near', await clusterIp('many-0'), 'server')
  }, 60_000)

  it('lets a pod speak to the API server with its token, which may discover and no more', async () => {
    const script = (path: string, withToken: boolean) =>
      `wget -qSO- -T 5 --no-check-certificate ${withToken ? '--header "Authorization: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)"' : ''} https://$KUBERNETES_SERVICE_HOST${path}`
    const call = async (path: string, withToken = true) => {
      const { stdout, stderr } = await kubectl.try(`exec ${in_} near -- sh -c '${script(path, withToken)}'`)
      return stdout + stderr
    }
    expect(await call('/api')).toContain('"APIVersions"')
    expect(await call('/api/v1/namespaces/default/secrets')).toMatch(/403 Forbidden/)
    expect(await call('/api', false)).toMatch(/401 Unauthorized/)
  }, 30_000)
})
