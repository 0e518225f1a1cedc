import type { PullProgress } from '../runtime.ts'

/** One line of what the engine says while it pulls: of a layer when it has an id. */
export interface PullLine {
  readonly id?: string
  readonly status?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
}
interface Layer {
  status: string
  current: number
  total: number
}

const done = new Set(['Pull complete', 'Already exists'])
/** First words of the lines that are about layers: the others carry the tag where these carry the layer. */
const layerStatuses = new Set([
  ...done,
  'Pulling fs layer',
  'Waiting',
  'Downloading',
  'Retrying',
  'Verifying Checksum',
  'Download complete',
  'Extracting',
])

/** How far a pull is, out of the engine's lines. */
export class PullLayers {
  readonly #layers = new Map<string, Layer>()

  /** False when the line says nothing new. */
  take({ id, status = '', progressDetail }: PullLine): boolean {
    const what = status.startsWith('Retrying') ? 'Retrying' : status
    if (id === undefined || !layerStatuses.has(what)) return true
    const layer = this.#layers.get(id) ?? { status: '', current: 0, total: 0 }
    // The engine counts to the same total twice: as it downloads, and again as it unpacks.
    const current = what === 'Downloading' ? (progressDetail?.current ?? 0) : what === 'Retrying' ? 0 : layer.total
    const total = Math.max(layer.total, progressDetail?.total ?? 0)
    const unpacked = what === 'Extracting' ? `${what} ${progressDetail?.current}` : what
    if (unpacked === layer.status && current === layer.current) return false
    this.#layers.set(id, { status: unpacked, current, total })
    return true
  }

  progress(): PullProgress {
    const layers = [...this.#layers.values()]
    const sum = (read: (layer: Layer) => number) => layers.reduce((total, layer) => total + read(layer), 0)
    return {
      downloadedBytes: sum(({ current }) => current),
      totalBytes: sum(({ total }) => total),
      layers: layers.length,
      layersDone: layers.filter(({ status }) => done.has(status)).length,
    }
  }
}
