import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import type { NetworkPolicy } from '../../api/networking/network-policy.ts'
import { eventually } from '../support/eventually.ts'
import { docker, kubectlOfCluster, ownNamespace, serviceContainer } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const namespace = 'e2e-policy'
const other = 'e2e-policy-other'

const pod = (name: string, nodeName: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name, ...labels } },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image: 'busybox:1.36',
        command: ['sh', '-c', `mkdir /www; echo ${name} > /www/index.html; httpd -p 8080 -h /www; exec httpd -f -p 9090 -h /www`],
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1, timeoutSeconds: 5 },
      },
    ],
  },
})
const policy = (name: string, spec: Partial<NetworkPolicy['spec']>) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec: { podSelector: {}, ...spec },
})
const server = { podSelector: { matchLabels: { app: 'server' } } }

const apply = (where: string, ...items: object[]) =>
  kubectl(`apply -n ${where} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const get = async <O>(what: string, where = namespace) => JSON.parse(await kubectl(`get ${what} -n ${where} -o json`)) as O
/** The page that a pod gets, or nothing. */
const ask = async (from: string, address: string, { where = namespace, seconds = 1 } = {}) =>
  (await kubectl.try(`exec -n ${where} ${from} -- wget -qO- -T ${seconds} http://${address}/`)).stdout.trim()

describe('network policies', () => {
  let namespaces: AsyncDisposable[] = []
  let [address, farAddress, clusterIp] = ['', '', '']

  beforeAll(async () => {
    namespaces = [await ownNamespace(kubectl, namespace), await ownNamespace(kubectl, other)]
    const { items } = JSON.parse(await kubectl('get nodes -o json')) as { items: Node[] }
    const [first = '', second = ''] = items.map(({ metadata }) => metadata.name).filter(name => /^node-\d+$/.test(name))
    const service = { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 'http' }] }
    await apply(namespace, pod('server', first), pod('near', first), pod('far', second, { role: 'friend' }), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'server' },
      spec: service,
    })
    await apply(other, pod('guest', second))
    for (const each of [namespace, other])
      await kubectl(`wait --for=condition=Ready pod --all -n ${each} --timeout=100s`, { timeoutSeconds: 110 })
    address = (await get<Pod>('pod server')).status.podIP ?? ''
    farAddress = (await get<Pod>('pod far')).status.podIP ?? ''
    clusterIp = (await get<Service>('service server')).spec.clusterIP ?? ''
  }, 240_000)
  afterAll(async () => {
    await Promise.all(namespaces.map(each => each[Symbol.asyncDispose]()))
  }, 120_000)

  type Path = readonly [from: string, to: string, where?: string]
  /** What is to be possible, and then what is not to be: policies come into force a moment after they were written. */
  async function expectReach({ open = [], closed = [] }: { open?: readonly Path[]; closed?: readonly Path[] }) {
    for (const [from, to, where = namespace] of open)
      await eventually(async () => (await ask(from, to, { where, seconds: 5 })) !== '', {
        seconds: 30,
        what: `an answer of ${to} to ${from}`,
      })
    for (const [from, to, where = namespace] of closed)
      await eventually(async () => (await ask(from, to, { where })) === '', { seconds: 30, what: `silence of ${to} towards ${from}` })
  }
  const only = async (...policies: object[]) => {
    await kubectl(`delete networkpolicies --all -n ${namespace}`)
    await apply(namespace, ...policies)
  }

  it('deny everything by default, on one node and across nodes, but what the node itself asks', async () => {
    await expectReach({
      open: [
        ['near', `${address}:8080`],
        ['guest', `${address}:8080`, other],
      ],
    })
    await only(policy('deny', { policyTypes: ['Ingress'] }))
    await expectReach({
      closed: [
        ['near', `${address}:8080`],
        ['far', `${address}:8080`],
        ['guest', `${clusterIp}:80`, other],
      ],
    })
    const { spec, metadata } = await get<Pod>('pod server')
    const node = await serviceContainer(spec.nodeName ?? '')
    expect(await docker('exec', node, 'timeout', '3', 'wget', '-qO-', `http://${address}:8080/`)).toBe('server\n')
    // A pod reaches itself, and is still probed.
    await expectReach({ open: [['server', `${address}:8080`]] })
    expect(await kubectl(`get pod ${metadata.name} -n ${namespace} -o jsonpath={.status.conditions[?(@.type=="Ready")].status}`)).toBe(
      'True',
    )
  }, 120_000)

  it('let in chosen pods, namespaces and ranges, through a Service too', async () => {
    const deny = policy('deny', { policyTypes: ['Ingress'] })
    await only(deny, policy('friends', { ...server, ingress: [{ from: [{ podSelector: { matchLabels: { role: 'friend' } } }] }] }))
    await expectReach({
      open: [
        ['far', `${clusterIp}:80`],
        ['far', `${address}:8080`],
      ],
      closed: [
        ['near', `${address}:8080`],
        ['guest', `${address}:8080`, other],
      ],
    })
    await kubectl(`label pod near role=friend -n ${namespace}`)
    await expectReach({ open: [['near', `${clusterIp}:80`]] })
    await kubectl(`label pod near role- -n ${namespace}`)
    await expectReach({ closed: [['near', `${address}:8080`]] })
    await only(
      deny,
      policy('guests', {
        ...server,
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': other } } }] }],
      }),
    )
    await expectReach({ open: [['guest', `${clusterIp}:80`, other]], closed: [['far', `${address}:8080`]] })
    await only(
      deny,
      policy('range', { ...server, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: [`${farAddress}/32`] } }] }] }),
    )
    await expectReach({ open: [['near', `${address}:8080`]], closed: [['far', `${address}:8080`]] })
  }, 120_000)

  it('open ports by number, name and range', async () => {
    await only(policy('named', { ...server, ingress: [{ ports: [{ port: 'http' }] }] }))
    await expectReach({ open: [['near', `${clusterIp}:80`]], closed: [['near', `${address}:9090`]] })
    await only(policy('range', { ...server, ingress: [{ ports: [{ port: 9000, endPort: 9100 }] }] }))
    await expectReach({ open: [['far', `${address}:9090`]], closed: [['far', `${clusterIp}:80`]] })
  }, 120_000)

  it('hold back what goes out, names included', async () => {
    await only(policy('deny', { policyTypes: ['Egress'] }))
    await expectReach({
      closed: [
        ['near', `${address}:8080`],
        ['far', `${address}:8080`],
      ],
    })
    const dns = { namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }
    await apply(namespace, policy('dns', { policyTypes: ['Egress'], egress: [{ to: [dns], ports: [{ protocol: 'UDP', port: 53 }] }] }))
    const resolves = async () =>
      (await kubectl.try(`exec -n ${namespace} near -- nslookup server.${namespace}.svc.cluster.local.`)).stdout.includes(clusterIp)
    await eventually(resolves, { seconds: 15, what: 'an answer about the name' })
    await expectReach({ closed: [['near', 'server']] })
    await apply(namespace, policy('server', { policyTypes: ['Egress'], egress: [{ to: [server], ports: [{ port: 'http' }] }] }))
    await expectReach({
      open: [
        ['near', 'server'],
        ['far', 'server'],
      ],
      closed: [['near', `${address}:9090`]],
    })
  }, 120_000)

  it('are gone when they are deleted', async () => {
    await kubectl(`delete networkpolicies --all -n ${namespace}`)
    await expectReach({
      open: [
        ['near', `${address}:9090`],
        ['guest', `${clusterIp}:80`, other],
      ],
    })
    for (const name of ['node-1', 'node-2'])
      await eventually(
        async () => !(await docker('exec', await serviceContainer(name), 'nft', 'list', 'tables')).includes('kubeling-policy'),
      )
  }, 120_000)
})
