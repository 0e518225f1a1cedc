import type { Pod } from './pod.ts'
import { podSummary } from './pod-summary.ts'
import type { Column } from '../kind.ts'
import { ageOf } from '../time.ts'

const none = (text: string | undefined) => text || '<none>'

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter(gate => pod.status.conditions?.find(({ type }) => type === gate.conditionType)?.status === 'True')
  return `${met.length}/${gates.length}`
}

/** The columns of `kubectl get pods`. */
export const podColumns: readonly Column<Pod>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the pod, unique in its namespace.',
    cell: pod => pod.metadata.name,
  },
  {
    name: 'Ready',
    type: 'string',
    description: 'Containers that are ready, of all that keep running.',
    cell: pod => podSummary(pod).ready,
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The phase, or what the containers have to say about it.',
    cell: pod => podSummary(pod).reason,
  },
  {
    name: 'Restarts',
    type: 'string',
    description: 'How often containers were restarted, and when last.',
    cell: (pod, now) => {
      const { restarts, lastRestart } = podSummary(pod)
      return restarts > 0 && lastRestart ? `${restarts} (${ageOf(lastRestart, now)} ago)` : String(restarts)
    },
  },
  { name: 'Age', type: 'string', description: 'Time since creation.', cell: (pod, now) => ageOf(pod.metadata.creationTimestamp, now) },
  {
    name: 'IP',
    type: 'string',
    priority: 1,
    description: 'Address of the pod.',
    cell: pod => none(pod.status.podIPs?.[0]?.ip ?? pod.status.podIP),
  },
  { name: 'Node', type: 'string', priority: 1, description: 'Node that the pod runs on.', cell: pod => none(pod.spec.nodeName) },
  {
    name: 'Nominated Node',
    type: 'string',
    priority: 1,
    description: 'Node where room is being made for the pod.',
    cell: pod => none(pod.status.nominatedNodeName),
  },
  { name: 'Readiness Gates', type: 'string', priority: 1, description: 'Readiness gates that are met, of all.', cell: readinessGates },
]
