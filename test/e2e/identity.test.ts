import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ReportPods, scriptPod } from '../support/report-pods.ts'
import { docker, kubectlOfCluster, ownNamespace, serviceContainer } from '../support/test-cluster.ts'

const NAMESPACE = 'e2e-identity'
const kubectl = kubectlOfCluster()
const pods = new ReportPods(kubectl, NAMESPACE)
const domain = `${NAMESPACE}.svc.cluster.local`
const sleep = 'exec sleep 1000'

const hostsHead = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`
const hostAliases = [
  { ip: '192.0.2.7', hostnames: ['db.example', 'db'] },
  { ip: '192.0.2.8', hostnames: ['cache'] },
]
const aliases = '\n# Entries added by HostAliases.\n192.0.2.7\tdb.example\tdb\n192.0.2.8\tcache\n'

/** What pods are called: what they ask for, what `hostname` and /etc/hostname say, and what their hosts file calls them. */
const names: Readonly<Record<string, { spec: object; hostname: string; hosts: string; more?: string }>> = {
  plain: { spec: {}, hostname: 'plain', hosts: 'plain' },
  aliased: { spec: { hostAliases, hostname: 'front' }, hostname: 'front', hosts: 'front', more: aliases },
  sub: { spec: { subdomain: 'web' }, hostname: 'sub', hosts: `sub.web.${domain}\tsub` },
  full: { spec: { subdomain: 'web', setHostnameAsFQDN: true }, hostname: `full.web.${domain}`, hosts: `full.web.${domain}\tfull` },
  override: { spec: { subdomain: 'web', hostnameOverride: 'other.example' }, hostname: 'other.example', hosts: 'other.example' },
}

const searches = (count: number) => Array.from({ length: count }, (_, index) => `s${index}.example`)
const clusterSearches = `${domain} svc.cluster.local cluster.local`
/** The resolvers of pods; `%D` stands for the address of the cluster's DNS, `%N` for what the node's file says. */
const resolvers: Readonly<Record<string, { spec: object; expected: string }>> = {
  'dns-cluster': { spec: {}, expected: `search ${clusterSearches}\nnameserver %D\noptions ndots:5\n` },
  'dns-default': { spec: { dnsPolicy: 'Default' }, expected: '%N' },
  'dns-none': {
    spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['192.0.2.1'], searches: ['a.example'], options: [{ name: 'edns0' }] } },
    expected: 'search a.example\nnameserver 192.0.2.1\noptions edns0\n',
  },
  'dns-merged': {
    spec: {
      dnsConfig: { nameservers: ['192.0.2.1'], searches: ['a.example'], options: [{ name: 'ndots', value: '2' }, { name: 'rotate' }] },
    },
    expected: `search ${clusterSearches} a.example\nnameserver %D\nnameserver 192.0.2.1\noptions ndots:2 rotate\n`,
  },
  'dns-host': { spec: { hostNetwork: true }, expected: '%N' },
  'dns-host-cluster': {
    spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
    expected: `search ${clusterSearches}\nnameserver %D\noptions ndots:5\n`,
  },
  'dns-limits': {
    spec: { dnsConfig: { nameservers: ['192.0.2.1', '192.0.2.2', '192.0.2.3'], searches: searches(30) } },
    expected: `search ${clusterSearches} ${searches(29).join(' ')}\nnameserver %D\nnameserver 192.0.2.1\nnameserver 192.0.2.2\noptions ndots:5\n`,
  },
}

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } })
const amount = (name: string, resource: string, divisor?: string) => ({
  name,
  valueFrom: { resourceFieldRef: { resource, ...(divisor ? { divisor } : {}) } },
})
const fileKey = (name: string, more: object = {}) => ({
  name,
  valueFrom: { fileKeyRef: { volumeName: 'made', path: 'sub/vars.env', key: name, ...more } },
})
const show = (...variables: string[]) => `env | grep -E "^(${variables.join('|')})" | sort`

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'my-web' },
  spec: {
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns-udp', port: 53, protocol: 'UDP' },
    ],
  },
}
const makesFile = {
  volumes: [{ name: 'made', emptyDir: {} }],
  initContainers: [
    {
      name: 'make',
      image: 'busybox:1.36',
      command: ['sh', '-c', `mkdir /made/sub; printf "# made at start\\nFIRST = 'one # two'\\n  LINES='a\\nb'\\n" > /made/sub/vars.env`],
      volumeMounts: [{ name: 'made', mountPath: '/made' }],
    },
  ],
}

describe('the identity of pods on real Docker', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    await pods.create(service, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { plain: 'p', 'with.dot': 'd', 'with-dash': 'h' },
    })
    await pods.create(
      ...Object.entries(names).map(([name, { spec }]) => scriptPod(name, 'hostname; cat /etc/hostname /etc/hosts', { spec })),
      ...Object.entries(resolvers).map(([name, { spec }]) =>
        scriptPod(name, 'cat /etc/resolv.conf', { spec: { nodeName: 'node-1', ...spec } }),
      ),
      scriptPod('a-name-that-is-much-too-long', sleep, { spec: { subdomain: 'for-the-kernel', setHostnameAsFQDN: true } }),
      scriptPod('links', show('MY_WEB', 'KUBERNETES_SERVICE'), {}),
      scriptPod('no-links', show('MY_WEB', 'KUBERNETES_SERVICE'), { spec: { enableServiceLinks: false } }),
      // Shells drop variables of names that they cannot use.
      scriptPod('from', '', {
        container: {
          command: ['env'],
          envFrom: [{ configMapRef: { name: 'settings' } }, { prefix: 'P_', configMapRef: { name: 'settings' } }],
        },
      }),
      scriptPod('from-missing', sleep, { container: { envFrom: [{ configMapRef: { name: 'nowhere' } }] } }),
      scriptPod('fields', show('E_'), {
        container: {
          resources: { requests: { cpu: '100m' }, limits: { cpu: '250m', memory: '32Mi' } },
          env: [
            { name: 'E_A', value: 'a' },
            { name: 'E_B', value: '$(E_A)b $$(E_A) $(E_NONE) $(E_C) $' },
            { name: 'E_C', value: '$(MY_WEB_SERVICE_PORT)' },
            field('E_NAME', 'metadata.name'),
            field('E_NAMESPACE', 'metadata.namespace'),
            field('E_NODE', 'spec.nodeName'),
            field('E_ACCOUNT', 'spec.serviceAccountName'),
            field('E_IP', 'status.podIP'),
            field('E_HOST', 'status.hostIP'),
            amount('E_CPU', 'limits.cpu'),
            amount('E_MILLI', 'requests.cpu', '1m'),
            amount('E_MEMORY', 'limits.memory', '1Mi'),
          ],
        },
      }),
      scriptPod('from-file', `${show('FIRST', 'LINES', 'NONE')}; echo "$LINES"`, {
        spec: makesFile,
        container: { env: [fileKey('FIRST'), fileKey('LINES'), fileKey('NONE', { optional: true })] },
      }),
      scriptPod('from-file-missing', sleep, { spec: makesFile, container: { env: [fileKey('NONE')] } }),
    )
  }, 120_000)
  afterAll(async () => namespace[Symbol.asyncDispose](), 120_000)

  it.each(Object.keys(names))(
    'calls the pod %s what it is to be called, to the byte',
    async name => {
      const { hostname = '', hosts = '', more = '' } = names[name] ?? {}
      const report = await pods.report(name)
      const { podIP } = (await pods.get(name)).status
      expect(report).toBe(`${hostname}\n${hostname}\n${hostsHead}${podIP}\t${hosts}\n${more}`)
    },
    150_000,
  )

  it('does not start a pod whose full name is too long for the kernel', async () => {
    const name = `a-name-that-is-much-too-long.for-the-kernel.${domain}`
    const lengths = `64 characters is the max, ${name.length} characters requested`
    expect(await pods.event('a-name-that-is-much-too-long', 'FailedCreatePodSandBox')).toBe(
      `Failed to create pod sandbox: failed to construct FQDN from pod hostname and cluster domain, FQDN ${name} is too long (${lengths})`,
    )
    expect(await pods.waiting('a-name-that-is-much-too-long', 'ContainerCreating')).toBe('')
  }, 150_000)

  it.each(Object.keys(resolvers))(
    'gives the pod %s the resolver of its policy',
    async name => {
      const node = await serviceContainer('node-1')
      const file = await docker(
        'exec',
        node,
        'sh',
        '-c',
        'grep ^search /etc/resolv.conf; grep ^nameserver /etc/resolv.conf; grep ^options /etc/resolv.conf; true',
      )
      const cidr = (process.env['KUBELING_SERVICE_CIDR'] ?? '10.96.0.0/16').split('/')[0]?.replace(/0$/, '10') ?? ''
      const nodeSearches = /^search (.*)$/m.exec(file)?.[1]
      const expected = (resolvers[name]?.expected ?? '').replace('%D', cidr).replace('%N', file)
      // A machine with search domains of its own passes them on to pods that ask the cluster first.
      const own =
        nodeSearches && expected.includes(clusterSearches)
          ? expected.replace(clusterSearches, `${clusterSearches} ${nodeSearches}`)
          : expected
      expect(await pods.report(name)).toBe(own)
    },
    150_000,
  )

  it('says which resolver settings were too many', async () => {
    await pods.report('dns-limits')
    const { items } = JSON.parse(
      await kubectl(`get events ${pods.in} --field-selector involvedObject.name=dns-limits,reason=DNSConfigForming -o json`),
    ) as {
      items: { message: string; type: string }[]
    }
    expect(items.map(({ type, message }) => `${type} ${message}`).sort()).toEqual([
      expect.stringMatching(
        /^Warning Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: [\d.]+ 192.0.2.1 192.0.2.2$/,
      ),
      expect.stringMatching(
        /^Warning Search Line limits were exceeded, some search paths have been omitted, the applied search line is: .* s28.example$/,
      ),
    ])
  }, 150_000)

  it('tells containers of the services that there are, and always of the API server', async () => {
    const { spec } = JSON.parse(await kubectl(`get service my-web ${pods.in} -o json`)) as { spec: { clusterIP: string } }
    const ip = spec.clusterIP
    const master = (await pods.report('no-links')).split('\n').filter(line => line)
    expect(master).toEqual([
      expect.stringMatching(/^KUBERNETES_SERVICE_HOST=[\d.]+$/),
      'KUBERNETES_SERVICE_PORT=443',
      'KUBERNETES_SERVICE_PORT_HTTPS=443',
    ])
    expect((await pods.report('links')).split('\n').filter(line => line)).toEqual([
      ...master,
      `MY_WEB_PORT=tcp://${ip}:80`,
      `MY_WEB_PORT_53_UDP=udp://${ip}:53`,
      `MY_WEB_PORT_53_UDP_ADDR=${ip}`,
      'MY_WEB_PORT_53_UDP_PORT=53',
      'MY_WEB_PORT_53_UDP_PROTO=udp',
      `MY_WEB_PORT_80_TCP=tcp://${ip}:80`,
      `MY_WEB_PORT_80_TCP_ADDR=${ip}`,
      'MY_WEB_PORT_80_TCP_PORT=80',
      'MY_WEB_PORT_80_TCP_PROTO=tcp',
      `MY_WEB_SERVICE_HOST=${ip}`,
      'MY_WEB_SERVICE_PORT=80',
      'MY_WEB_SERVICE_PORT_DNS_UDP=53',
      'MY_WEB_SERVICE_PORT_HTTP=80',
    ])
  }, 150_000)

  it('sets variables of whole ConfigMaps, whatever their keys are', async () => {
    const variables = (await pods.report('from')).split('\n')
    const expected = ['P_plain=p', 'P_with-dash=h', 'P_with.dot=d', 'plain=p', 'with-dash=h', 'with.dot=d']
    expect(variables).toEqual(expect.arrayContaining(expected))
    expect(await pods.waiting('from-missing', 'CreateContainerConfigError')).toBe('configmap "nowhere" not found')
    expect(await pods.event('from-missing', 'Failed')).toBe('Error: configmap "nowhere" not found')
  }, 150_000)

  it('expands variables, and gives fields of the pod and resources of the container', async () => {
    const report = await pods.report('fields')
    const { spec, status } = await pods.get('fields')
    expect(report).toBe(`E_A=a
E_ACCOUNT=default
E_B=ab $(E_A) $(E_NONE) $(E_C) $
E_C=80
E_CPU=1
E_HOST=${status.hostIP}
E_IP=${status.podIP}
E_MEMORY=32
E_MILLI=100
E_NAME=fields
E_NAMESPACE=${NAMESPACE}
E_NODE=${spec.nodeName}
`)
  }, 150_000)

  it('reads variables from a file that an init container made', async () => {
    expect(await pods.report('from-file')).toBe('FIRST=one # two\nLINES=a\na\nb\n')
    const why = 'environment variable key "NONE" not found in file "sub/vars.env"'
    expect(await pods.waiting('from-file-missing', 'CreateContainerConfigError')).toBe(why)
  }, 150_000)
})
