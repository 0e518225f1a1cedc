import { describe, expect, it } from '@jest/globals'
import { parseTunnelEndpoint, tunnelAnnotation } from '../../api/core/node-tunnel.ts'
import type { Node } from '../../api/core/node.ts'
import { neighboursAmong } from './node-network.ts'
import { deviceCommands, planTunnel } from './plan-tunnel.ts'

const remote = { address: '172.30.1.2', podCidr: '10.244.4.0/24', endpoint: { address: '192.168.1.11', port: 8472 } }

describe('the end of a tunnel', () => {
  it.each([
    ['192.168.1.11:8472', { address: '192.168.1.11', port: 8472 }],
    ['192.168.1.11', undefined],
    ['192.168.1.999:1', undefined],
    ['192.168.1.11:0', undefined],
    ['192.168.1.11:65536', undefined],
    ['machine:8472', undefined],
    ['', undefined],
  ])('%j is %j', (text, expected) => expect(parseTunnelEndpoint(text)).toEqual(expected))
})

describe('the neighbours of a node', () => {
  const node = (name: string, address: string, { podCIDR = '10.244.4.0/24', tunnel = '' } = {}) =>
    ({
      metadata: { name, annotations: tunnel ? { [tunnelAnnotation]: tunnel } : {} },
      spec: { podCIDR },
      status: { addresses: [{ type: 'InternalIP', address }] },
    }) as unknown as Node

  it('are next to it in its network, behind a tunnel elsewhere, or out of reach', () => {
    const tunnel = '192.168.1.11:8472'
    const nodes = [
      node('near', '172.30.0.3', { podCIDR: '10.244.2.0/24', tunnel: '192.168.1.10:8473' }),
      node('far', '172.30.1.2', { tunnel }),
      node('lost', '172.30.2.2'),
      node('new', '172.30.0.4', { podCIDR: '' }),
    ]
    expect(neighboursAmong(nodes, '172.30.0.2/24')).toEqual({
      near: [{ address: '172.30.0.3', podCidr: '10.244.2.0/24' }],
      remote: [remote],
      unreachable: ['lost'],
    })
  })
})

describe('the tunnel of a node', () => {
  it('is a device whose packets fit into those of the network', () => {
    const end = { nodeIp: '172.30.0.2', podCidr: '10.244.1.0/24', mtu: 1500 }
    const commands = deviceCommands(end, false).map(words => words.join(' '))
    expect(commands).toEqual([
      'link add kubeling-tunnel type vxlan id 10250 dstport 4789 nolearning noudpcsum',
      'link set kubeling-tunnel address 02:6b:0a:f4:01:00 mtu 1450 up',
      'address replace 172.30.0.2/32 dev kubeling-tunnel',
    ])
    // After a start elsewhere the node has another address.
    expect(deviceCommands(end, true)[0]).toEqual(['address', 'flush', 'dev', 'kubeling-tunnel'])
  })
  it('leads to the pods of remote nodes, and to the nodes, and no longer to those that are gone', () => {
    expect(planTunnel([remote], ['10.244.4.0/24', '10.244.9.0/24', '172.30.9.9'])).toEqual({
      ends: ['fdb replace 02:6b:0a:f4:04:00 dev kubeling-tunnel dst 192.168.1.11 port 8472'],
      routes: [
        'route del 10.244.9.0/24 dev kubeling-tunnel',
        'route del 172.30.9.9 dev kubeling-tunnel',
        'neighbour replace 10.244.4.1 lladdr 02:6b:0a:f4:04:00 dev kubeling-tunnel nud permanent',
        'route replace 10.244.4.0/24 via 10.244.4.1 dev kubeling-tunnel onlink',
        'route replace 172.30.1.2 via 10.244.4.1 dev kubeling-tunnel onlink',
      ],
    })
  })
})
