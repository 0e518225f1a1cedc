import type { Service, ServicePort } from './service.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import type { Column } from '../kind.ts'
import { formatLabels } from '../label-selector.ts'

function externalIP({ spec, status }: Service): string {
  const fixed = spec.externalIPs ?? []
  if (spec.type === 'ExternalName') return spec.externalName ?? ''
  if (spec.type === 'ClusterIP' || spec.type === 'NodePort') return fixed.join(',') || '<none>'
  if (spec.type !== 'LoadBalancer') return '<unknown>'
  const balanced = (status.loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean)
  return [...[...new Set(balanced)].sort(), ...fixed].join(',') || '<pending>'
}

const formatPort = ({ port, nodePort, protocol = 'TCP' }: ServicePort) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  { name: 'Type', type: 'string', description: 'How the service is reached.', cell: service => service.spec.type ?? '' },
  {
    name: 'Cluster-IP',
    type: 'string',
    description: 'Address inside the cluster; None for a headless service.',
    cell: service => service.spec.clusterIPs?.[0] ?? '<none>',
  },
  { name: 'External-IP', type: 'string', description: 'Addresses outside the cluster.', cell: externalIP },
  {
    name: 'Port(s)',
    type: 'string',
    description: 'Ports, with the node port where there is one.',
    cell: service => (service.spec.ports ?? []).map(formatPort).join(',') || '<none>',
  },
  ageColumn,
  {
    name: 'Selector',
    type: 'string',
    priority: 1,
    description: 'Labels of the pods that the service stands for.',
    cell: service => formatLabels(service.spec.selector),
  },
]
