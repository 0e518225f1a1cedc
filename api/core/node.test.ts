import { describe, expect, it } from '@jest/globals'
import { Node } from './node.ts'
import { decode } from '../schema/decode.ts'

const node = (rest: Record<string, unknown>, labels: Record<string, string> = {}): Node => {
  const decoded = decode(Node.schema, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels }, ...rest }).value
  return Node.applyDefaults?.(decoded) ?? decoded
}
const cell = (object: Node, name: string) => Node.columns.find(column => column.name === name)?.cell(object, new Date(0))
const says = (next: Node, current: Node): string[] =>
  (Node.validateUpdate?.(next, current) ?? []).map(({ field, message }) => `${field}: ${message}`)

describe('a node', () => {
  it('is shown with its readiness, roles and addresses', () => {
    const cordoned = node(
      {
        spec: { unschedulable: true },
        status: { conditions: [{ type: 'Ready', status: 'True' }], addresses: [{ type: 'InternalIP', address: '10.0.0.2' }] },
      },
      { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/edge': '', 'kubernetes.io/role': 'worker' },
    )
    expect(cell(cordoned, 'Status')).toBe('Ready,SchedulingDisabled')
    expect(cell(cordoned, 'Roles')).toBe('edge,worker')
    expect(cell(cordoned, 'Internal-IP')).toBe('10.0.0.2')
    expect(cell(cordoned, 'External-IP')).toBe('<none>')
    expect(cell(cordoned, 'OS-Image')).toBe('<unknown>')
    expect(cell(node({}), 'Status')).toBe('Unknown')
    expect(cell(node({ status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }), 'Status')).toBe('NotReady')
  })

  it('is readable before its kubelet has reported', () => {
    const { status: _, ...bare } = node({})
    const created = Node.prepareForCreate?.(bare as Node)
    expect(created?.status.nodeInfo.kubeletVersion).toBe('')
  })

  it('offers all it has unless told otherwise', () => {
    expect(node({ status: { capacity: { cpu: '2' } } }).status.allocatable).toEqual({ cpu: '2' })
  })

  it('gets its range of addresses once', () => {
    const current = node({ spec: { podCIDR: '10.244.1.0/24' } })
    expect(current.spec.podCIDRs).toEqual(['10.244.1.0/24'])
    expect(says(current, node({}))).toEqual([])
    expect(says(node({ spec: { podCIDR: '10.244.2.0/24' } }), current)).toEqual([
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ])
  })

  it('has each taint once', () => {
    const twice = node({
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    })
    expect(says(twice, node({}))).toEqual([
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ])
  })
})
