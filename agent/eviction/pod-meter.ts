import type { Pod } from '../../api/core/pod.ts'
import type { ContainerStats, Runtime, WrittenBytes } from '../runtime/runtime.ts'
import type { PodUsage, Usages } from './pod-usage.ts'

export interface PodMeterOptions {
  readonly runtime: Pick<Runtime, 'stats' | 'writtenBytes'>
  /** Bytes of the pod's volumes on the node's disk. */
  readonly volumeUsage: (pod: Pod) => Promise<ReadonlyMap<string, number>>
}

/** Measures pods, each thing only when it is asked for: what nobody limits and nothing is short of costs nothing. */
export class PodMeter {
  readonly #options: PodMeterOptions

  constructor(options: PodMeterOptions) {
    this.#options = options
  }

  /** Memory and processes. */
  async memory(pods: readonly Pod[]): Promise<Usages> {
    const measured = pods.map(async ({ metadata }): Promise<[string, PodUsage]> => {
      const { containers } = await this.#options.runtime.stats(metadata.uid)
      return [metadata.uid, { containers: containers.map(memoryOf), volumes: new Map() }]
    })
    return new Map(await Promise.all(measured))
  }

  /** What containers wrote, and what lies in volumes. */
  async disk(pods: readonly Pod[]): Promise<Usages> {
    if (pods.length === 0) return new Map()
    const written = await this.#options.runtime.writtenBytes()
    const measured = pods.map(async (pod): Promise<[string, PodUsage]> => {
      const containers = written.filter(({ podUid }) => podUid === pod.metadata.uid)
      return [pod.metadata.uid, { containers: containers.map(rootfsOf), volumes: await this.#options.volumeUsage(pod) }]
    })
    return new Map(await Promise.all(measured))
  }
}

const memoryOf = ({ name, workingSetBytes, processes }: ContainerStats) => ({ name, workingSetBytes, processes })
const rootfsOf = ({ name, bytes }: WrittenBytes) => ({ name, rootfsBytes: bytes })
