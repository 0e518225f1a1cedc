import { alreadyExists, conflict, expired, notFound, objectModified } from '../../api/errors.ts'
import { apiVersionOf, type Kind, type KubernetesObject } from '../../api/kind.ts'
import { matches, parseLabelSelector } from '../../api/label-selector.ts'
import { applyMergePatch } from '../../api/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge.ts'
import { keyOf } from '../../client/cache.ts'
import type { DeleteOptions, List, ListOptions, NewObject, ObjectKey, Patch } from '../../client/client.ts'
import { isEqual } from '../../common/equal.ts'
import { deepFreeze } from '../../common/freeze.ts'
import { planDeletion } from '../../control-plane/api-server/registry/deletion-plan.ts'
import { complete } from '../../control-plane/api-server/registry/life-cycle.ts'
import { scaleOf } from '../../control-plane/api-server/registry/scale.ts'
import { newMetadata, updatedMetadata, withGeneration } from '../../control-plane/api-server/registry/system-fields.ts'
import { isDeletionFinished } from '../../control-plane/api-server/registry/update.ts'
import { strategyOf } from '../../control-plane/api-server/registry/update-strategy.ts'
import type { Chance } from './chance.ts'
import type { VirtualTime } from './virtual-time.ts'

/** One write, as everybody who watches hears of it. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly kind: Kind
  readonly object: KubernetesObject
  readonly previous: KubernetesObject | undefined
  /** `user`, `kubelet`, or the name of the program. */
  readonly by: string
}

interface Stored {
  readonly kind: Kind
  readonly objects: Map<string, KubernetesObject>
  readonly changes: Change[]
}

/** The name of those who are no program. */
export const user = 'user'

type Preconditions = DeleteOptions['preconditions']

/**
 * The API server's rules for objects without its ways of keeping and sending them: versions, conflicts, generations, finalizers,
 * grace periods and patches are computed by the registry's own functions, in memory and at once. What users
 * send is completed, and nothing is validated.
 * `simulated-api.test.ts` holds it against the real one.
 */
export class SimulatedApi {
  readonly #time: VirtualTime
  readonly #chance: Chance
  readonly #kinds: ReadonlyMap<string, Stored>
  readonly #served = new Map<string, () => unknown>()
  readonly #listeners = new Set<(change: Change) => void>()
  #revision = 1

  constructor({ time, chance, kinds }: { time: VirtualTime; chance: Chance; kinds: readonly Kind[] }) {
    this.#time = time
    this.#chance = chance
    this.#kinds = new Map(kinds.map(kind => [nameOf(kind), { kind, objects: new Map(), changes: [] }]))
  }

  /** What is behind a path: the scale of an object, what `serve` was given, or discovery, by which the garbage collector goes. */
  read(path: string): unknown {
    const [, namespace = '', plural, name = ''] = /namespaces\/([^/]+)\/([^/]+)\/([^/]+)\/scale$/.exec(path) ?? []
    const scaled = [...this.#kinds.values()].find(({ kind }) => kind.plural === plural)
    if (scaled) return scaleOf(scaled.kind, this.get(scaled.kind, { namespace, name }))
    const [plain = ''] = path.split('?')
    const served = this.#served.get(plain)
    return served ? served() : discoveryOf([...this.#kinds.values()].map(({ kind }) => kind))[plain]
  }

  /** Answers a path that no kind of this API has. */
  serve(path: string, answer: () => unknown): void {
    this.#served.set(path, answer)
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  all<O extends KubernetesObject>(kind: Kind<O>): O[] {
    return [...this.#of(kind).objects.values()] as O[]
  }

  find<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey): O | undefined {
    return this.#of(kind).objects.get(keyOf({ metadata: key })) as O | undefined
  }

  get<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey): O {
    const found = this.find(kind, key)
    if (!found) throw notFound(kind, key.name)
    return found
  }

  list<O extends KubernetesObject>(kind: Kind<O>, { namespace, labelSelector, fieldSelector }: ListOptions = {}): List<O> {
    if (fieldSelector) throw new Error('field selectors are not simulated')
    const selector = labelSelector ? parseLabelSelector(labelSelector) : undefined
    const items = this.all(kind).filter(
      ({ metadata }) => (namespace === undefined || metadata.namespace === namespace) && (!selector || matches(selector, metadata.labels)),
    )
    return { metadata: { resourceVersion: String(this.#revision) }, items }
  }

  /** What happened to a kind after a version. */
  changesSince(kind: Kind, resourceVersion: string): readonly Change[] {
    const version = Number(resourceVersion)
    if (version > this.#revision) throw expired('too large resource version')
    return this.#of(kind).changes.filter(({ object }) => Number(object.metadata.resourceVersion) > version)
  }

  create<O extends KubernetesObject>(asked: Kind<O>, object: NewObject<O>, by: string): O {
    const { kind } = this.#of(asked)
    const { generateName, name = `${generateName ?? ''}${this.#chance.letters(5)}`, namespace = '' } = object.metadata
    const given = { ...object.metadata, name } as unknown as KubernetesObject['metadata']
    const metadata = { ...newMetadata(given, { namespace, generation: kind.generation ?? false, now: this.#time.now() }) }
    metadata.uid = this.#chance.letters(12)
    const key = keyOf({ metadata })
    if (this.#of(kind).objects.has(key)) throw alreadyExists(kind, name)
    const status = kind.keepsStatusAtCreation ? {} : { status: {} }
    const sent = { ...object, ...status, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata } as KubernetesObject
    // What programs create is made of templates that are complete already.
    const completed = by === user ? complete(kind, sent) : sent
    return this.#write(kind, { type: 'ADDED', object: kind.prepareForCreate?.(completed) ?? completed, previous: undefined, by }) as O
  }

  update<O extends KubernetesObject>(
    kind: Kind<O>,
    object: O,
    { by, subresource = '' }: { by: string; subresource?: string | undefined },
  ): O {
    const { uid, resourceVersion } = object.metadata
    const sent = by === user ? (complete(this.#of(kind).kind, object) as O) : object
    return this.#change(kind, object.metadata, { by, subresource, preconditions: { uid, resourceVersion }, next: () => sent })
  }

  patch<O extends KubernetesObject>(kind: Kind<O>, key: ObjectKey, { by, patch }: { by: string; patch: Patch }): O {
    const body = patch.body as { readonly metadata?: { readonly uid?: string; readonly resourceVersion?: string } }
    const { uid, resourceVersion } = body.metadata ?? {}
    return this.#change(kind, key, {
      by,
      subresource: patch.subresource ?? '',
      preconditions: { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      next: current =>
        (patch.type === 'merge' ? applyMergePatch(current, body) : applyStrategicMergePatch(kind.schema, current, body)) as O,
    })
  }

  delete(
    asked: Pick<Kind, 'group' | 'plural'>,
    key: ObjectKey,
    { by, options = {} }: { by: string; options?: DeleteOptions | undefined },
  ): void {
    const { kind } = this.#of(asked)
    const current = this.get(kind, key)
    checkPreconditions(kind, current, options.preconditions)
    const plan = planDeletion(kind, current, { ...options, now: this.#time.now() })
    if (plan.type === 'wait' && plan.object === current) return
    const object = plan.type === 'now' ? current : plan.object
    this.#write(kind, { type: plan.type === 'now' ? 'DELETED' : 'MODIFIED', object, previous: current, by })
  }

  #change<O extends KubernetesObject>(
    asked: Kind<O>,
    key: ObjectKey,
    { by, subresource, preconditions, next }: { by: string; subresource: string; preconditions: Preconditions; next(current: O): O },
  ): O {
    const { kind } = this.#of(asked)
    const current = this.get(kind, key)
    checkPreconditions(kind, current, preconditions)
    const strategy = strategyOf(kind, subresource)
    const wanted = next(current as O)
    const taken = strategy.take({ ...wanted, metadata: updatedMetadata(wanted.metadata, current.metadata) }, current)
    const object = withGeneration(kind, strategy.prepare(taken, current), current)
    if (isEqual(object, current)) return current as O
    const type = isDeletionFinished(kind, object) ? 'DELETED' : 'MODIFIED'
    return this.#write(kind, { type, object, previous: current, by }) as O
  }

  #write(kind: Kind, change: Omit<Change, 'kind'>): KubernetesObject {
    const { objects, changes } = this.#of(kind)
    const { metadata } = change.object
    const object = deepFreeze({ ...change.object, metadata: { ...metadata, resourceVersion: String(++this.#revision) } })
    if (change.type === 'DELETED') objects.delete(keyOf(object))
    else objects.set(keyOf(object), object)
    const written: Change = { ...change, kind, object }
    changes.push(written)
    for (const listener of this.#listeners) listener(written)
    return object
  }

  #of(kind: Named): Stored {
    const stored = this.#kinds.get(nameOf(kind))
    if (!stored) throw new Error(`${nameOf(kind)} is not simulated`)
    return stored
  }
}

type Named = Pick<Kind, 'group' | 'plural'>
const nameOf = ({ group, plural }: Named) => `${group}/${plural}`

/** Callers may know a kind by a record of their own. */
export const isSameKind = (a: Named, b: Named): boolean => a.group === b.group && a.plural === b.plural

function discoveryOf(kinds: readonly Kind[]): Readonly<Record<string, unknown>> {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']
  const resourcesOf = (group: string) =>
    kinds.filter(kind => kind.group === group).map(({ plural, kind, namespaced }) => ({ name: plural, kind, namespaced, verbs }))
  const groups = [...new Set(kinds.map(({ group }) => group))].filter(group => group !== '')
  return {
    '/apis': { groups: groups.map(name => ({ name, preferredVersion: { version: 'v1' } })) },
    '/api/v1': { resources: resourcesOf('') },
    ...Object.fromEntries(groups.map(group => [`/apis/${group}/v1`, { resources: resourcesOf(group) }])),
  }
}

function checkPreconditions(kind: Pick<Kind, 'group' | 'plural'>, { metadata }: KubernetesObject, preconditions: Preconditions): void {
  const { uid, resourceVersion } = preconditions ?? {}
  if (uid && uid !== metadata.uid) throw conflict(kind, metadata.name, `Precondition failed: UID in precondition: ${uid}`)
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) throw objectModified(kind, metadata.name)
}
