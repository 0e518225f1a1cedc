import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { Volume } from '../../api/core/volume.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { mountedVolumes, volumeName } from '../volumes/pod-volumes.ts'

/** The volumes of a container that show the files of an image. */
export function imageVolumesOf(
  pod: Pod,
  { volumeMounts = [] }: Pick<Container, 'volumeMounts'>,
): (Volume & Required<Pick<Volume, 'image'>>)[] {
  const names = new Set(volumeMounts.map(({ name }) => name))
  return mountedVolumes(pod).filter(
    (volume): volume is Volume & Required<Pick<Volume, 'image'>> => Boolean(volume.image) && names.has(volume.name),
  )
}

/** Fills volumes from images that are here; containers that are created at once wait for one and the same copy. */
export class ImageVolumes {
  readonly #filling = new Map<string, Promise<void>>()
  readonly #runtime: Pick<Runtime, 'fillVolume'>

  constructor(runtime: Pick<Runtime, 'fillVolume'>) {
    this.#runtime = runtime
  }

  async fill(pod: Pod, volume: string, image: string): Promise<void> {
    const name = volumeName(pod, volume)
    const filling = this.#filling.get(name) ?? this.#runtime.fillVolume(name, image)
    this.#filling.set(name, filling)
    try {
      await filling
    } finally {
      this.#filling.delete(name)
    }
  }
}
