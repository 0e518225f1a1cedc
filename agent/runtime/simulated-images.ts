import { createHash } from 'node:crypto'
import { EventEmitter, on } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { RuntimeError, type FileSystemInfo, type ImageEvent, type ImageInfo, type PullOptions } from './runtime.ts'
import type { SimulatedImage } from './simulated-behaviour.ts'

export interface SimulatedImageOptions {
  /** What the registry says of images; those not mentioned are pulled at once. */
  readonly registry?: Readonly<Record<string, SimulatedImage>>
  /** Images that are here from the start. */
  readonly images?: readonly string[]
  /** The disk that images lie on: what it holds, and what lies on it besides images. Default: a tenth of 100 GB is full. */
  readonly disk?: { readonly capacityBytes: number; readonly otherBytes: number }
}

const gigabyte = 1e9
const defaultDisk = { capacityBytes: 100 * gigabyte, otherBytes: 10 * gigabyte }
const defaultSize = 1_000_000

/** Images in memory, and the registry they come from. Every name is an image of its own unless `tag` gave it to another's. */
export class SimulatedImages {
  readonly events = new EventEmitter().setMaxListeners(0)
  readonly #images: Map<string, ImageInfo>
  readonly #options: SimulatedImageOptions
  #atOnce = 0
  /** The most pulls that ever ran at the same time. */
  mostAtOnce = 0

  constructor(options: SimulatedImageOptions) {
    this.#options = options
    this.#images = new Map((options.images ?? []).map(image => [imageIdOf(image), this.#imageOf(image)]))
  }

  status(image: string): ImageInfo | undefined {
    return this.#images.get(image) ?? this.list().find(({ tags, digests }) => tags.includes(image) || digests.includes(image))
  }
  list(): ImageInfo[] {
    return [...this.#images.values()]
  }
  /** Somebody gives an image another name. */
  tag(image: string, name: string): void {
    const found = this.status(image)
    if (!found) throw new RuntimeError('ImageNotFound', `No such image: ${image}`)
    this.#images.set(found.id, { ...found, tags: [...found.tags, name] })
    this.#tell({ type: 'added', image: name })
  }

  async pull(image: string, { credentials, signal, onProgress }: PullOptions): Promise<string> {
    if (/[A-Z\s]|:$|^$/.test(image.split('@')[0]?.split(':')[0] ?? '')) {
      throw new RuntimeError('InvalidImageName', `couldn't parse image name ${JSON.stringify(image)}: invalid reference format`)
    }
    const known = this.#options.registry?.[image] ?? {}
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce)
    try {
      await transfer(known, { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) })
    } finally {
      this.#atOnce--
    }
    const failure = (what: string) => `failed to pull and unpack image "${image}": failed to resolve image: ${what}`
    if (known.error) throw new RuntimeError(known.error, failure(known.error))
    const { login } = known
    if (login && (login.username !== credentials?.username || login.password !== credentials.password))
      throw new RuntimeError('Unauthorized', failure('no basic auth credentials'))
    const id = imageIdOf(image)
    if (!this.#images.has(id)) this.#images.set(id, this.#imageOf(image))
    this.#tell({ type: 'added', image })
    return id
  }

  remove(image: string, inUse: ReadonlySet<string>): void {
    const found = this.status(image)
    if (!found) return
    const tags = found.tags.filter(tag => image !== found.id && tag !== image)
    if (tags.length > 0) {
      this.#images.set(found.id, { ...found, tags })
    } else {
      if (inUse.has(found.id)) throw new RuntimeError('Conflict', `unable to remove repository reference "${image}": container is using it`)
      this.#images.delete(found.id)
    }
    this.#tell({ type: 'removed', image })
  }

  fsInfo(): FileSystemInfo {
    const { capacityBytes, otherBytes } = this.#options.disk ?? defaultDisk
    const used = this.list().reduce((sum, { sizeBytes }) => sum + sizeBytes, otherBytes)
    return { capacityBytes, availableBytes: Math.max(0, capacityBytes - used) }
  }

  #tell(event: ImageEvent): void {
    this.events.emit('event', event)
  }
  #imageOf(image: string): ImageInfo {
    const { user, sizeBytes = defaultSize } = this.#options.registry?.[image] ?? {}
    const id = imageIdOf(image)
    const [name = image] = image.split('@')
    const digest = image.includes('@') ? image : `${name.replace(/:[^/:]*$/, '')}@${id}`
    return { id, tags: image.includes('@') ? [] : [image], digests: [digest], sizeBytes, ...(user ? { user } : {}) }
  }
}

/** The time that a pull takes, with word of its progress on the way. */
async function transfer({ pullMs = 0, steps = 10, sizeBytes = defaultSize }: SimulatedImage, options: PullOptions): Promise<void> {
  const { signal, onProgress } = options
  signal?.throwIfAborted()
  if (pullMs === 0) return
  const parts = Math.max(1, steps)
  for (let part = 1; part <= parts; part++) {
    await delay(pullMs / parts, undefined, signal ? { signal } : undefined)
    const downloadedBytes = Math.round((sizeBytes * part) / parts)
    if (steps > 0) onProgress?.({ downloadedBytes, totalBytes: sizeBytes, layers: 1, layersDone: part === parts ? 1 : 0 })
  }
}

const imageIdOf = (image: string): string => `sha256:${createHash('sha256').update(image).digest('hex')}`

/** What an emitter tells, until the signal aborts. */
export async function* eventsOf<E>(emitter: EventEmitter, signal: AbortSignal): AsyncGenerator<E> {
  try {
    for await (const [event] of on(emitter, 'event', { signal })) yield event as E
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
