import { describe, expect, it } from '@jest/globals'
import type { PodSpec } from '../../api/core/pod-spec.ts'
import { boundPod } from '../testing/scenario.ts'
import { parseResolvConf, podDns } from './pod-dns.ts'

const node = { servers: ['192.0.2.53'], searches: ['example.com'], options: ['ndots:1', 'rotate'] }
const dnsOf = (spec: Partial<PodSpec>) => podDns(boundPod('p', spec), { clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local', node })
const cluster = {
  servers: ['10.96.0.10'],
  searches: ['behave.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'example.com'],
  options: ['ndots:5'],
}

describe('podDns', () => {
  it.each<[Partial<PodSpec>, object]>([
    [{ dnsPolicy: 'ClusterFirst' }, cluster],
    [{ dnsPolicy: 'ClusterFirst', hostNetwork: true }, node],
    [{ dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }, cluster],
    [{ dnsPolicy: 'Default' }, node],
    [
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } },
      { servers: ['1.1.1.1'], searches: [], options: [] },
    ],
    [
      {
        dnsPolicy: 'ClusterFirst',
        dnsConfig: {
          nameservers: ['10.96.0.10', '1.1.1.1'],
          searches: ['example.com', 'more.example'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }, { name: 'debug', value: '' }],
        },
      },
      {
        servers: ['10.96.0.10', '1.1.1.1'],
        searches: [...cluster.searches, 'more.example'],
        options: ['ndots:2', 'edns0', 'debug'],
      },
    ],
  ])('of %j', (spec, expected) => {
    expect(dnsOf(spec)).toEqual({ dns: expected, warnings: [] })
  })

  it('leaves out name servers beyond the third, and says so', () => {
    const { dns, warnings } = dnsOf({ dnsConfig: { nameservers: ['1.1.1.1', '2.2.2.2', '3.3.3.3'] } })
    expect(dns.servers).toEqual(['10.96.0.10', '1.1.1.1', '2.2.2.2'])
    expect(warnings).toEqual([
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10 1.1.1.1 2.2.2.2',
    ])
  })

  it.each([
    ['more than 32 domains', Array.from({ length: 31 }, (_, index) => `d${index}.example`), 32],
    ['a domain that is too long', ['a.example', `${'x'.repeat(254)}`, 'b.example'], 6],
    ['more than 2048 characters', Array.from({ length: 12 }, (_, index) => `${'x'.repeat(198)}${index % 10}`), 13],
  ])('cuts %s, and says so', (_, searches, left) => {
    const { dns, warnings } = dnsOf({ dnsConfig: { searches } })
    expect(dns.searches).toHaveLength(left)
    expect(dns.searches.join(' ').length).toBeLessThanOrEqual(2048)
    expect(warnings).toEqual([
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${dns.searches.join(' ')}`,
    ])
  })
})

describe('parseResolvConf', () => {
  it('adds up name servers, and takes the last searches and options', () => {
    const text =
      '# comment\nnameserver 1.1.1.1\nsearch old.example\n nameserver\t2.2.2.2\nsearch a.example. b.example\noptions ndots:1\noptions rotate ndots:2\n'
    expect(parseResolvConf(text)).toEqual({
      servers: ['1.1.1.1', '2.2.2.2'],
      searches: ['a.example', 'b.example'],
      options: ['rotate', 'ndots:2'],
    })
    expect(parseResolvConf('')).toEqual({ servers: [], searches: [], options: [] })
  })
})
