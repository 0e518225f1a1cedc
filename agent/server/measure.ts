import type { Runtime } from '../runtime/runtime.ts'
import { readNodeUsage } from './node-stats.ts'
import type { FoundPod, PodSource } from './pod-source.ts'
import type { MeasuredPod, Measurements } from './stats-summary.ts'

export interface Measured {
  readonly runtime: Pick<Runtime, 'stats' | 'writtenBytes'>
  readonly pods: PodSource
  readonly nodeName: string
  readonly dataDirectory: string
}

/** Looks at the node and at every pod; with `disk` also at what is on disk, which takes longer. */
export async function measure({ runtime, pods, nodeName, dataDirectory }: Measured, disk: boolean): Promise<Measurements> {
  const [node, written] = await Promise.all([readNodeUsage(dataDirectory), disk ? runtime.writtenBytes() : []])
  const measured = pods.list().flatMap(({ metadata }) => {
    const { name = '', namespace = '', uid = '' } = metadata ?? {}
    const found = pods.find(namespace, name)
    const ofPod = new Map(written.filter(({ podUid }) => podUid === uid).map(({ id, bytes }) => [id, bytes]))
    return found ? [measurePod({ ...found, written: ofPod }, uid)] : []
  })
  return { nodeName, time: new Date().toISOString(), node, pods: await Promise.all(measured) }

  async function measurePod(found: FoundPod & Pick<MeasuredPod, 'written'>, uid: string): Promise<MeasuredPod> {
    const [stats, volumes] = await Promise.all([runtime.stats(uid), disk ? pods.volumeUsage(found.pod) : new Map<string, number>()])
    return { ...found, stats, volumes }
  }
}
