import { CustomResourceDefinition } from '../../../api/apiextensions/custom-resource-definition.ts'
import { isConditionTrue } from '../../../api/conditions.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { allSynced } from '../../../client/controller.ts'
import { Informer } from '../../../client/informer.ts'
import type { ControllerContext } from '../context.ts'
import { Gateway, GatewayClass, gatewayGroup, gatewayKinds, HttpRoute, ReferenceGrant, TcpRoute } from './gateway-types.ts'

/** The objects of the Gateway API, watched as long as all their kinds are defined. */
export class GatewayWatches {
  readonly #context: ControllerContext
  readonly #changed: () => void
  #watched: Watched | undefined
  #stop = new AbortController()

  constructor(context: ControllerContext, changed: () => void) {
    this.#context = context
    this.#changed = changed
  }

  /** The caches, filled; undefined while the kinds are not there. */
  async caches(signal: AbortSignal): Promise<Watched | undefined> {
    if (!this.#areDefined()) {
      this.#stop.abort()
      this.#watched = undefined
      return undefined
    }
    this.#watched ??= this.#start(signal)
    return (await allSynced(Object.values(this.#watched), signal)) ? this.#watched : undefined
  }

  #areDefined(): boolean {
    const definitions = this.#context.informers.for(CustomResourceDefinition).cache
    return gatewayKinds.every(({ plural, version }) => {
      const definition = definitions.get(`${plural}.${gatewayGroup}`)
      const isServed = definition?.spec.versions.some(({ name, served }) => name === version && served)
      return isServed && isConditionTrue(definition?.status.conditions, 'Established')
    })
  }

  #start(signal: AbortSignal): Watched {
    const { client, log } = this.#context
    this.#stop = new AbortController()
    const together = AbortSignal.any([signal, this.#stop.signal])
    const watch = <O extends KubernetesObject>(kind: Kind<O>) => {
      const informer = new Informer({ client, kind, log })
      informer.addListener({ added: this.#changed, updated: this.#changed, deleted: this.#changed })
      informer.run(together).catch((error: unknown) => log.error('a watch of the Gateway API ended', { resource: kind.plural, error }))
      return informer
    }
    return {
      classes: watch(GatewayClass),
      gateways: watch(Gateway),
      httpRoutes: watch(HttpRoute),
      tcpRoutes: watch(TcpRoute),
      grants: watch(ReferenceGrant),
    }
  }
}

export interface Watched {
  readonly classes: Informer<GatewayClass>
  readonly gateways: Informer<Gateway>
  readonly httpRoutes: Informer<HttpRoute>
  readonly tcpRoutes: Informer<TcpRoute>
  readonly grants: Informer<ReferenceGrant>
}
