import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { Entry } from '../../store/store.ts'
import { endOfObject } from './json-bytes.ts'

const metadataStart = '"metadata":{'
const metadataBytes = Buffer.from(metadataStart)

/** Where the bytes of an answer go. */
export interface ByteSink {
  text(text: string): void
  /** Those from `from` up to `to`, copied before it returns. */
  bytes(bytes: Buffer, from: number, to: number): void
}

/**
 * One revision of one object. The JSON text that clients get is made by splicing the revision into the stored text, which
 * costs less than keeping both; it is parsed only when somebody has to look inside. Never change what `object` returns: everybody shares it.
 */
export class StoredObject {
  readonly key: string
  readonly revision: number
  readonly createRevision: number
  readonly #entry: Entry
  #object: KubernetesObject | undefined
  /** As the webhooks of kinds show it, or will. */
  #views: Map<Kind, KubernetesObject | Promise<KubernetesObject>> | undefined

  constructor(entry: Entry, object?: KubernetesObject) {
    this.key = entry.key
    this.revision = entry.revision
    this.createRevision = entry.createRevision
    this.#entry = entry
    this.#object = object
  }
  /** The stored text; from disk only when somebody asks for it. */
  get value(): string {
    return this.#entry.value
  }
  /** What has just been written, by who knows what it says but for the revision. */
  static written(entry: Entry, object: KubernetesObject): StoredObject {
    return new StoredObject(entry, { ...object, metadata: { ...object.metadata, resourceVersion: String(entry.revision) } })
  }
  /** The result of a dry run: looks like `object`, was never written. */
  static unsaved(key: string, object: KubernetesObject, revision = 0): StoredObject {
    return new StoredObject({ key, revision, createRevision: revision, value: serialize(object) }, object)
  }
  /** The same object as of another revision: what a DELETED event shows. */
  at(revision: number): StoredObject {
    return new StoredObject({ key: this.key, value: this.value, createRevision: this.createRevision, revision })
  }
  /** The JSON that clients see. */
  get text(): string {
    return this.revision === 0 ? this.value : withResourceVersion(this.value, this.revision)
  }
  /** The same in UTF-8, copied from disk without becoming a text on its way. */
  writeTo(sink: ByteSink): void {
    const { withBytes } = this.#entry
    if (this.revision === 0 || !withBytes) return sink.text(this.text)
    withBytes.call(this.#entry, bytes => {
      const at = inMetadata(bytes)
      sink.bytes(bytes, 0, at)
      sink.text(revisionText(this.revision))
      sink.bytes(bytes, at, bytes.length)
    })
  }
  /** Likewise without its type, as an item of a list. */
  writeItemTo(sink: ByteSink): void {
    const { withBytes } = this.#entry
    // The type comes first, with nothing else in it: see `serialize`.
    if (this.revision === 0 || !withBytes) return sink.text(`{${this.text.slice(this.value.indexOf(metadataStart))}`)
    withBytes.call(this.#entry, bytes => {
      const at = inMetadata(bytes)
      sink.text(`{${metadataStart}${revisionText(this.revision)}`)
      sink.bytes(bytes, at, bytes.length)
    })
  }
  /** Its metadata alone, a JSON object, copied likewise; false, and nothing written, where it is not on disk. */
  writeMetadataTo(sink: ByteSink): boolean {
    const { withBytes } = this.#entry
    if (this.revision === 0 || !withBytes) return false
    withBytes.call(this.#entry, bytes => {
      const at = inMetadata(bytes)
      sink.text(`{${revisionText(this.revision)}`)
      sink.bytes(bytes, at, endOfObject(bytes, at))
    })
    return true
  }
  get object(): KubernetesObject {
    this.#object ??= JSON.parse(this.text) as KubernetesObject
    return this.#object
  }
  /** What a webhook made of it for this kind, or a promise of that; undefined: it has not been asked. */
  converted(kind: Kind): KubernetesObject | Promise<KubernetesObject> | undefined {
    return this.#views?.get(kind)
  }
  /** Keeps what a webhook makes of it; a promise that fails is forgotten. */
  keepConverted(kind: Kind, view: Promise<KubernetesObject>): void {
    const views = (this.#views ??= new Map<Kind, KubernetesObject | Promise<KubernetesObject>>())
    views.set(kind, view)
    view.then(
      made => views.set(kind, made),
      () => views.delete(kind),
    )
  }
}

/** Stored texts always have `metadata` and never have `resourceVersion`; see `serialize`. */
function withResourceVersion(value: string, revision: number): string {
  const at = value.indexOf(metadataStart) + metadataStart.length
  return `${value.slice(0, at)}${revisionText(revision)}${value.slice(at)}`
}
/** Where the first field of metadata is. */
const inMetadata = (bytes: Buffer): number => bytes.indexOf(metadataBytes) + metadataBytes.length

const revisionText = (revision: number): string => `"resourceVersion":"${revision}",`

/** The text to store: kind, apiVersion and metadata first, so that the splice finds its place, and no resourceVersion. */
export function serialize(object: KubernetesObject): string {
  const { kind, apiVersion, metadata, ...rest } = object
  const { resourceVersion: _, ...meta } = metadata
  return JSON.stringify({ kind, apiVersion, metadata: meta, ...rest })
}

/** The object as one of the kinds that share its storage sees it. Where a webhook converts, `prepareViews` comes first. */
export function viewOf(kind: Kind, stored: StoredObject): KubernetesObject {
  if (kind.storedAs?.conversion) {
    const converted = stored.converted(kind)
    if (converted && !(converted instanceof Promise)) return converted
  }
  return kind.storedAs ? kind.storedAs.fromStored(stored.object) : stored.object
}

/** The JSON text as `kind` sees it. */
export const textOf = (kind: Kind, stored: StoredObject): string => (kind.storedAs ? JSON.stringify(viewOf(kind, stored)) : stored.text)
