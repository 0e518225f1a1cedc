import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chmod, mkdir } from 'node:fs/promises'
import { builtInKinds } from '../api/kinds.ts'
import type { Client } from '../client/client.ts'
import { createClient } from '../client/http-client.ts'
import { writeKubeconfig } from '../client/kubeconfig.ts'
import { formatAddress, parseCidr } from '../common/cidr.ts'
import { systemClock } from '../common/clock.ts'
import type { Logger, RootLogger } from '../common/log.ts'
import { runAll, untilAborted, type Runnable } from '../common/run.ts'
import { ownAddresses } from './addresses.ts'
import { openAudit, type Audit } from './api-server/audit/open-audit.ts'
import { createAdmission } from './api-server/admission/index.ts'
import { createAuthenticator, createTokenAuthenticator } from './api-server/auth/authenticate.ts'
import { createAuthorizer } from './api-server/auth/authorize.ts'
import { createTokenAction } from './api-server/auth/create-token.ts'
import { createReviews } from './api-server/auth/reviews.ts'
import { issuerDiscovery } from './api-server/auth/issuer-discovery.ts'
import { effectiveRules } from './api-server/rbac/effective-rules.ts'
import { authenticated, masters } from './api-server/rbac/groups.ts'
import { readSigningKey } from './api-server/auth/service-account-keys.ts'
import { createTokenIssuer } from './api-server/auth/service-account-token.ts'
import { Loopback } from './api-server/loopback.ts'
import { createLookup, storedObjects } from './api-server/lookup.ts'
import { PriorityAndFairness } from './api-server/flow-control/flow-control.ts'
import { dialThroughAgents, serviceConnector } from './api-server/service-connector.ts'
import { createStatusWriter } from './api-server/status-writer.ts'
import { createApiServer, type ApiServer } from './api-server/server.ts'
import { ensureBootstrapToken } from './bootstrap/bootstrap-token.ts'
import { writeJoinFiles } from './bootstrap/join-files.ts'
import type { ControlPlaneConfig } from './config.ts'
import { loadIdentity, type Identity } from './identity.ts'
import { onlyWhileLeading } from '../client/leader-election.ts'
import type { SchedulerConfiguration } from './scheduler/configuration/configuration.ts'
import { configurationFromFile } from './scheduler/configuration/configuration-file.ts'
import { createScheduler } from './scheduler/scheduler.ts'
import { ComponentMetrics } from './metrics/component-metrics.ts'
import { ControlPlaneMetrics } from './metrics/control-plane-metrics.ts'
import { openStore } from './store/lmdb-store.ts'
import { observedStore } from './store/observed-store.ts'
import type { Store } from './store/store.ts'

/** Who the components of this process are to the API server. */
const users = {
  admin: { name: 'kubernetes-admin', groups: [masters, authenticated] },
  scheduler: { name: 'system:kube-scheduler', groups: [authenticated] },
  controllerManager: { name: 'system:kube-controller-manager', groups: [authenticated] },
}

const issuer = 'https://kubernetes.default.svc.cluster.local'

export interface ControlPlane extends AsyncDisposable {
  readonly port: number
  readonly identity: Identity
  /** A client that is an administrator. */
  readonly client: Client
  /** A client as one of the components; it works within this process only. */
  clientAs(user: keyof typeof users, userAgent?: string): Client
  /** Rejects when a component fails; resolves after `stop`. */
  readonly done: Promise<void>
  /** Stops in the reverse order of starting: controllers, API server, store. */
  stop(): Promise<void>
}

/** Starts store, API server, bootstrap objects, then scheduler and controllers, as far as they are switched on. */
export async function startControlPlane(config: ControlPlaneConfig, log: Logger & Partial<RootLogger>): Promise<ControlPlane> {
  // What is wrong with it is to be known before anything runs.
  const schedulerConfiguration = await configurationFromFile(config.schedulerConfigPath, log.child({ component: 'scheduler' }))
  const advertiseAddress = config.advertiseAddress ?? ownAddresses()[0] ?? '127.0.0.1'
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 })
  // A volume's directory is there already, open to all; the store holds every secret.
  await chmod(config.dataDirectory, 0o700)
  const identity = await loadIdentity({
    directory: join(config.dataDirectory, 'pki'),
    servingNames: servingNames(config, advertiseAddress),
    bootstrapToken: config.bootstrapToken,
  })
  const audit = config.audit && (await openAudit(config.audit, { clock: systemClock, log: log.child({ component: 'audit' }) }))
  const storePath = join(config.dataDirectory, 'store.mdb')
  const store = await openStore(storePath)
  const metrics = new ComponentMetrics(storePath)
  const loopback = new Loopback()
  const server = await apiServer({ config, identity, store, loopback, audit, metrics, advertiseAddress, log })
  const port = await server.listen(config.port, config.listenAddress)
  log.info('API server is listening', { address: config.listenAddress, port })

  const clientAs: ControlPlane['clientAs'] = (user, userAgent = user) =>
    createClient({
      server: 'http://loopback',
      ...loopback.accessFor(users[user]),
      userAgent,
      answered: answer => metrics.clients.answered(answer),
    })
  const client = clientAs('admin', 'kubeling-bootstrap')
  await ensureBootstrapToken(client, identity.bootstrapToken)
  await writeKubeconfig(
    config.kubeconfigPath,
    { server: `https://127.0.0.1:${port}`, ca: identity.authority.cert, certificate: identity.admin },
    { cluster: config.cluster, user: 'kubernetes-admin' },
  )
  if (config.bootstrapDirectory) {
    await writeJoinFiles(config.bootstrapDirectory, { ca: identity.authority.cert, token: identity.bootstrapToken })
  }

  const components = await createComponents({ config, schedulerConfiguration, identity, clientAs, metrics, log })
  const stopping = new AbortController()
  // Something has to run even when no component is switched on.
  const running = runAll([...components, { run: untilAborted }], stopping.signal)
  const done = running.finally(async () => {
    await server.close()
    await audit?.sink.close()
    await store.close()
  })
  const stop = async () => {
    stopping.abort()
    await done
  }
  return { port, identity, client, clientAs, done, stop, [Symbol.asyncDispose]: stop }
}

async function createComponents(parts: {
  config: ControlPlaneConfig
  schedulerConfiguration: SchedulerConfiguration
  identity: Identity
  clientAs: ControlPlane['clientAs']
  metrics: ComponentMetrics
  log: Logger
}): Promise<Runnable[]> {
  const { config, schedulerConfiguration, identity, clientAs, metrics, log } = parts
  const leading = (name: string, client: Client, work: Runnable): Runnable =>
    config.leaderElect
      ? onlyWhileLeading(
          {
            client,
            lease: { namespace: 'kube-system', name },
            identity: `${hostname()}_${randomUUID()}`,
            log: log.child({ component: name }),
          },
          work,
        )
      : work
  const components: Runnable[] = []
  if (config.runScheduler) {
    const client = clientAs('scheduler', 'kube-scheduler')
    const scheduler = createScheduler({
      client,
      log: log.child({ component: 'scheduler' }),
      configuration: schedulerConfiguration,
      observer: metrics.scheduler,
    })
    components.push(leading('kube-scheduler', client, scheduler))
  }
  if (config.runControllers) {
    // Loaded now and not earlier: signing certificates needs a large library, and the API server answers before that.
    const { createControllers } = await import('./controllers/index.ts')
    const client = clientAs('controllerManager', 'kube-controller-manager')
    const observeQueue = (name: string) => metrics.queues.observe(name)
    const controllers = createControllers({
      client,
      log,
      clusterCidr: config.podCidr,
      serviceCidr: config.serviceCidr,
      authority: identity.authority,
      observeQueue,
    })
    components.push(leading('kube-controller-manager', client, controllers))
  }
  return components
}

const servingNames = ({ serviceCidr, extraNames }: ControlPlaneConfig, advertiseAddress: string): string[] => [
  'localhost',
  '127.0.0.1',
  'control-plane',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  formatAddress(parseCidr(serviceCidr).first + 1),
  hostname(),
  advertiseAddress,
  ...ownAddresses(),
  ...extraNames,
]

/** What may be shown of the configuration to whoever may read `/configz`: no secrets. */
function configurationOf({ adminToken: _, bootstrapToken: __, ...config }: ControlPlaneConfig): Readonly<Record<string, object>> {
  return { 'kubeling-control-plane': config }
}

/** Upstream's verbosity as a level: 4 and more is what it says to those who look for a fault. */
const verbosityOf =
  ({ logLevel }: ControlPlaneConfig, log: Partial<RootLogger>) =>
  (verbosity: number) => {
    log.level = verbosity >= 4 ? 'debug' : logLevel
  }

/** Beside the program, where it is built; not where its sources run as they are. */
function yamlWorker(): { readonly yamlWorker?: string } {
  const file = join(dirname(process.argv[1] ?? ''), 'yaml-worker.js')
  return existsSync(file) ? { yamlWorker: file } : {}
}

async function apiServer(parts: {
  config: ControlPlaneConfig
  identity: Identity
  store: Store
  loopback: Loopback
  audit: Audit | undefined
  metrics: ComponentMetrics
  advertiseAddress: string
  log: Logger & Partial<RootLogger>
}): Promise<ApiServer> {
  const { config, identity, store, loopback, audit, advertiseAddress, log } = parts
  const components = parts.metrics
  const { lookup, cache } = createLookup(store)
  const signingKey = await readSigningKey(identity.serviceAccountKey)
  const tokens = createTokenIssuer(signingKey, issuer)
  const clock = systemClock
  const authorizer = createAuthorizer(lookup)
  const flowControl = new PriorityAndFairness({ lookup, seats: config.maxRequestsInflight + config.maxMutatingRequestsInflight })
  const metrics = new ControlPlaneMetrics({
    levels: () => flowControl.levels,
    objects: () => storedObjects(store),
    components: components.families,
    ...(audit ? { audit: () => ({ events: audit.auditor.events, lost: audit.sink.lost, requests: audit.auditor.requests }) } : {}),
  })
  const ca = identity.authority.cert
  const kubeletClient = { ...identity.kubeletClient, ca }
  return createApiServer({
    store: observedStore(store, (operation, key, milliseconds) => components.store.asked(operation, key, milliseconds)),
    cache,
    kinds: builtInKinds,
    flowControl,
    observer: metrics.requests,
    ...yamlWorker(),
    ...(config.profiling ? { debug: { configuration: configurationOf(config), setVerbosity: verbosityOf(config, log), clock } } : {}),
    metrics: () => metrics.text(),
    ...(audit ? { auditor: audit.auditor } : {}),
    authenticator: createAuthenticator({ lookup, tokens, clock, adminToken: config.adminToken }, token => loopback.userOf(token)),
    loopback,
    authorizer,
    reviews: createReviews({
      authorizer,
      rulesOf: (user, namespace) => effectiveRules(user, namespace, lookup),
      clock,
      tokenUser: createTokenAuthenticator({ lookup, tokens, clock, adminToken: config.adminToken }),
    }),
    admission: createAdmission({
      lookup,
      authorizer,
      statuses: createStatusWriter(store, cache),
      services: serviceConnector(lookup, dialThroughAgents(lookup, kubeletClient)),
      clock,
    }),
    actions: { token: createTokenAction({ lookup, tokens, clock }) },
    documents: issuerDiscovery(signingKey, { issuer, address: `https://${advertiseAddress}:${config.port}` }),
    tls: { ...identity.serving, ca },
    kubeletClient,
    frontProxy: identity.frontProxy,
    serviceCidr: config.serviceCidr,
    advertiseAddress,
    advertisePort: config.advertisePort,
    clock,
    log: log.child({ component: 'api-server' }),
  })
}
