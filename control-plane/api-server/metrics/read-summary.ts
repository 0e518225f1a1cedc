import type { NodePoints, Point } from './points.ts'

interface Measured {
  readonly startTime?: string
  readonly cpu?: { readonly time?: string; readonly usageCoreNanoSeconds?: number }
  readonly memory?: { readonly time?: string; readonly workingSetBytes?: number }
}
/** As much of an agent's `/stats/summary` as metrics are made of. */
export interface Summary {
  readonly node: Measured
  readonly pods?: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string }
    readonly containers?: readonly (Measured & { readonly name: string })[]
  }[]
}

export const podKey = (namespace: string, name: string): string => `${namespace}/${name}`

/** What a summary says of the node and its pods. Undefined: the node could not be measured. */
export function readSummary({ node, pods = [] }: Summary): NodePoints | undefined {
  const point = pointOf(node)
  if (!point) return undefined
  const known = pods.map(({ podRef, containers = [] }) => {
    const points = containers.map(container => [container.name, pointOf(container)] as const)
    const complete = points.flatMap(([name, one]) => (one ? [[name, one] as const] : []))
    return [podKey(podRef.namespace, podRef.name), new Map(complete.length === points.length ? complete : [])] as const
  })
  return { node: point, pods: new Map(known) }
}

function pointOf({ startTime, cpu, memory }: Measured): Point | undefined {
  const time = Date.parse(cpu?.time ?? '')
  if (Number.isNaN(time) || cpu?.usageCoreNanoSeconds === undefined || !memory?.workingSetBytes) return undefined
  return {
    time,
    startTime: startTime ? Date.parse(startTime) : 0,
    cpuNanoseconds: cpu.usageCoreNanoSeconds,
    memoryBytes: memory.workingSetBytes,
  }
}
