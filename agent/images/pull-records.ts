import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ImageInfo } from '../runtime/runtime.ts'
import { canonicalName, repositoryOf } from './image-name.ts'
import type { SecretSource, TrackedCredentials } from './keyring.ts'

/** A login that an image was pulled with. */
interface UsedCredentials {
  readonly hash: string
  readonly secret: SecretSource
}
/** Who may use an image from one repository without asking its registry: everyone, or whoever holds one of the logins. */
type Access = 'everyone' | readonly UsedCredentials[]

interface PulledImage {
  /** It came to the machine by a pull of this node: nobody had it there before. */
  readonly brought: boolean
  /** The names by which this node pulled it. */
  readonly names: readonly string[]
  readonly access: Readonly<Record<string, Access>>
}

interface Content {
  readonly images: Readonly<Record<string, PulledImage>>
  /** Names whose pull has begun and not ended: what stands under them now is not known to be anybody's. */
  readonly pulling: readonly string[]
}
const empty: Content = { images: {}, pulling: [] }

/**
 * What this node has pulled, kept in a file over restarts: with whose login, as upstream's image pull manager keeps it, and
 * whether the image is this node's to remove. Images that it has no record of were there before it, or are somebody else's.
 */
export class PullRecords {
  readonly #file: string | undefined
  #content: Content = empty
  #loaded: Promise<void> | undefined
  #saved: Promise<void> = Promise.resolve()

  /** Without a file the records end with the process. */
  constructor(file?: string) {
    this.#file = file
  }

  async begin(image: string): Promise<void> {
    await this.#change(({ images, pulling }) => ({ images, pulling: [...pulling, canonicalName(image)] }))
  }
  async failed(image: string): Promise<void> {
    await this.#change(({ images, pulling }) => ({ images, pulling: without(pulling, canonicalName(image)) }))
  }
  async pulled(image: string, pull: { id: string; brought: boolean; credentials: TrackedCredentials | undefined }): Promise<void> {
    await this.#change(({ images, pulling }) => ({
      images: { ...images, [pull.id]: withPull(images[pull.id], image, pull) },
      pulling: without(pulling, canonicalName(image)),
    }))
  }

  /**
   * May a pod with these logins use the image that stands under the name, without its registry being asked? As upstream's
   * default policy NeverVerifyPreloadedImages: always, unless this node pulled it with a login that the pod does not hold.
   */
  async accessible(image: string, id: string, credentials: () => readonly TrackedCredentials[]): Promise<boolean> {
    await this.#load()
    const record = this.#content.images[id]
    if (!record) return !this.#content.pulling.includes(canonicalName(image))
    const access = record.access[repositoryOf(image)]
    if (access === undefined || access === 'everyone') return access === 'everyone'
    return credentials().some(held => access.some(used => used.hash === held.hash || isSameSecret(used.secret, held.secret)))
  }

  /** Is the image this node's to remove: did it bring it, and does it have no name that somebody else gave it? */
  async owns({ id, tags }: ImageInfo): Promise<boolean> {
    await this.#load()
    const record = this.#content.images[id]
    return (record?.brought ?? false) && tags.every(tag => record?.names.includes(canonicalName(tag)))
  }

  /** Forgets images that are gone: what comes under their id later may be somebody else's. */
  async keep(ids: ReadonlySet<string>): Promise<void> {
    await this.#load()
    if (Object.keys(this.#content.images).every(id => ids.has(id))) return
    await this.#change(({ images, pulling }) => ({
      images: Object.fromEntries(Object.entries(images).filter(([id]) => ids.has(id))),
      pulling,
    }))
  }

  async #change(next: (content: Content) => Content): Promise<void> {
    await this.#load()
    this.#content = next(this.#content)
    this.#saved = this.#saved.then(
      () => this.#save(),
      () => this.#save(),
    )
    await this.#saved
  }
  #load(): Promise<void> {
    this.#loaded ??= this.#read()
    return this.#loaded
  }
  async #read(): Promise<void> {
    if (this.#file === undefined) return
    try {
      this.#content = JSON.parse(await readFile(this.#file, 'utf8')) as Content
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  async #save(): Promise<void> {
    if (this.#file === undefined) return
    await mkdir(dirname(this.#file), { recursive: true })
    await writeFile(`${this.#file}.new`, JSON.stringify(this.#content), { mode: 0o600 })
    await rename(`${this.#file}.new`, this.#file)
  }
}

function withPull(
  before: PulledImage | undefined,
  image: string,
  { brought, credentials }: { brought: boolean; credentials: TrackedCredentials | undefined },
): PulledImage {
  const repository = repositoryOf(image)
  const known = before?.access[repository] ?? []
  const used = credentials && { hash: credentials.hash, secret: credentials.secret }
  const access: Access =
    known === 'everyone' || !used ? 'everyone' : [...known.filter(({ secret }) => !isSameSecret(secret, used.secret)), used]
  return {
    brought: brought || (before?.brought ?? false),
    names: [...new Set([...(before?.names ?? []), canonicalName(image)])],
    access: { ...before?.access, [repository]: access },
  }
}

const isSameSecret = (a: SecretSource, b: SecretSource) => a.uid === b.uid && a.namespace === b.namespace && a.name === b.name

/** One of several equal entries less: the same image may be pulled more than once at a time. */
function without(list: readonly string[], one: string): string[] {
  const index = list.indexOf(one)
  return index < 0 ? [...list] : list.toSpliced(index, 1)
}
