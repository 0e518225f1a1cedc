import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import { eventually } from '../support/eventually.ts'
import { run } from '../support/shell.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'
import { whoAsks, whoPod, whoService } from '../support/who-pods.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-network'
const in_ = `-n ${NAMESPACE}`

const { get, ask, answers, apply, addressOf, clusterIp } = whoAsks(kubectl, NAMESPACE)

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
      whoPod('server', { node: first }),
      whoPod('near', { node: first }),
      whoPod('far', { node: second }),
      whoPod('host', { node: second, hostNetwork: true, port: 8097 }),
      whoService('server', { more: 'type: NodePort' }),
      whoService('host', { targetPort: 8097 }),
      whoService('nobody', { more: 'type: NodePort' }),
      whoService('headless', { selects: 'server', more: 'clusterIP: None' }),
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
    await apply(whoPod('moody', { node: nodes[0]?.name ?? '', readinessProbe }), whoService('moody'))
    await kubectl(`wait pod moody --for=condition=Ready ${in_} --timeout=40s`)
    const address = await clusterIp('moody')
    await answers('far', address, 'moody')
    await kubectl(`exec ${in_} moody -- touch /tmp/busy`)
    await eventually(async () => (await ask('far', address)).failure.includes('Connection refused'), { seconds: 10 })
    await kubectl(`exec ${in_} moody -- rm /tmp/busy`)
    await answers('far', address, 'moody')
  }, 60_000)

  it('follows pods and Services that are made again under the same names', async () => {
    const manifests = [whoPod('again', { node: nodes[1]?.name ?? '' }), whoService('again')]
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
    await apply(...Array.from({ length: 100 }, (_, index) => whoService(`many-${index}`, { selects: 'server' })))
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
