import { createServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import express from 'express'
import { APIService } from '../../api/apiregistration/api-service.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { defaultNodePorts } from '../../api/core/service-needs.ts'
import { Service } from '../../api/core/service.ts'
import { apiVersionOf, type Kind } from '../../api/kind.ts'
import { systemClock, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Store } from '../store/store.ts'
import { webhookCaller } from './admission/dynamic/webhook-call.ts'
import { Aggregator } from './aggregator/aggregator.ts'
import { servedVersions } from './aggregator/priorities.ts'
import { bootstrap } from './bootstrap.ts'
import { impersonationOf } from './auth/impersonation.ts'
import { createConverter } from './conversion/converter.ts'
import { connectPlain } from './endpoints/connect.ts'
import type { DebugOptions } from './endpoints/debug.ts'
import { Dialer } from './endpoints/dialer.ts'
import { answerError, PathNotFound, refuseUpgrade } from './endpoints/error-handler.ts'
import { kubeletAddress } from './endpoints/kubelet-address.ts'
import { NodeProxy } from './endpoints/node-proxy.ts'
import { oneAtATime } from './endpoints/one-at-a-time.ts'
import { locatePod, locateService, type Locate } from './endpoints/proxy-location.ts'
import { RequestPipeline } from './endpoints/request-pipeline.ts'
import { ResourceRouter } from './endpoints/resource-router.ts'
import { GeneralPaths } from './endpoints/general-paths.ts'
import { YamlReader } from './endpoints/yaml-reader.ts'
import { PriorityAndFairness } from './flow-control/flow-control.ts'
import type { Action, Admission, Auditor, Authenticator, Authorizer, Document, Review, RequestObserver, TlsIdentity } from './interfaces.ts'
import { KindRegistry } from './kind-registry.ts'
import type { Loopback } from './loopback.ts'
import { lookupOver } from './lookup.ts'
import { Collector } from './metrics/collector.ts'
import type { Summary } from './metrics/read-summary.ts'
import { resourceMetrics } from './metrics/resource-metrics.ts'
import { addressObjects } from './registry/address-objects.ts'
import { bind } from './registry/binding.ts'
import { ClusterAddresses } from './registry/cluster-addresses.ts'
import { evict } from './registry/eviction.ts'
import { Expiry } from './registry/expiry.ts'
import { prefixOf } from './registry/keys.ts'
import { ObjectCache } from './registry/object-cache.ts'
import type { Registry } from './registry/registry.ts'
import { ServiceAddresses } from './registry/service-addresses.ts'
import { WatchHub } from './registry/watch-hub.ts'
import { serviceConnector } from './service-connector.ts'

export interface ApiServerOptions {
  readonly store: Store
  readonly kinds: readonly Kind[]
  readonly authenticator: Authenticator
  readonly authorizer: Authorizer
  readonly admission: Admission
  /** What the server shows to clients, and who signs their certificates. */
  readonly tls: TlsIdentity
  /** How the server shows itself to agents. */
  readonly kubeletClient: TlsIdentity
  /** How the server shows itself to the servers of APIServices, and who signed that; absent: not at all. */
  readonly frontProxy?: TlsIdentity
  readonly serviceCidr: string
  readonly nodePorts?: { readonly first: number; readonly last: number }
  /** Where nodes and pods reach this server; becomes the endpoint of the `kubernetes` Service. */
  readonly advertiseAddress: string
  /** Undefined: where it listens. */
  readonly advertisePort?: number | undefined
  /** Actions besides binding and eviction: `token`. */
  readonly actions?: Readonly<Record<string, Action>>
  readonly reviews?: readonly Review[]
  /** Further texts by path: the service account issuer's. */
  readonly documents?: Readonly<Record<string, Document>>
  /** How components of this process get in. */
  readonly loopback?: Loopback
  readonly cache?: ObjectCache
  /** Who may be served when there is much to do; upstream's defaults when absent. */
  readonly flowControl?: PriorityAndFairness
  readonly observer?: RequestObserver
  /** Writes down what is asked; absent: nothing is written down. */
  readonly auditor?: Auditor
  /** The program of the thread that reads long YAML; without it all YAML is read here. */
  readonly yamlWorker?: string
  /** For `/debug/…` and `/configz`, which are not there without. */
  readonly debug?: DebugOptions
  /** What `/metrics` says. */
  readonly metrics?: () => string
  /** Milliseconds for a request that is not long-running. */
  readonly requestTimeout?: number
  readonly clock?: Clock
  readonly log: Logger
}

export interface ApiServer {
  /** Writes what every cluster contains, then listens; resolves to the port. */
  listen(port: number, host?: string): Promise<number>
  close(): Promise<void>
}

/** Upstream's --max-requests-inflight and --max-mutating-requests-inflight together. */
export const defaultSeats = 600

/** As upstream's server: what takes longer to begin, or says nothing for so long between two requests, is cut off. */
const connectionLimits = {
  headersTimeout: 32_000,
  handshakeTimeout: 32_000,
  keepAliveTimeout: 90_000,
  maxHeaderSize: 1024 * 1024,
  // Ends of connections whose machine is gone are found out by the system: upstream's listener asks every 15 seconds as well.
  keepAlive: true,
  keepAliveInitialDelay: 15_000,
  noDelay: true,
}

const summaryPath = '/stats/summary?only_cpu_and_memory=true'

/** The whole API over one store. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, kinds, log } = options
  const cache = options.cache ?? new ObjectCache()
  const hub = new WatchHub(store, cache)
  const lookup = lookupOver(store, cache)
  const dialer = new Dialer({ kubeletClient: options.kubeletClient, nodes: () => lookup.list(Node) })
  const registry: Registry = {
    store,
    cache,
    hub,
    admission: options.admission,
    converter: createConverter({ call: webhookCaller(serviceConnector(lookup, (host, port) => dialer.dial(host, port))) }),
    allocators: { 'service-addresses': serviceAddresses(options, hub, () => registry) },
    clock: options.clock ?? systemClock,
  }
  const served = new KindRegistry({ builtIn: kinds, store, cache, hub, log })
  const proxy = new NodeProxy(options.kubeletClient)
  const kindOf = (group: string, plural: string) => kinds.find(kind => kind.group === group && kind.plural === plural)
  const addressOf = (node: string) => kubeletAddress(registry, Node, node)
  const locations = new Map<Kind, Locate>([
    [Pod, locatePod],
    [Service, locateService],
  ])
  const connectOptions = { proxy, nodes: Node, locations, lookup, dialer }
  const expiries = kinds.flatMap(kind =>
    kind.timeToLive && !kind.storedAs ? [new Expiry({ kind, timeToLive: kind.timeToLive, store, hub, log })] : [],
  )
  const collector = new Collector({
    nodes: () => lookup.list(Node).map(({ metadata }) => metadata.name),
    // The agent is one of ours: its answer is what it is typed as.
    summaryOf: async (node, signal) => (await proxy.readJson(addressOf(node), summaryPath, signal)) as Summary,
    log,
  })
  const computed = resourceMetrics({ lookup, nodes: Node, pods: Pod, collector })
  // Who brings a metrics server of their own has it served instead.
  const own = new Set(kinds.filter(kind => !computed.some(each => each.kind === kind)).map(apiVersionOf))
  const remote = new Aggregator({ registry, lookup, dialer, frontProxy: options.frontProxy, own, log })
  const router = new ResourceRouter({
    kinds: served,
    reviews: [...bindings(kindOf('', 'bindings'), { registry, pods: kindOf('', 'pods') }), ...(options.reviews ?? [])],
    actions: { binding: request => bind(registry, request), eviction: request => evict(registry, request), ...options.actions },
    computed,
    connect: request => connectPlain(request, connectOptions),
  })
  const general = new GeneralPaths({
    kinds: served,
    serverAddress: `${options.advertiseAddress}:6443`,
    store,
    documents: options.documents ?? {},
    metrics: options.metrics,
    debug: options.debug,
    remote,
  })
  const flowControl = options.flowControl ?? new PriorityAndFairness({ seats: defaultSeats })
  for (const plural of ['flowschemas', 'prioritylevelconfigurations']) {
    const kind = kindOf('flowcontrol.apiserver.k8s.io', plural)
    if (kind) hub.listen(prefixOf(kind, ''), () => flowControl.changed())
  }
  const yaml = new YamlReader(options.yamlWorker)
  const pipeline = new RequestPipeline({
    ...options,
    readYaml: yaml.read,
    impersonationOf,
    registry,
    router,
    general,
    remote,
    connectOptions,
    flowControl,
  })

  const app = application(pipeline, log)
  options.loopback?.serve(app)
  const server = createServer({ ...options.tls, ...connectionLimits, requestCert: true, rejectUnauthorized: false }, oneAtATime(app))
  server.requestTimeout = 0
  // The server forgets connections that it hands over; they end with it all the same.
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket))
    socket.on('error', () => socket.destroy())
    pipeline.serveUpgrade(request, { socket, head }).catch((error: unknown) => refuseUpgrade(socket, { request, error, log }))
  })
  // Handshakes that fail are the client's problem; without a listener they would be ours.
  server.on('tlsClientError', (error, socket) => {
    log.debug('TLS handshake failed', { error })
    socket.destroy()
  })
  return {
    async listen(port, host) {
      server.listen(port, host)
      await once(server, 'listening')
      const actual = (server.address() as AddressInfo).port
      await bootstrap({
        registry,
        kindOf,
        serviceCidr: options.serviceCidr,
        advertise: { address: options.advertiseAddress, port: options.advertisePort ?? actual },
        clientCa: String(options.tls.ca),
        frontProxyCa: options.frontProxy && String(options.frontProxy.ca),
        served: servedVersions(kinds),
        apiServices: lookup.list(APIService),
      })
      remote.start()
      return actual
    },
    async close() {
      for (const expiry of expiries) expiry.close()
      served.close()
      const closed = server.listening ? once(server, 'close') : Promise.resolve()
      server.close()
      server.closeAllConnections()
      for (const socket of upgraded) socket.destroy()
      options.loopback?.close()
      remote.close()
      collector.close()
      yaml.close()
      proxy.close()
      hub.close()
      await closed
    },
  }
}

/**
 * The router of express without its application: that would give every request and response another prototype, after which V8
 * has no quick way left through Node's own HTTP code. It took more than half of the time of a get.
 */
function application(pipeline: RequestPipeline, log: Logger): RequestListener {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await pipeline.serve(request, response)
    } catch (error) {
      await answerError(response, { request, error, log })
    }
  }
  const router = express.Router()
  router.use(serve)
  // The router asks for no more of a request than Node's own has; its types know only those of an application.
  return (request, response) =>
    router(
      request as express.Request,
      response as express.Response,
      (error: unknown) => void answerError(response, { request, error: error ?? new PathNotFound(), log }),
    )
}

/** POST to the collection of bindings, the older way to bind a pod; nothing is stored under that name. */
function bindings(kind: Kind | undefined, { registry, pods }: { registry: Registry; pods: Kind | undefined }): Review[] {
  if (!kind || !pods) return []
  const answer: Review['review'] = (object, { user, namespace, dryRun }) =>
    bind(registry, {
      kind: pods,
      namespace,
      name: object.metadata.name,
      subresource: 'binding',
      body: { ...object },
      user,
      dryRun,
      warn: () => undefined,
    })
  return [{ kind, review: answer }]
}

function serviceAddresses(options: ApiServerOptions, hub: WatchHub, registry: () => Registry): ServiceAddresses {
  const { kinds, store, serviceCidr, nodePorts = defaultNodePorts, log } = options
  const find = (group: string, plural: string) => kinds.find(kind => kind.group === group && kind.plural === plural)
  const kind = required(kinds.find(({ allocates }) => allocates === 'service-addresses') ?? find('', 'services'), 'services')
  const ipAddresses = find('networking.k8s.io', 'ipaddresses')
  const stored = { serviceCidrs: find('networking.k8s.io', 'servicecidrs'), ipAddresses }
  const addresses = new ClusterAddresses({ store, hub, kinds: stored, serviceCidr })
  return new ServiceAddresses({ kind, store, hub, addresses, objects: addressObjects({ kind: ipAddresses, registry, log }), nodePorts })
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the API server cannot work without ${what}`)
  return value
}
