import type { ObservedPod, PodIdentity } from '../runtime/runtime.ts'

export const nothingObserved = (identity: PodIdentity): ObservedPod => ({ identity, sandboxes: [], containers: [] })

/** What the runtime last said of each pod, and when it was asked. */
export class PodCache {
  readonly #entries = new Map<string, { observed: ObservedPod; asked: number }>()
  #everythingAsked = -Infinity

  /** What is known from a moment not before `notBefore`; a pod that a full listing did not show has nothing. */
  get(identity: PodIdentity, notBefore: number): ObservedPod | undefined {
    const entry = this.#entries.get(identity.uid)
    if (entry && entry.asked >= notBefore) return entry.observed
    if (!entry && this.#everythingAsked >= notBefore && this.#everythingAsked > -Infinity) return nothingObserved(identity)
    return undefined
  }

  latest(uid: string): ObservedPod | undefined {
    return this.#entries.get(uid)?.observed
  }

  askedAt(uid: string): number {
    return this.#entries.get(uid)?.asked ?? this.#everythingAsked
  }

  /** Ignores an answer to a question older than the one answered already. */
  set(observed: ObservedPod, asked: number): void {
    const { uid } = observed.identity
    if ((this.#entries.get(uid)?.asked ?? -Infinity) > asked) return
    this.#entries.set(uid, { observed, asked })
  }

  /** A full listing showed exactly these pods: the others are forgotten and returned. */
  confirm(uids: readonly string[], asked: number): string[] {
    const listed = new Set(uids)
    const gone = [...this.#entries].filter(([uid, entry]) => !listed.has(uid) && entry.asked <= asked).map(([uid]) => uid)
    for (const uid of gone) this.#entries.delete(uid)
    this.#everythingAsked = asked
    return gone
  }

  /** When everything was last listed, in milliseconds; -Infinity: never yet. */
  get listedAt(): number {
    return this.#everythingAsked
  }

  delete(uid: string): void {
    this.#entries.delete(uid)
  }

  all(): ObservedPod[] {
    return [...this.#entries.values()].map(({ observed }) => observed)
  }
}
