import type { PreparedVolume, VolumeFile } from './runtime.ts'

interface SimulatedVolume {
  readonly podUid: string | undefined
  readonly files: Map<string, VolumeFile>
}

/** Volumes in memory. */
export class SimulatedVolumes {
  readonly #volumes = new Map<string, SimulatedVolume>()

  prepare(volumes: readonly PreparedVolume[]): void {
    for (const { name, pod, content } of volumes) {
      if (!this.#volumes.has(name)) this.#volumes.set(name, { podUid: pod?.uid, files: new Map() })
      if (content) this.write(name, content.files, content.atomic)
    }
  }
  /** Returns false when there is no such volume. */
  write(name: string, files: readonly VolumeFile[], atomic: boolean): boolean {
    const volume = this.#volumes.get(name)
    if (!volume) return false
    if (atomic) volume.files.clear()
    for (const file of files) volume.files.set(file.path, file)
    return true
  }
  read(name: string, path: string): Buffer | undefined {
    return this.#volumes.get(name)?.files.get(path)?.content
  }
  usage(name: string): number {
    return [...(this.#volumes.get(name)?.files.values() ?? [])].reduce((sum, { content }) => sum + content.length, 0)
  }
  remove(name: string): void {
    this.#volumes.delete(name)
  }
  list(): { name: string; podUid: string }[] {
    return [...this.#volumes].flatMap(([name, { podUid }]) => (podUid === undefined ? [] : [{ name, podUid }]))
  }
}
