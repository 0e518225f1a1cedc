import { describe, expect, it } from '@jest/globals'
import type { NetworkPolicy } from '../../api/networking/network-policy.ts'
import type { PolicyPod } from './policy-pods.ts'
import { policyTable } from './policy-table.ts'

const pod = (namespace: string, name: string, address: string, more: Partial<PolicyPod> = {}): PolicyPod => ({
  uid: name,
  namespace,
  labels: { app: name },
  address,
  node: 'node-1',
  ports: [],
  ...more,
})
const web = pod('shop', 'web', '10.0.1.2', { ports: [{ name: 'http', protocol: 'tcp', port: 8080 }] })
const shopClient = pod('shop', 'client', '10.0.1.3')
const far = pod('shop', 'far', '10.0.2.4', { node: 'node-2', ports: [{ name: 'http', protocol: 'tcp', port: 80 }] })
const stranger = pod('other', 'client', '10.0.2.5', { node: 'node-2' })
const pods = [web, shopClient, far, stranger]
const namespaces = new Map([
  ['shop', { 'kubernetes.io/metadata.name': 'shop', team: 'a' }],
  ['other', { 'kubernetes.io/metadata.name': 'other', team: 'b' }],
  ['kube-system', { 'kubernetes.io/metadata.name': 'kube-system' }],
])

const policy = (spec: Partial<NetworkPolicy['spec']>, name = 'p', namespace = 'shop') =>
  ({ metadata: { name, namespace }, spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec } }) as NetworkPolicy

/** The table in readable form: what each isolated pod of the node may have, with the sets written out. */
function read(...policies: NetworkPolicy[]) {
  const table = policyTable({ policies, pods, namespaces }, { nodeName: 'node-1', clusterDns: '10.96.0.10' })
  const rules = (verdict: string) =>
    (table.chains.get(verdict.replace('jump ', '')) ?? [])
      .filter(line => line !== 'counter drop')
      .map(line =>
        line.replace(/@([\w-]+)/g, (_, name: string) => `[${table.sets.get(name)?.elements.join(' ')}]`).replace(/ ?return$/, ''),
      )
  const direction = (name: string) =>
    Object.fromEntries([...(table.maps.get(name) ?? [])].map(([address, verdict]) => [address, rules(verdict)]))
  return { ingress: direction('ingress'), egress: direction('egress') }
}
const onlyWeb = { podSelector: { matchLabels: { app: 'web' } } }
const inbound = (...policies: NetworkPolicy[]) => read(...policies).ingress['10.0.1.2']
const peers = (...from: NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['from']>) =>
  inbound(policy({ ...onlyWeb, ingress: [{ from }] }))
const ports = (...list: NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['ports']>) =>
  inbound(policy({ ...onlyWeb, ingress: [{ ports: list }] }))

describe('the rules of network policies', () => {
  it('isolate only the pods of this node that a policy selects, and only for its directions', () => {
    expect(read()).toEqual({ ingress: {}, egress: {} })
    expect(read(policy({}))).toEqual({ ingress: { '10.0.1.2': [], '10.0.1.3': [] }, egress: {} })
    expect(read(policy({ policyTypes: ['Egress'] }))).toEqual({ ingress: {}, egress: { '10.0.1.2': [], '10.0.1.3': [] } })
    expect(read(policy(onlyWeb))).toEqual({ ingress: { '10.0.1.2': [] }, egress: {} })
    expect(read(policy({}, 'p', 'other'))).toEqual({ ingress: {}, egress: {} })
  })

  it.each([
    ['pods of the own namespace', [{ podSelector: { matchLabels: { app: 'client' } } }], ['ip saddr [10.0.1.3]']],
    ['all pods of namespaces', [{ namespaceSelector: { matchLabels: { team: 'b' } } }], ['ip saddr [10.0.2.5]']],
    ['pods of namespaces', [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'client' } } }], ['ip saddr [10.0.1.3 10.0.2.5]']],
    [
      'either of two',
      [{ podSelector: { matchLabels: { app: 'far' } } }, { ipBlock: { cidr: '192.0.2.0/24' } }],
      ['ip saddr [10.0.2.4]', 'ip saddr 192.0.2.0/24'],
    ],
    [
      'a range with holes, one of them within another',
      [{ ipBlock: { cidr: '10.9.8.7/8', except: ['10.1.2.0/24', '10.1.0.0/16', '10.3.0.0/16'] } }],
      ['ip saddr 10.0.0.0/8 ip saddr != { 10.1.0.0/16, 10.3.0.0/16 }'],
    ],
    ['every address', [{ ipBlock: { cidr: '0.0.0.0/0' } }], ['']],
    ['nobody in IPv6', [{ ipBlock: { cidr: '2001:db8::/64' } }], []],
    ['nobody who is not there', [{ podSelector: { matchLabels: { app: 'none' } } }], ['ip saddr []']],
  ])('let in %s', (...[, from, rules]) => {
    expect(peers(...from)).toEqual(rules)
  })

  it.each([
    ['everything, without any', [], ['']],
    ['numbers together', [{ port: 80 }, { port: 443, protocol: 'TCP' as const }], ['meta l4proto tcp th dport { 80, 443 }']],
    [
      'each protocol by itself',
      [{ port: 53, protocol: 'UDP' as const }, { port: 53 }],
      ['meta l4proto udp th dport { 53 }', 'meta l4proto tcp th dport { 53 }'],
    ],
    [
      'ranges, merged',
      [{ port: 8000, endPort: 8100 }, { port: 8050, endPort: 8200 }, { port: 8201 }],
      ['meta l4proto tcp th dport { 8000-8201 }'],
    ],
    ['a protocol as a whole', [{ protocol: 'SCTP' as const }], ['meta l4proto sctp']],
    ['names, as each pod has them', [{ port: 'http' }], ['meta l4proto tcp ip daddr . th dport [10.0.1.2 . 8080 10.0.2.4 . 80]']],
    ['nothing under a name that no pod has', [{ port: 'metrics' }], ['meta l4proto tcp ip daddr . th dport []']],
  ])('open ports: %s', (...[, list, rules]) => {
    expect(ports(...list)).toEqual(rules)
  })

  it('combine every peer with every port, and add up over rules and policies', () => {
    const a = policy(
      {
        ...onlyWeb,
        ingress: [
          { from: [{ podSelector: {} }, { ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 1 }, { protocol: 'UDP', port: 2 }] },
        ],
      },
      'a',
    )
    const b = policy({ ingress: [{ ports: [{ port: 3 }] }, {}] }, 'b')
    expect(read(b, a)).toEqual({
      ingress: {
        '10.0.1.2': [
          'ip saddr [10.0.1.2 10.0.1.3 10.0.2.4] meta l4proto tcp th dport { 1 }',
          'ip saddr [10.0.1.2 10.0.1.3 10.0.2.4] meta l4proto udp th dport { 2 }',
          'ip saddr 192.0.2.0/24 meta l4proto tcp th dport { 1 }',
          'ip saddr 192.0.2.0/24 meta l4proto udp th dport { 2 }',
          'meta l4proto tcp th dport { 3 }',
          '',
        ],
        '10.0.1.3': ['meta l4proto tcp th dport { 3 }', ''],
      },
      egress: {},
    })
  })

  it('look at the receiver on the way out, names of ports included', () => {
    const out = policy({
      ...onlyWeb,
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'far' } } }], ports: [{ port: 'http' }] }],
    })
    expect(read(out)).toEqual({
      ingress: {},
      egress: { '10.0.1.2': ['ip daddr [10.0.2.4] meta l4proto tcp ip daddr . th dport [10.0.1.2 . 8080 10.0.2.4 . 80]'] },
    })
  })

  it('know the cluster DNS as a pod of kube-system', () => {
    const to = [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ]
    const dns = policy({
      ...onlyWeb,
      policyTypes: ['Egress'],
      egress: [{ to, ports: [{ protocol: 'UDP', port: 53 }, { port: 'dns-tcp' }] }],
    })
    expect(read(dns).egress['10.0.1.2']).toEqual([
      'ip daddr [10.96.0.10] meta l4proto udp th dport { 53 }',
      'ip daddr [10.96.0.10] meta l4proto tcp ip daddr . th dport [10.96.0.10 . 53]',
    ])
  })

  it('are shared: pods with the same policies have one chain, the same selectors one set', () => {
    const from = [{ podSelector: { matchLabels: { app: 'client' } } }]
    const table = policyTable(
      { policies: [policy({ ingress: [{ from }] }, 'a'), policy({ ingress: [{ from, ports: [{ port: 1 }] }] }, 'b')], pods, namespaces },
      { nodeName: 'node-1', clusterDns: '10.96.0.10' },
    )
    expect(table.chains.size).toBe(1)
    expect([...table.sets.keys()].filter(name => name.startsWith('pods-'))).toHaveLength(1)
    expect(table.sets.get('itself')?.elements).toEqual(['10.0.1.2 . 10.0.1.2', '10.0.1.3 . 10.0.1.3'])
  })
})
