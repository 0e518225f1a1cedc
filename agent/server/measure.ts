import type { Runtime } from '../runtime/runtime.ts'
import { readNodeUsage } from './node-stats.ts'
import type { PodSource } from './pod-source.ts'
import type { MeasuredPod, Measurements } from './stats-summary.ts'

export interface Measured {
  readonly runtime: Pick<Runtime, 'stats'>
  readonly pods: PodSource
  readonly nodeName: string
  readonly dataDirectory: string
}

/** Looks at the node and at every pod; with `disk` also at what is on disk, which takes longer. */
export async function measure({ runtime, pods, nodeName, dataDirectory }: Measured, disk: boolean): Promise<Measurements> {
  const [node, measured] = await Promise.all([
    readNodeUsage(dataDirectory),
    Promise.all(
      pods.list().flatMap(({ metadata }) => {
        const found = pods.find(metadata?.namespace ?? '', metadata?.name ?? '')
        if (!found) return []
        return [
          (async (): Promise<MeasuredPod> => {
            const [stats, volumes] = await Promise.all([
              runtime.stats(metadata?.uid ?? '', { disk }),
              disk ? pods.volumeUsage(found.pod) : [],
            ])
            return { ...found, stats, volumes }
          })(),
        ]
      }),
    ),
  ])
  return { nodeName, time: new Date().toISOString(), node, pods: measured }
}
