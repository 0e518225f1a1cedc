import type { Kind } from '../../../api/kind.ts'
import { badRequest, methodNotAllowed } from '../../../api/errors.ts'
import type { Action, Computed, Review, ServedKinds } from '../interfaces.ts'
import { act } from './action.ts'
import type { ApiRequest, Handler } from './api-request.ts'
import { serveComputed } from './computed.ts'
import { create } from './create.ts'
import { deleteCollection } from './delete-collection.ts'
import { deleteObject } from './delete.ts'
import { verbsOf } from './discovery-resources.ts'
import { PathNotFound } from './error-handler.ts'
import { get } from './get.ts'
import { list } from './list.ts'
import { patch } from './patch.ts'
import type { ResourcePath } from './request-info.ts'
import { review } from './review.ts'
import { update } from './update.ts'
import { watch } from './watch.ts'

const handlers: Readonly<Record<string, Handler>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: deleteObject,
  deletecollection: deleteCollection,
}

export interface RouterOptions {
  readonly kinds: ServedKinds
  readonly actions: Readonly<Record<string, Action>>
  readonly reviews: readonly Review[]
  readonly computed: readonly Computed[]
  readonly connect: Handler
}

const collectionVerbs = ['create', 'list', 'watch', 'deletecollection']
const acrossNamespaces = ['list', 'watch']
/** Proxies hand on this method as well, for which there is no verb. */
const isProxiedOptions = ({ request, target, subresource }: ApiRequest): boolean =>
  subresource?.type === 'connect' && target.subresource === 'proxy' && request.method === 'OPTIONS'

/** Which handler serves a resource path; kinds are looked up, never named. */
export class ResourceRouter {
  readonly #reviews: ReadonlyMap<Kind, Review>
  readonly #computed: ReadonlyMap<Kind, Computed>
  readonly #options: RouterOptions

  constructor(options: RouterOptions) {
    this.#options = options
    this.#reviews = new Map(options.reviews.map(review => [review.kind, review]))
    this.#computed = new Map(options.computed.map(each => [each.kind, each]))
  }
  /** Whether there is a kind at this path, with that subresource. */
  knows({ group, version, plural, subresource }: ResourcePath): boolean {
    const kind = this.#options.kinds.find(group, version, plural)
    return kind !== undefined && (!subresource || kind.subresources?.[subresource] !== undefined)
  }
  /** The kind at this path; throws when there is nothing there. */
  kindOf({ group, version, plural, namespace, name, subresource }: ResourcePath): Kind {
    const kind = this.#options.kinds.find(group, version, plural)
    if (!kind || (namespace && !kind.namespaced)) throw new PathNotFound()
    if (subresource && !kind.subresources?.[subresource]) throw new PathNotFound()
    if (kind.namespaced && !namespace && name) throw new PathNotFound()
    return kind
  }
  async serve(request: ApiRequest): Promise<void> {
    const { kind, info, target, subresource } = request
    const { verb } = info
    if (subresource) return this.#serveSubresource(request, subresource.type)
    const asked = this.#reviews.get(kind)
    if (!verbsOf(kind).includes(verb) || collectionVerbs.includes(verb) === (target.name !== '' && verb !== 'watch'))
      throw methodNotAllowed()
    if (kind.namespaced && !target.namespace && !acrossNamespaces.includes(verb)) throw methodNotAllowed()
    if (asked) return review(request, asked)
    const computed = this.#computed.get(kind)
    if (computed) return serveComputed(request, computed)
    return this.#handle(request, verb)
  }

  async #serveSubresource(request: ApiRequest, type: NonNullable<ApiRequest['subresource']>['type']): Promise<void> {
    const { info, subresource } = request
    if (!request.target.name) throw badRequest('name must be provided')
    if (!subresource?.verbs.includes(info.verb) && !isProxiedOptions(request)) throw methodNotAllowed()
    if (type === 'connect') return this.#options.connect(request)
    if (type === 'action') return act(request, this.#options.actions)
    return this.#handle(request, info.verb)
  }
  #handle(request: ApiRequest, verb: string): Promise<void> {
    const handler = handlers[verb]
    if (!handler) throw methodNotAllowed()
    return handler(request)
  }
}
