import { describe, expect, it } from '@jest/globals'
import type { Node } from '../../../api/core/node.ts'
import { agentAddress } from './kubelet-address.ts'

const node = (...addresses: readonly (readonly [type: string, address: string])[]) =>
  ({ metadata: { name: 'n' }, spec: {}, status: { addresses: addresses.map(([type, address]) => ({ type, address })) } }) as unknown as Node

describe('the address of an agent', () => {
  it.each([
    [
      'the one for outsiders',
      [
        ['InternalIP', '172.30.1.2'],
        ['ExternalIP', '192.168.1.11'],
        ['Hostname', 'n'],
      ],
      '192.168.1.11',
    ],
    [
      'that of the network of nodes',
      [
        ['Hostname', 'n'],
        ['InternalIP', '172.30.0.3'],
      ],
      '172.30.0.3',
    ],
    ['its name', [['Hostname', 'n']], 'n'],
  ] as const)('is %s, when there is one', (_, addresses, host) => {
    expect(agentAddress(node(...addresses))).toEqual({ host, port: 10250, node: 'n' })
  })
  it('is none when the node tells none', () => {
    expect(() => agentAddress(node())).toThrow('no preferred addresses found')
  })
})
