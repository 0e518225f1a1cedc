import { describe, expect, it } from '@jest/globals'
import type { Answer, RecordType } from 'dns-packet'
import { answer } from './answer.ts'
import { serviceOf, sliceOf, viewOf } from './testing.ts'

const zone = { domain: 'cluster.local', address: '10.96.0.10' }
const http = { name: 'http', protocol: 'TCP', port: 80 }
const view = viewOf(
  [
    serviceOf('web', { clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20'], ports: [http, { name: 'dns', protocol: 'UDP', port: 53 }] }),
    serviceOf('db', { clusterIP: 'None', clusterIPs: ['None'], ports: [{ name: 'sql', protocol: 'TCP', port: 5432 }] }),
    serviceOf('bare', { clusterIP: 'None', clusterIPs: ['None'] }),
    serviceOf('empty', { clusterIP: 'None', clusterIPs: ['None'] }),
    serviceOf('outside', { type: 'ExternalName', externalName: 'My.Example.com' }),
    serviceOf('inside', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
    serviceOf('web', { clusterIP: '10.96.0.30', clusterIPs: ['10.96.0.30'], ports: [http] }, 'other'),
  ],
  [
    sliceOf('web', { endpoints: [{ addresses: ['10.244.1.9'], conditions: {} }], ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] }),
    sliceOf('db', {
      endpoints: [
        { addresses: ['10.244.1.5'], hostname: 'db-0', conditions: { ready: true } },
        { addresses: ['10.244.2.6'], hostname: 'db-1', conditions: {} },
        { addresses: ['10.244.2.7'], hostname: 'db-2', conditions: { ready: false } },
      ],
      ports: [{ name: 'sql', protocol: 'TCP', port: 5432 }],
    }),
    sliceOf('bare', { endpoints: [{ addresses: ['10.244.3.1'], conditions: { ready: true } }] }),
    sliceOf('empty', { endpoints: [] }),
  ],
)

const textOf = (record: Answer): string => {
  if (record.type === 'SRV') {
    const { weight = 0, port, target } = record.data
    return `SRV ${weight} ${port} ${target}`
  }
  return 'data' in record ? `${record.type} ${typeof record.data === 'string' ? record.data : '…'}` : record.type
}
const ask = (type: RecordType, name: string) => {
  const found = answer({ type, name }, view, zone)
  if (found.type === 'forward') return 'forward'
  const follow = found.follow === undefined ? [] : [`follow ${found.follow}`]
  return [found.code, ...found.answers.map(textOf), ...follow].join('; ')
}

describe('the cluster', () => {
  it.each<[RecordType, string, string]>([
    ['A', 'web.default.svc.cluster.local', 'NOERROR; A 10.96.0.20'],
    ['A', 'web.other.svc.cluster.local.', 'NOERROR; A 10.96.0.30'],
    ['A', 'WEB.Default.SVC.Cluster.Local', 'NOERROR; A 10.96.0.20'],
    ['AAAA', 'web.default.svc.cluster.local', 'NOERROR'],
    ['A', 'nobody.default.svc.cluster.local', 'NXDOMAIN'],
    ['A', 'web.nowhere.svc.cluster.local', 'NXDOMAIN'],
    ['A', 'example.com.default.svc.cluster.local', 'NXDOMAIN'],
    // Ports
    ['SRV', '_http._tcp.web.default.svc.cluster.local', 'NOERROR; SRV 100 80 web.default.svc.cluster.local'],
    ['SRV', '_dns._udp.web.default.svc.cluster.local', 'NOERROR; SRV 100 53 web.default.svc.cluster.local'],
    ['SRV', '_http._udp.web.default.svc.cluster.local', 'NXDOMAIN'],
    ['SRV', 'web.default.svc.cluster.local', 'NOERROR; SRV 50 80 web.default.svc.cluster.local; SRV 50 53 web.default.svc.cluster.local'],
    [
      'SRV',
      '_sql._tcp.db.default.svc.cluster.local',
      'NOERROR; SRV 50 5432 db-0.db.default.svc.cluster.local; SRV 50 5432 db-1.db.default.svc.cluster.local',
    ],
    // Headless services and their endpoints
    ['A', 'db.default.svc.cluster.local', 'NOERROR; A 10.244.1.5; A 10.244.2.6'],
    ['A', 'bare.default.svc.cluster.local', 'NOERROR; A 10.244.3.1'],
    ['A', 'empty.default.svc.cluster.local', 'NXDOMAIN'],
    ['A', 'db-1.db.default.svc.cluster.local', 'NOERROR; A 10.244.2.6'],
    ['A', 'db-2.db.default.svc.cluster.local', 'NXDOMAIN'],
    ['AAAA', 'db-1.db.default.svc.cluster.local', 'NOERROR'],
    ['A', '10-244-3-1.bare.default.svc.cluster.local', 'NOERROR; A 10.244.3.1'],
    ['A', '10-244-1-9.web.default.svc.cluster.local', 'NOERROR; A 10.244.1.9'],
    // Aliases
    ['A', 'outside.default.svc.cluster.local', 'NOERROR; CNAME my.example.com; follow my.example.com'],
    ['CNAME', 'outside.default.svc.cluster.local', 'NOERROR; CNAME my.example.com'],
    ['A', 'inside.default.svc.cluster.local', 'NOERROR; CNAME web.default.svc.cluster.local; A 10.96.0.20'],
    // Pods
    ['A', '10-244-1-5.default.pod.cluster.local', 'NOERROR; A 10.244.1.5'],
    ['A', '10-244-1.default.pod.cluster.local', 'NXDOMAIN'],
    ['A', 'x.10-244-1-5.default.pod.cluster.local', 'NXDOMAIN'],
    // Addresses
    ['PTR', '20.0.96.10.in-addr.arpa', 'NOERROR; PTR web.default.svc.cluster.local'],
    ['PTR', '5.1.244.10.in-addr.arpa', 'NOERROR; PTR db-0.db.default.svc.cluster.local'],
    ['PTR', '7.2.244.10.in-addr.arpa', 'forward'],
    ['PTR', '1.3.244.10.in-addr.arpa', 'forward'],
    ['PTR', '8.8.8.8.in-addr.arpa', 'forward'],
    // Names with names below them
    ['A', 'default.svc.cluster.local', 'NOERROR'],
    ['A', 'svc.cluster.local', 'NOERROR'],
    ['A', 'cluster.local', 'NOERROR'],
    ['NS', 'cluster.local', 'NOERROR; NS ns.dns.cluster.local'],
    ['SOA', 'cluster.local', 'NOERROR; SOA …'],
    ['A', 'ns.dns.cluster.local', 'NOERROR; A 10.96.0.10'],
    ['TXT', 'dns-version.cluster.local', 'NOERROR; TXT 1.1.0'],
    ['A', 'something.cluster.local', 'NXDOMAIN'],
    ['A', 'example.com', 'forward'],
    ['A', 'notcluster.local', 'forward'],
    ['A', '.', 'forward'],
  ])('answers %s %s with %s', (type, name, expected) => {
    expect(ask(type, name)).toBe(expected)
  })

  it('says how long an answer holds, and that there is none, and sends addresses along with hosts', () => {
    expect(answer({ type: 'A', name: 'Web.default.svc.cluster.local' }, view, zone)).toMatchObject({
      answers: [{ name: 'Web.default.svc.cluster.local', ttl: 30 }],
    })
    expect(answer({ type: 'A', name: 'no.default.svc.cluster.local' }, view, zone)).toMatchObject({
      authorities: [{ type: 'SOA', name: 'cluster.local', ttl: 30, data: { mname: 'ns.dns.cluster.local', minimum: 30 } }],
    })
    expect(answer({ type: 'SRV', name: '_sql._tcp.db.default.svc.cluster.local' }, view, zone)).toMatchObject({
      additional: [
        { type: 'A', name: 'db-0.db.default.svc.cluster.local', data: '10.244.1.5' },
        { type: 'A', name: 'db-1.db.default.svc.cluster.local', data: '10.244.2.6' },
      ],
    })
  })
})
