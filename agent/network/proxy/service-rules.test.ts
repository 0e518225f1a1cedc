import { describe, expect, it } from '@jest/globals'
import { at, draining, onAnotherNode, onThisNode, rulesOf, serviceOf, sliceOf, tableOf, unready } from './testing.ts'

const address = '10.96.0.20 . tcp . 80'
const nodePort = '172.30.0.2 . tcp . 30080'
const near = at('10.244.1.5', onThisNode)
const far = at('10.244.2.6', onAnotherNode)
const ports = [{ port: 80, protocol: 'TCP' as const, targetPort: 8080, nodePort: 30080 }]
const local = { type: 'NodePort' as const, ports, externalTrafficPolicy: 'Local' as const }

/** What the table has for one address and port. */
function answer(key: string, ...args: Parameters<typeof rulesOf>) {
  const { maps, chains } = tableOf(rulesOf(...args))
  const of = (map: ReadonlyMap<string, string>) => [...map].filter(([name]) => name.startsWith(`${key} . `)).map(([, value]) => value)
  const verdict = maps.services.get(key)
  return {
    verdict,
    refusal: maps['no-endpoints'].get(key),
    endpoints: of(maps.endpoints),
    local: of(maps['local-endpoints']),
    firewall: maps.firewalls.get(key),
    chain: chains.get(verdict?.replace('goto ', '') ?? ''),
    chains,
    hairpins: [...maps.hairpins.keys()],
  }
}

describe('the rules of a service', () => {
  it('lead its address to one of its ready endpoints, through a chain that all services with as many share', () => {
    const { verdict, endpoints, chain } = answer(address, serviceOf(), [sliceOf([far, near, at('10.244.1.9', unready)])])
    expect(verdict).toBe('goto pick-2')
    expect(endpoints).toEqual(['10.244.1.5 . 8080', '10.244.2.6 . 8080'])
    expect(chain).toEqual([
      'meta mark set numgen random mod 2 dnat ip to ip daddr . meta l4proto . th dport . meta mark map @endpoints',
      'meta mark set 0 dnat ip to ip daddr . meta l4proto . th dport . meta mark map @endpoints',
    ])
  })

  it('are the same whatever the order of endpoints and slices', () => {
    expect(tableOf(rulesOf(serviceOf(), [sliceOf([near]), sliceOf([far])]))).toEqual(tableOf(rulesOf(serviceOf(), [sliceOf([far, near])])))
  })

  it.each([
    ['refuse where there is no endpoint', [], 'goto refuse'],
    ['refuse where none is ready', [at('10.244.1.5', unready)], 'goto refuse'],
  ])('%s', (_, endpoints, refusal) => {
    expect(answer(address, serviceOf(), [sliceOf(endpoints)])).toMatchObject({ verdict: undefined, refusal, endpoints: [] })
  })

  it('fall back to endpoints that end but still serve when none is ready', () => {
    const ending = at('10.244.2.6', { ...onAnotherNode, ...draining })
    expect(answer(address, serviceOf(), [sliceOf([ending, near])]).endpoints).toEqual(['10.244.1.5 . 8080'])
    expect(answer(address, serviceOf(), [sliceOf([ending])]).endpoints).toEqual(['10.244.2.6 . 8080'])
  })

  it('take an endpoint that moves between slices for one, in the better of both states', () => {
    const slices = [sliceOf([at('10.244.1.5', { ...onThisNode, ...unready })]), sliceOf([near])]
    expect(answer(address, serviceOf(), slices).endpoints).toEqual(['10.244.1.5 . 8080'])
  })

  it('find the number of a named port in each slice', () => {
    const named = serviceOf({ ports: [{ name: 'web', port: 80, protocol: 'TCP', targetPort: 'http' }] })
    const slices = [
      sliceOf([near], [{ name: 'web', port: 8080, protocol: 'TCP' }]),
      sliceOf([far], [{ name: 'web', port: 9090, protocol: 'TCP' }]),
      sliceOf([at('10.244.3.7')], [{ name: 'other', port: 1, protocol: 'TCP' }]),
    ]
    expect(answer(address, named, slices).endpoints).toEqual(['10.244.1.5 . 8080', '10.244.2.6 . 9090'])
  })

  it.each(['UDP', 'SCTP'] as const)('speak %s', protocol => {
    const port = { port: 53, protocol, targetPort: 53 }
    const { verdict } = answer(`10.96.0.20 . ${protocol.toLowerCase()} . 53`, serviceOf({ ports: [port] }), [
      sliceOf([near], [{ name: '', port: 53, protocol }]),
    ])
    expect(verdict).toBe('goto pick-1')
  })

  it('leave headless services and external names to DNS', () => {
    for (const spec of [
      { clusterIP: 'None', clusterIPs: ['None'] },
      { type: 'ExternalName' as const, clusterIPs: [] },
    ]) {
      expect(rulesOf(serviceOf(spec), [sliceOf([near])]).frontends.size).toBe(0)
    }
  })

  it('open node ports at every address of the node and external IPs, for outsiders under the name of the node', () => {
    const service = serviceOf({ type: 'NodePort', ports, externalIPs: ['192.0.2.7'] })
    for (const key of [nodePort, '10.244.1.1 . tcp . 30080', '192.0.2.7 . tcp . 80']) {
      const { verdict, chain, endpoints } = answer(key, service, [sliceOf([near, far])])
      expect({ verdict, endpoints: endpoints.length }).toEqual({ verdict: 'goto external-pick-2', endpoints: 2 })
      expect(chain).toEqual(['ct mark set ct mark | 0x4000', 'goto pick-2'])
    }
    expect(answer(nodePort, serviceOf({ ports }), [sliceOf([near])]).verdict).toBeUndefined()
  })

  it('know addresses of load balancers that packets keep, not those of proxies', () => {
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.8' }, { ip: '127.0.0.1', ipMode: 'Proxy' as const }] } }
    const service = serviceOf({ type: 'LoadBalancer', ports, loadBalancerSourceRanges: ['198.51.100.0/24'] }, status)
    const { verdict, firewall, chains } = answer('192.0.2.8 . tcp . 80', service, [sliceOf([near])])
    expect(verdict).toBe('goto external-pick-1')
    expect(chains.get(firewall?.replace('goto ', '') ?? '')).toEqual([
      'ip saddr { 172.30.0.2, 10.244.1.1 } return',
      'ip saddr != { 198.51.100.0/24 } drop',
    ])
    expect(answer('127.0.0.1 . tcp . 80', service, [sliceOf([near])]).verdict).toBeUndefined()
    expect(answer(nodePort, service, [sliceOf([near])]).firewall).toBeUndefined()
  })

  it('lead outsiders under externalTrafficPolicy Local to this node alone and leave them their address; clients inside go anywhere', () => {
    const found = answer(nodePort, serviceOf(local), [sliceOf([near, far])])
    expect(found).toMatchObject({ endpoints: ['10.244.1.5 . 8080', '10.244.2.6 . 8080'], local: ['10.244.1.5 . 8080'] })
    expect(found.chain).toEqual([
      'ip saddr 10.244.0.0/16 goto pick-2',
      'fib saddr type local ct mark set ct mark | 0x4000 goto pick-2',
      'goto pick-local-1',
    ])
    expect(answer(address, serviceOf(local), [sliceOf([near, far])]).verdict).toBe('goto pick-2')
  })

  it('drop what a policy keeps from going anywhere, and refuse where there is nothing at all', () => {
    expect(answer(nodePort, serviceOf(local), [sliceOf([far])])).toMatchObject({ refusal: 'drop', endpoints: ['10.244.2.6 . 8080'] })
    expect(answer(nodePort, serviceOf(local), [])).toMatchObject({ refusal: 'goto refuse', verdict: undefined })
    const inside = serviceOf({ internalTrafficPolicy: 'Local' })
    expect(answer(address, inside, [sliceOf([far])])).toMatchObject({ refusal: 'drop', verdict: undefined })
    expect(answer(address, inside, [])).toMatchObject({ refusal: 'goto refuse' })
  })

  it('keep clients inside to this node under internalTrafficPolicy Local', () => {
    const found = answer(address, serviceOf({ internalTrafficPolicy: 'Local' }), [sliceOf([near, far])])
    expect(found).toMatchObject({ verdict: 'goto pick-local-1', local: ['10.244.1.5 . 8080'], endpoints: [] })
  })

  it('let a local endpoint that ends but serves answer under policy Local while others are on other nodes', () => {
    const ending = at('10.244.1.5', { ...onThisNode, ...draining })
    const found = answer(nodePort, serviceOf(local), [sliceOf([ending, far])])
    expect(found).toMatchObject({ endpoints: ['10.244.2.6 . 8080'], local: ['10.244.1.5 . 8080'] })
  })

  it.each([
    ['prefer the zone of the node', [{ zones: ['a'] }, { zones: ['b'] }], ['10.244.1.1 . 8080']],
    [
      'prefer the node to its zone',
      [
        { zones: ['a'], nodes: ['node-1'] },
        { zones: ['a'], nodes: ['node-2'] },
      ],
      ['10.244.1.1 . 8080'],
    ],
    [
      'fall back to the zone',
      [
        { zones: ['a'], nodes: ['node-3'] },
        { zones: ['b'], nodes: ['node-2'] },
      ],
      ['10.244.1.1 . 8080'],
    ],
    ['ignore hints that are not complete', [{ zones: ['a'] }, {}], ['10.244.1.1 . 8080', '10.244.1.2 . 8080']],
    ['ignore hints that are for others', [{ zones: ['b'] }, { zones: ['c'] }], ['10.244.1.1 . 8080', '10.244.1.2 . 8080']],
  ])('%s', (_, hints: { zones?: string[]; nodes?: string[] }[], expected) => {
    const named = (names: string[] = []) => names.map(name => ({ name }))
    const endpoints = hints.map(({ zones, nodes }, index) =>
      at(`10.244.1.${index + 1}`, {
        hints: { ...(zones ? { forZones: named(zones) } : {}), ...(nodes ? { forNodes: named(nodes) } : {}) },
      }),
    )
    expect(answer(address, serviceOf(), [sliceOf(endpoints)], 'a').endpoints).toEqual(expected)
  })

  it('bring clients back to where they were under session affinity', () => {
    const service = serviceOf({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } })
    const part = rulesOf(service, [sliceOf([near, far])])
    const chain = tableOf(part).maps.services.get(address)?.replace('goto ', '') ?? ''
    const [first = '', second = '', choice = ''] = part.chains.get(chain) ?? []
    expect(first).toMatch(/^ip saddr @clients-\w+-60-10\.244\.1\.5-8080 goto endpoint-\w+-60-10\.244\.1\.5-8080$/)
    expect(second).toContain('10.244.2.6')
    expect(choice).toMatch(/^numgen random mod 2 vmap \{ 0 : goto endpoint-\S+, 1 : goto endpoint-\S+ \}$/)
    expect([...part.clients.values()]).toEqual([60, 60])
    const endpoint = [...part.chains].find(([name]) => name.startsWith('endpoint-') && name.includes('10.244.1.5'))
    expect(endpoint?.[1]).toEqual([
      expect.stringMatching(/^update @clients-\S+ \{ ip saddr \}$/),
      'meta l4proto tcp dnat to 10.244.1.5:8080',
    ])
  })

  it('masquerade pods of this node that reach themselves', () => {
    expect(answer(address, serviceOf(), [sliceOf([near, far])]).hairpins).toEqual(['10.244.1.5 . 10.244.1.5'])
  })

  it('give an address that two services claim to the first', () => {
    const first = rulesOf(serviceOf({ externalIPs: ['192.0.2.7'] }), [])
    const second = rulesOf(serviceOf({ clusterIPs: ['10.96.0.21'], externalIPs: ['192.0.2.7'] }), [sliceOf([near])])
    const { maps } = tableOf(first, second)
    expect(maps['no-endpoints'].get('192.0.2.7 . tcp . 80')).toBe('goto refuse')
    expect(maps.services.has('192.0.2.7 . tcp . 80')).toBe(false)
    expect(maps.services.get('10.96.0.21 . tcp . 80')).toBe('goto pick-1')
  })
})
