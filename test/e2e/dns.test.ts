import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Service } from '../../api/core/service.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const namespace = 'e2e-dns'
const other = 'e2e-dns-other'

const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'main',
        image: 'busybox:1.36',
        command: ['sh', '-c', `mkdir /www; echo ${name} > /www/index.html; exec httpd -f -p 8080 -h /www`],
        readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
      },
    ],
    ...more,
  },
})
const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })
const apply = (where: string, ...items: object[]) =>
  kubectl(`apply -n ${where} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const get = async <O>(what: string, where = namespace) => JSON.parse(await kubectl(`get ${what} -n ${where} -o json`)) as O
const inPod = (name: string, command: string) => kubectl.try(`exec -n ${namespace} ${name} -- ${command}`)
/** The addresses that `nslookup` prints as answers. */
const lookup = async (from: string, name: string) => {
  const { stdout } = await inPod(from, `nslookup ${name}`)
  return [
    ...stdout
      .split(/\n\n/)
      .slice(1)
      .join('\n')
      .matchAll(/Address:\s+(\S+)/g),
  ]
    .map(([, address = '']) => address)
    .sort()
}

describe('names in the cluster', () => {
  let namespaces: AsyncDisposable[] = []
  let nodes: string[] = []
  beforeAll(async () => {
    namespaces = [await ownNamespace(kubectl, namespace), await ownNamespace(kubectl, other)]
    const { items } = JSON.parse(await kubectl('get nodes -o json')) as { items: Node[] }
    nodes = items.map(({ metadata }) => metadata.name).filter(name => /^node-\d+$/.test(name))
    const ports = [{ name: 'http', port: 80, targetPort: 8080 }]
    await apply(
      namespace,
      pod('web', { nodeName: nodes[0] }),
      pod('client', { nodeName: nodes[1] }),
      pod('host', {
        nodeName: nodes[1],
        hostNetwork: true,
        dnsPolicy: 'ClusterFirstWithHostNet',
        containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '600'] }],
      }),
      pod('db-0', { nodeName: nodes[2], hostname: 'db-0', subdomain: 'db' }),
      service('web', { selector: { app: 'web' }, ports }),
      service('db', { clusterIP: 'None', selector: { app: 'db-0' }, ports }),
      service('alias', { type: 'ExternalName', externalName: `web.${namespace}.svc.cluster.local` }),
    )
    await apply(other, pod('web', { nodeName: nodes[1] }), service('web', { selector: { app: 'web' }, ports }))
    await kubectl(`wait --for=condition=Ready pod --all -n ${namespace} --timeout=60s`, { timeoutSeconds: 65 })
    await kubectl(`wait --for=condition=Ready pod --all -n ${other} --timeout=60s`, { timeoutSeconds: 65 })
  }, 150_000)
  afterAll(async () => {
    await Promise.all(namespaces.map(each => each[Symbol.asyncDispose]()))
  }, 120_000)

  it('lead to services, in the own namespace and in others, by short and by full names', async () => {
    const page = async (host: string) => (await inPod('client', `wget -qO- -T 3 http://${host}/`)).stdout.trim()
    for (const host of ['web', `web.${namespace}`, `web.${other}.svc`, `web.${namespace}.svc.cluster.local`, 'alias'])
      expect([host, await eventually(async () => (await page(host)) || undefined, { seconds: 10 })]).toEqual([host, 'web'])
    const { spec } = await get<Service>('service web')
    expect(await lookup('client', `web.${namespace}.svc.cluster.local.`)).toEqual([spec.clusterIP])
    expect(await lookup('host', `web.${namespace}.svc.cluster.local.`)).toEqual([spec.clusterIP])
  }, 60_000)

  it('lead to endpoints of headless services, and follow them', async () => {
    const { status } = await get<Pod>('pod db-0')
    expect(await lookup('client', `db.${namespace}.svc.cluster.local.`)).toEqual([status.podIP])
    expect(await lookup('client', `db-0.db.${namespace}.svc.cluster.local.`)).toEqual([status.podIP])
    const dashed = (status.podIP ?? '').replaceAll('.', '-')
    expect(await lookup('client', `${dashed}.${namespace}.pod.cluster.local.`)).toEqual([status.podIP])
    const { stdout } = await inPod('client', `nslookup ${status.podIP}`)
    expect(stdout).toContain(`name = db-0.db.${namespace}.svc.cluster.local`)
    const full = await inPod('db-0', 'hostname -f')
    expect(full.stdout.trim()).toBe(`db-0.db.${namespace}.svc.cluster.local`)
    await kubectl(`delete pod db-0 -n ${namespace}`)
    await eventually(async () => (await lookup('client', `db.${namespace}.svc.cluster.local.`)).length === 0, { seconds: 10 })
  }, 60_000)

  it('are known to the Service kube-dns, which nodes answer for', async () => {
    const dns = await get<Service>('service kube-dns', 'kube-system')
    const { stdout } = await inPod('client', 'cat /etc/resolv.conf')
    expect(stdout).toContain(`nameserver ${dns.spec.clusterIP}`)
    expect(stdout).toContain(`search ${namespace}.svc.cluster.local svc.cluster.local cluster.local`)
    expect(stdout).toContain('options ndots:5')
    expect(await lookup('client', 'kube-dns.kube-system.svc.cluster.local.')).toEqual([dns.spec.clusterIP])
    const unknown = await inPod('client', `nslookup nobody.${namespace}.svc.cluster.local.`)
    expect(unknown.stdout + unknown.stderr).toContain('NXDOMAIN')
  }, 60_000)

  it('of the outside come from the resolver of the engine', async () => {
    // The engine knows the other containers of its network; the internet may not be there.
    expect(await lookup('client', 'control-plane.')).toHaveLength(1)
  }, 60_000)
})
