import type { Node } from './node.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { findCondition } from '../conditions.ts'
import type { Column } from '../kind.ts'

const rolePrefix = 'node-role.kubernetes.io/'

/** Ready, NotReady or Unknown, and whether the node is cordoned. */
function nodeStatus(node: Node): string {
  const ready = findCondition(node.status.conditions, 'Ready')
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown']
  return [...words, ...(node.spec.unschedulable ? ['SchedulingDisabled'] : [])].join(',')
}

function nodeRoles(node: Node): string {
  const labels = Object.entries(node.metadata.labels ?? {})
  const roles = labels.flatMap(([key, value]) =>
    key.startsWith(rolePrefix) ? [key.slice(rolePrefix.length)] : key === 'kubernetes.io/role' ? [value] : [],
  )
  return [...new Set(roles.filter(Boolean))].sort().join(',') || '<none>'
}

const addressOf = (node: Node, type: string) => node.status.addresses?.find(address => address.type === type)?.address ?? '<none>'

export const nodeColumns: readonly Column<Node>[] = [
  nameColumn,
  { name: 'Status', type: 'string', description: 'Whether the node is ready and takes new pods.', cell: nodeStatus },
  { name: 'Roles', type: 'string', description: 'Roles that the labels of the node give it.', cell: nodeRoles },
  ageColumn,
  { name: 'Version', type: 'string', description: 'Version of the kubelet.', cell: node => node.status.nodeInfo.kubeletVersion },
  {
    name: 'Internal-IP',
    type: 'string',
    priority: 1,
    description: 'Address inside the cluster.',
    cell: node => addressOf(node, 'InternalIP'),
  },
  {
    name: 'External-IP',
    type: 'string',
    priority: 1,
    description: 'Address outside the cluster.',
    cell: node => addressOf(node, 'ExternalIP'),
  },
  {
    name: 'OS-Image',
    type: 'string',
    priority: 1,
    description: 'Operating system of the node.',
    cell: node => node.status.nodeInfo.osImage || '<unknown>',
  },
  {
    name: 'Kernel-Version',
    type: 'string',
    priority: 1,
    description: 'Kernel of the node.',
    cell: node => node.status.nodeInfo.kernelVersion || '<unknown>',
  },
  {
    name: 'Container-Runtime',
    type: 'string',
    priority: 1,
    description: 'Container runtime of the node and its version.',
    cell: node => node.status.nodeInfo.containerRuntimeVersion || '<unknown>',
  },
]
