import { CustomResourceDefinition } from '../../api/apiextensions/custom-resource-definition.ts'
import { ConfigMap } from '../../api/core/config-map.ts'
import { Secret } from '../../api/core/secret.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import type { OwnerReference } from '../../api/meta.ts'
import { controllerReference } from '../../api/owners.ts'
import { GarbageCollector } from '../../control-plane/controllers/garbage-collector/garbage-collector.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import type { Change } from '../simulator/simulated-api.ts'
import { must, mustEqual } from './limits.ts'
import { namespace } from './pods.ts'

const name = 'garbage-collector-controller'
const kinds = [ConfigMap, Secret] as unknown as readonly Kind[]

/** Objects own each other in all ways, are deleted in all ways, and get new owners meanwhile. */
export const garbage: Scenario = {
  name,
  kinds: [...kinds, CustomResourceDefinition],
  controllers: context => [new GarbageCollector(context)],
  begin: world => new GarbageRules(world),
}

class GarbageRules implements Rules {
  readonly #world: World
  /** Everything that ever was: references may name what is no more. */
  readonly #ever: KubernetesObject[] = []

  constructor(world: World) {
    this.#world = world
    for (let count = world.chance.whole(3, 8); count > 0; count--) this.#create(`o${count}`)
  }

  act(): void {
    const { api, chance } = this.#world
    const what = chance.pick('delete', 'delete', 'create', 'again', 'own')
    const object = chance.one(this.#all())
    if (what === 'create') this.#create(`n${chance.letters(3)}`)
    else if (what === 'again') this.#create(chance.one(this.#ever)?.metadata.name ?? 'a')
    else if (!object) return
    else if (what === 'delete') {
      const propagationPolicy = chance.pick('Foreground', 'Background', 'Orphan')
      api.delete(this.#kindOf(object), object.metadata, { by: 'user', options: { propagationPolicy } })
    } else {
      const next = { ...object, metadata: { ...object.metadata, ownerReferences: this.#owners(object) } }
      api.update(this.#kindOf(object), next, { by: 'user' })
    }
  }

  changed({ object, previous, by }: Change): void {
    this.#ever.push(object)
    if (by !== name || !previous || previous.metadata.deletionTimestamp) return
    if (
      this.#world.api.all(this.#kindOf(object)).some(each => each.metadata.uid === object.metadata.uid && !each.metadata.deletionTimestamp)
    )
      return
    const owners = previous.metadata.ownerReferences ?? []
    must(owners.length > 0, () => `${object.metadata.name} has no owners, and was deleted`)
    const living = owners.filter(owner => this.#lives(owner) && !this.#waits(owner))
    must(living.length === 0, () => `${object.metadata.name} was deleted, and ${living.map(owner => owner.name).join(', ')} lives`)
  }

  settled(): void {
    for (const { metadata } of this.#all()) {
      mustEqual(metadata.deletionTimestamp, undefined, `deletion of ${metadata.name}`)
      mustEqual(metadata.finalizers ?? [], [], `finalizers of ${metadata.name}`)
      const dead = (metadata.ownerReferences ?? []).filter(owner => !this.#lives(owner))
      mustEqual(
        dead.map(owner => owner.name),
        [],
        `dead owners of ${metadata.name}`,
      )
    }
  }

  #all(): KubernetesObject[] {
    return kinds.flatMap(kind => this.#world.api.all(kind))
  }
  #kindOf({ kind }: { readonly kind: string }): Kind {
    return kind === 'Secret' ? (kinds[1] as Kind) : (kinds[0] as Kind)
  }
  #find(owner: OwnerReference): KubernetesObject | undefined {
    const found = this.#world.api.find(this.#kindOf(owner), { name: owner.name, namespace })
    return found?.metadata.uid === owner.uid ? found : undefined
  }
  #lives(owner: OwnerReference): boolean {
    return this.#find(owner) !== undefined
  }
  /** Its dependents have to go first. */
  #waits(owner: OwnerReference): boolean {
    const { deletionTimestamp, finalizers } = this.#find(owner)?.metadata ?? {}
    return deletionTimestamp !== undefined && (finalizers?.includes('foregroundDeletion') ?? false)
  }

  #create(name: string): void {
    const { api, chance } = this.#world
    const kind = chance.pick(...kinds)
    if (api.find(kind, { name, namespace })) return
    const ownerReferences = this.#owners(undefined)
    api.create(kind, { metadata: { name, namespace, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) } }, 'user')
  }

  /** Up to two, some of which may be gone. */
  #owners(object: KubernetesObject | undefined): OwnerReference[] {
    const { chance } = this.#world
    const owners = new Map<string, OwnerReference>()
    for (let count = chance.whole(0, 2); count > 0; count--) {
      const owner = chance.happens(0.8) ? chance.one(this.#all()) : chance.one(this.#ever)
      if (!owner || owner.metadata.uid === object?.metadata.uid) continue
      const { controller: _, ...reference } = controllerReference(this.#kindOf(owner), owner)
      owners.set(owner.metadata.uid, { ...reference, blockOwnerDeletion: chance.happens(0.5) })
    }
    return [...owners.values()]
  }
}
