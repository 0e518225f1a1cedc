import { describe, expect, it } from '@jest/globals'
import { datagramsDiffer, parseFlows, staleFlows } from './stale-flows.ts'

const line = (asked: string, answered: string) =>
  `udp      17 21 src=10.244.1.5 dst=${asked} sport=40000 dport=53 [UNREPLIED] src=${answered} dst=10.244.1.5 sport=5353 dport=40000 mark=0 use=1`
const rules = (endpoints: Readonly<Record<string, readonly string[]>>) => ({
  datagrams: new Map(
    Object.entries(endpoints).map(([address, list]) => [`${address} . udp . 53`, new Set(list.map(ip => `${ip} . 5353`))]),
  ),
})
const service = '10.96.0.20'
const none = rules({})

describe('flows over UDP', () => {
  it('are read from what conntrack lists', () => {
    expect(parseFlows(`${line(service, '10.244.2.6')}\nsomething else\n`)).toEqual([
      { address: service, port: '53', endpointAddress: '10.244.2.6', endpointPort: '5353' },
    ])
  })

  it.each([
    ['stay while their endpoint serves', '10.244.2.6', none, rules({ [service]: ['10.244.2.6'] }), 0],
    [
      'are stale when their endpoint no longer serves',
      '10.244.2.6',
      rules({ [service]: ['10.244.2.6'] }),
      rules({ [service]: ['10.244.2.7'] }),
      1,
    ],
    [
      'are stale when they went nowhere before there were endpoints',
      service,
      rules({ [service]: [] }),
      rules({ [service]: ['10.244.2.6'] }),
      1,
    ],
    ['are stale when their service has gone', '10.244.2.6', rules({ [service]: ['10.244.2.6'] }), none, 1],
    ['are not ours when no service had that address', '10.244.2.6', none, rules({ '10.96.0.21': [] }), 0],
  ])('%s', (_, endpoint, from, to, count) => {
    expect(staleFlows(parseFlows(line(service, endpoint)), from, to)).toHaveLength(count)
  })

  it('are looked at only when endpoints changed', () => {
    const before = rules({ [service]: ['10.244.2.6'] })
    expect(datagramsDiffer(before, rules({ [service]: ['10.244.2.6'] }))).toBe(false)
    expect(datagramsDiffer(before, rules({ [service]: ['10.244.2.7'] }))).toBe(true)
    expect(datagramsDiffer(before, none)).toBe(true)
  })
})
