import { notFound } from '../../api/errors.ts'
import { type Event } from '../../api/core/event.ts'
import { Pod } from '../../api/core/pod.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import type { Client, List, ListOptions, NewObject, ObjectKey, Patch, WatchEvent, WatchOptions } from '../../client/client.ts'

interface Change {
  readonly plural: string
  readonly event: WatchEvent<KubernetesObject>
}
type Listener = (change: Change) => void
const keyOf = (kind: Pick<Kind, 'plural'>, { namespace, name }: ObjectKey) => `${kind.plural}/${namespace ?? ''}/${name}`

/** As much of an API server as a kubelet needs, in memory: objects, watches of pods, status patches, events, tokens. */
export class FakeApi implements Pick<Client, 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete' | 'post'> {
  readonly objects = new Map<string, KubernetesObject>()
  /** Every status a pod ever had, in order. */
  readonly statuses = new Map<string, PodStatus[]>()
  readonly events: Event[] = []
  readonly #listeners = new Set<Listener>()
  readonly #log: (Change & { readonly revision: number })[] = []
  #revision = 1

  put<O extends KubernetesObject>(kind: Kind<O>, object: O): void {
    const key = keyOf(kind, object.metadata)
    const type = this.objects.has(key) ? 'MODIFIED' : 'ADDED'
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } }
    this.objects.set(key, stored)
    this.#tell({ plural: kind.plural, event: { type, object: stored } })
  }

  pod(name: string): Pod | undefined {
    return this.objects.get(keyOf(Pod, { name, namespace: 'behave' })) as Pod | undefined
  }

  /** What a user's DELETE does to a pod that runs on a node. */
  deleteGracefully(name: string, now: string): void {
    const pod = this.pod(name)
    if (!pod) return
    const generation = (pod.metadata.generation ?? 1) + 1
    const grace = pod.spec.terminationGracePeriodSeconds ?? 30
    this.put(Pod, { ...pod, metadata: { ...pod.metadata, generation, deletionTimestamp: now, deletionGracePeriodSeconds: grace } })
  }

  async get<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey): Promise<O> {
    const found = this.objects.get(keyOf(kind, key))
    if (!found) throw notFound(kind, key.name)
    return found as O
  }
  async list<O extends KubernetesObject>(kind: Kind<O>, options: ListOptions = {}): Promise<List<O>> {
    const ofKind = [...this.objects].filter(([key]) => key.startsWith(`${kind.plural}/`)).map(([, object]) => object as O)
    const items = ofKind.filter(object => isSelected(object, options))
    return { metadata: { resourceVersion: String(this.#revision) }, items }
  }
  async *watch<O extends KubernetesObject>(kind: Kind<O>, options: WatchOptions): AsyncGenerator<WatchEvent<O>> {
    const { signal, resourceVersion = '0' } = options
    const concerns = ({ plural, event }: Change) => plural === kind.plural && isSelected(event.object as KubernetesObject, options)
    const missed = this.#log.filter(change => change.revision > Number(resourceVersion) && concerns(change))
    const queue = missed.map(({ event }) => event as WatchEvent<O>)
    let wake = () => {}
    const listener: Listener = change => {
      if (!concerns(change)) return
      queue.push(change.event as WatchEvent<O>)
      wake()
    }
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => wake(), { once: true })
    while (!signal.aborted) {
      const next = queue.shift()
      if (next) yield next
      else await new Promise<void>(resolve => (wake = resolve))
    }
    this.#listeners.delete(listener)
  }
  async create<O extends KubernetesObject>(kind: Kind<O>, object: NewObject<O>): Promise<O> {
    const created = object as unknown as O
    if (kind.plural === 'events') {
      this.events.push(created as unknown as Event)
      this.objects.set(keyOf(kind, { name: created.metadata.name, namespace: created.metadata.namespace }), created)
    }
    return created
  }
  async patch<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey, { body }: Patch): Promise<O> {
    const current = await this.get(kind, key)
    if (kind.plural === 'events') {
      const event = { ...current, ...(body as Partial<Event>) }
      this.events.push(event as unknown as Event)
      this.objects.set(keyOf(kind, key), event)
      return event
    }
    const pod = current as unknown as Pod
    const status = patched(pod.status, (body as { status: Record<string, unknown> }).status)
    this.statuses.set(pod.metadata.name, [...(this.statuses.get(pod.metadata.name) ?? []), status])
    this.put(Pod, { ...pod, status })
    return await this.get(kind, key)
  }
  async delete(kind: Kind, key: ObjectKey): Promise<void> {
    const found = await this.get(kind, key)
    this.objects.delete(keyOf(kind, key))
    this.#revision++
    const object = { ...found, metadata: { ...found.metadata, resourceVersion: String(this.#revision) } }
    this.#tell({ plural: kind.plural, event: { type: 'DELETED', object } })
  }
  async post<O>(): Promise<O> {
    return { status: { token: 'a-token', expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString() } } as O
  }

  #tell(change: Change): void {
    this.#log.push({ revision: this.#revision, ...change })
    for (const listener of this.#listeners) listener(change)
  }
}

/** By namespace, and by name where a field selector asks for one. */
function isSelected(
  { metadata }: KubernetesObject,
  { namespace, fieldSelector }: Pick<ListOptions, 'namespace' | 'fieldSelector'>,
): boolean {
  const name = /^metadata\.name=(.*)$/.exec(fieldSelector ?? '')?.[1]
  return (namespace === undefined || metadata.namespace === namespace) && (name === undefined || metadata.name === name)
}

/** A strategic merge, as far as status patches of a kubelet go. */
function patched(status: PodStatus, patch: Record<string, unknown>): PodStatus {
  const next: Record<string, unknown> = { ...status }
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete next[field]
    else if (field === 'conditions') next[field] = mergedConditions(status.conditions ?? [], value as Record<string, unknown>[])
    else next[field] = Array.isArray(value) ? value.filter(item => !(item as object).hasOwnProperty('$patch')) : withoutDirective(value)
  }
  return next as PodStatus
}
function withoutDirective(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { $patch: _directive, ...rest } = value as Record<string, unknown>
  return rest
}
function mergedConditions(current: readonly object[], changes: readonly Record<string, unknown>[]): object[] {
  const merged = new Map(current.map(condition => [(condition as { type: string }).type, condition]))
  for (const change of changes) {
    const type = String(change.type)
    if (change.$patch === 'delete') {
      merged.delete(type)
      continue
    }
    const entries = Object.entries({ ...merged.get(type), ...change }).filter(([, value]) => value !== null)
    merged.set(type, Object.fromEntries(entries))
  }
  return [...merged.values()]
}
