import { CustomResourceDefinition } from '../../api/apiextensions/custom-resource-definition.ts'
import { customKinds } from '../../api/apiextensions/custom-kind.ts'
import type { Kind } from '../../api/kind.ts'
import type { Logger } from '../../common/log.ts'
import type { Store } from '../store/store.ts'
import type { ServedKinds } from './interfaces.ts'
import { prefixOf } from './registry/keys.ts'
import type { ObjectCache } from './registry/object-cache.ts'
import type { WatchHub } from './registry/watch-hub.ts'

interface Options {
  readonly builtIn: readonly Kind[]
  readonly store: Store
  readonly cache: ObjectCache
  readonly hub: WatchHub
  readonly log: Logger
}

const pathOf = ({ group, version, plural }: Pick<Kind, 'group' | 'version' | 'plural'>) => `${group}/${version}/${plural}`

/**
 * Every kind that is served: the built-in ones, and those of the definitions in the store. It follows the definitions in the
 * turn in which they are written, so whoever has been answered finds the kind served.
 */
export class KindRegistry implements ServedKinds {
  readonly #options: Options
  readonly #builtIn: ReadonlyMap<string, Kind>
  /** By the definition's name. */
  readonly #custom = new Map<string, readonly Kind[]>()
  #all: readonly Kind[]
  #byPath: ReadonlyMap<string, Kind>
  readonly #stop: () => void

  constructor(options: Options) {
    const { builtIn, store, cache, hub } = options
    this.#options = options
    this.#builtIn = new Map(builtIn.map(kind => [pathOf(kind), kind]))
    this.#all = builtIn
    this.#byPath = this.#builtIn
    const prefix = prefixOf(CustomResourceDefinition, '')
    for (const entry of store.list(prefix).entries) this.#define(cache.of(entry).object as CustomResourceDefinition)
    this.#arrange()
    this.#stop = hub.listen(prefix, ({ current, previous }) => {
      if (current) this.#define(current.object as CustomResourceDefinition)
      else if (previous) this.#custom.delete(previous.object.metadata.name)
      this.#arrange()
    })
  }

  all(): readonly Kind[] {
    return this.#all
  }
  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#byPath.get(pathOf({ group, version, plural }))
  }
  close(): void {
    this.#stop()
  }

  #define(definition: CustomResourceDefinition): void {
    const { name } = definition.metadata
    try {
      this.#custom.set(name, customKinds(definition))
    } catch (error) {
      // One definition that cannot be understood must not take the others with it.
      this.#custom.delete(name)
      this.#options.log.error('definition of a custom resource cannot be served', { name, error })
    }
  }

  /** Groups in the order of their names, after the built-in ones; what is built in cannot be defined away. */
  #arrange(): void {
    const custom = [...this.#custom.values()].flat().filter(kind => !this.#builtIn.has(pathOf(kind)))
    // A stable sort: versions stay in the order of their definition.
    custom.sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0))
    this.#all = [...this.#options.builtIn, ...custom]
    this.#byPath = new Map(this.#all.map(kind => [pathOf(kind), kind]))
  }
}
