import type { Runtime } from '../runtime/runtime.ts'
import type { PodSource, ServedPod } from './pod-source.ts'

interface Usage {
  readonly time: string
  readonly cpu: number
  readonly memory: number
  readonly workingSet: number
}
const usage = ({ time, cpu, memory, workingSet }: Usage) => ({
  cpu: { time, usageCoreNanoSeconds: cpu },
  memory: { time, usageBytes: memory, workingSetBytes: workingSet },
})

/** kubelet's /stats/summary, as far as the runtime measures: CPU and memory of containers and pods. */
export async function statsSummary(runtime: Pick<Runtime, 'stats'>, pods: PodSource, nodeName: string): Promise<unknown> {
  const all = await Promise.all(pods.list().map(pod => podStats(runtime, pod)))
  const time = new Date().toISOString()
  const total = all.reduce(
    (sum, { cpu, memory, workingSet }) => ({
      time,
      cpu: sum.cpu + cpu,
      memory: sum.memory + memory,
      workingSet: sum.workingSet + workingSet,
    }),
    {
      time,
      cpu: 0,
      memory: 0,
      workingSet: 0,
    },
  )
  return { node: { nodeName, ...usage(total) }, pods: all.map(({ summary }) => summary) }
}

async function podStats(runtime: Pick<Runtime, 'stats'>, { metadata }: ServedPod) {
  const containers = await runtime.stats(metadata?.uid ?? '')
  const sum = (read: (one: (typeof containers)[number]) => number) => containers.reduce((total, one) => total + read(one), 0)
  const [cpu, memory, workingSet] = [sum(one => one.cpuNanoseconds), sum(one => one.memoryBytes), sum(one => one.workingSetBytes)]
  const time = containers[0]?.time ?? new Date().toISOString()
  const summary = {
    podRef: { name: metadata?.name, namespace: metadata?.namespace, uid: metadata?.uid },
    containers: containers.map(one => ({
      name: one.name,
      ...usage({ time: one.time, cpu: one.cpuNanoseconds, memory: one.memoryBytes, workingSet: one.workingSetBytes }),
    })),
    ...usage({ time, cpu, memory, workingSet }),
  }
  return { summary, cpu, memory, workingSet }
}
