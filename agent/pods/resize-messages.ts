import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'

const sorted = (amounts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(amounts).sort(([a], [b]) => (a < b ? -1 : 1)))

function resourcesOf({ resources = {} }: Pick<Container, 'resources'>) {
  const { limits, requests, claims } = resources
  return {
    ...(limits ? { limits: sorted(limits) } : {}),
    ...(requests ? { requests: sorted(requests) } : {}),
    ...(claims ? { claims } : {}),
  }
}

const summaryOf = ({ name, resources }: Container) => ({ name, resources: resourcesOf({ resources }) })

/** What events of a resize say: a word, and the resources that it is about as JSON. */
export function resizeMessage(what: string, { spec }: Pod, { generation, error }: { generation: number; error?: string }): string {
  const summary = {
    ...(spec.resources ? { resources: resourcesOf({ resources: spec.resources }) } : {}),
    ...(spec.initContainers?.length ? { initContainers: spec.initContainers.map(summaryOf) } : {}),
    containers: spec.containers.map(summaryOf),
    generation,
    ...(error ? { error } : {}),
  }
  return `Pod resize ${what}: ${JSON.stringify(summary)}`
}
