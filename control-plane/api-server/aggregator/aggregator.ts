import { APIService } from '../../../api/apiregistration/api-service.ts'
import { findCondition, isConditionTrue, setCondition } from '../../../api/conditions.ts'
import { Service } from '../../../api/core/service.ts'
import { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isNotFound } from '../../../api/errors.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { Logger } from '../../../common/log.ts'
import type { Backend } from '../endpoints/backend-proxy.ts'
import type { Dialer } from '../endpoints/dialer.ts'
import type { RemoteApis, RemoteResource, RemoteVersion } from '../endpoints/remote-apis.ts'
import { PlainError } from '../endpoints/error-handler.ts'
import type { Lookup, User } from '../interfaces.ts'
import { prefixOf } from '../registry/keys.ts'
import type { Registry } from '../registry/registry.ts'
import { update } from '../registry/update.ts'
import { failedCheck, judge, local, passed, type Availability, type Judgement } from './availability.ts'
import { askRemote, backendOf, type FrontProxy } from './remote-server.ts'

interface Options {
  readonly registry: Registry
  readonly lookup: Lookup
  readonly dialer: Pick<Dialer, 'dial'>
  readonly frontProxy?: FrontProxy | undefined
  /** `group/version` that are always this server's own. */
  readonly own: ReadonlySet<string>
  readonly log: Logger
}

const serviceLabel = 'kubernetes.io/service-name'
/** Upstream looks again so often, and after failures ever more rarely up to that. */
const [lookAgainMs, firstRetryMs] = [30_000, 1_000]

const context = {
  user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  fieldValidation: 'Ignore',
  warn: () => undefined,
} as const

/**
 * Versions of the API that other servers have: where requests for them go, whether those servers answer (the `Available`
 * condition), and what they say that they serve. While there is none, it does nothing but listen.
 */
export class Aggregator implements RemoteApis {
  readonly #options: Options
  readonly #unlisten: (() => void)[]
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #failures = new Map<string, number>()
  readonly #checking = new Map<string, Promise<void>>()
  readonly #resources = new Map<string, readonly RemoteResource[]>()
  #remote: readonly APIService[] = []
  #closed = false

  constructor(options: Options) {
    this.#options = options
    const { hub } = options.registry
    const ofService = (object: KubernetesObject | undefined, name: string | undefined) =>
      this.#wakeUsersOf(object?.metadata.namespace ?? '', name ?? '')
    this.#unlisten = [
      hub.listen(prefixOf(APIService, ''), ({ current, previous }) => {
        this.#remote = this.#list()
        this.#wake((current ?? previous)?.object.metadata.name ?? '')
      }),
      hub.listen(prefixOf(Service, ''), ({ current, previous }) => {
        if (this.#remote.length > 0) ofService((current ?? previous)?.object, (current ?? previous)?.object.metadata.name)
      }),
      hub.listen(prefixOf(EndpointSlice, ''), ({ current, previous }) => {
        const { object } = (this.#remote.length > 0 && (current ?? previous)) || {}
        ofService(object, object?.metadata.labels?.[serviceLabel])
      }),
    ]
  }

  /** Looks at what is there already. */
  start(): void {
    this.#remote = this.#list()
    for (const { metadata } of this.#options.lookup.list(APIService)) this.#wake(metadata.name)
  }
  close(): void {
    this.#closed = true
    for (const unlisten of this.#unlisten) unlisten()
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  backendFor(path: string, url: string, user: User): Backend | undefined {
    if (this.#remote.length === 0) return undefined
    const [root, group = '', version = ''] = (path.startsWith('/openapi/v3/') ? path.slice('/openapi/v3'.length) : path).split('/').slice(1)
    if (root !== 'apis' || !version) return undefined
    const apiService = this.#remote.find(({ spec }) => spec.group === group && spec.version === version)
    if (!apiService) return undefined
    const judgement = isConditionTrue(apiService.status.conditions, 'Available') ? this.#judge(apiService) : undefined
    const addresses = judgement && 'ask' in judgement ? judgement.ask : []
    const address = addresses[Math.floor(Math.random() * addresses.length)]
    if (!address) throw new PlainError(503, 'service unavailable')
    const { dialer, frontProxy } = this.#options
    return backendOf(apiService, { address, path: url, user, dialer, frontProxy })
  }

  versions(): RemoteVersion[] {
    return this.#remote.map(({ metadata, spec, status }) => ({
      group: spec.group ?? '',
      version: spec.version ?? '',
      priority: [spec.groupPriorityMinimum, spec.versionPriority],
      current: isConditionTrue(status.conditions, 'Available'),
      resources: this.#resources.get(metadata.name) ?? [],
    }))
  }

  #list(): APIService[] {
    const { lookup, own } = this.#options
    return lookup.list(APIService).filter(({ spec }) => spec.service && spec.group && !own.has(`${spec.group}/${spec.version}`))
  }
  #wakeUsersOf(namespace: string, name: string): void {
    for (const { metadata, spec } of this.#remote) {
      if (spec.service?.namespace === namespace && spec.service.name === name) this.#wake(metadata.name)
    }
  }
  #wake(name: string, afterMs = 0): void {
    clearTimeout(this.#timers.get(name))
    if (this.#closed) return
    const timer = setTimeout(() => void this.#look(name), afterMs)
    timer.unref()
    this.#timers.set(name, timer)
  }

  /** One look at a time for each; a change during one is looked at afterwards. */
  async #look(name: string): Promise<void> {
    this.#timers.delete(name)
    await this.#checking.get(name)
    const looking = this.#check(name)
      .catch((error: unknown) => {
        if (this.#closed || isNotFound(error)) return
        this.#options.log.warn('the availability of an APIService could not be written', { apiService: name, error: messageOf(error) })
        this.#wake(name, lookAgainMs)
      })
      .finally(() => this.#checking.delete(name))
    this.#checking.set(name, looking)
    await looking
  }
  async #check(name: string): Promise<void> {
    const apiService = this.#options.lookup.get(APIService, { namespace: '', name })
    if (!apiService?.spec.service) {
      this.#resources.delete(name)
      this.#failures.delete(name)
      return apiService && this.#write(apiService, local)
    }
    const judgement = this.#judge(apiService)
    const condition = 'condition' in judgement ? judgement.condition : await this.#ask(apiService, judgement.ask)
    if (this.#closed) return
    await this.#write(apiService, condition)
    const failures = condition.reason === 'FailedDiscoveryCheck' ? (this.#failures.get(name) ?? 0) + 1 : 0
    this.#failures.set(name, failures)
    if (!this.#timers.has(name)) this.#wake(name, failures ? Math.min(lookAgainMs, firstRetryMs * 2 ** (failures - 1)) : lookAgainMs)
  }
  #judge({ spec }: APIService): Judgement {
    const { lookup } = this.#options
    const reference = spec.service ?? {}
    const { namespace = '', name = '' } = reference
    const slices = lookup.list(EndpointSlice, namespace).filter(({ metadata }) => metadata.labels?.[serviceLabel] === name)
    return judge({ reference, service: lookup.get(Service, { namespace, name }), slices })
  }
  /** Available is what answers at one of its addresses; upstream tries five times, too. */
  async #ask({ metadata, spec }: APIService, addresses: Extract<Judgement, { ask: unknown }>['ask']): Promise<Availability> {
    let failure = ''
    for (const address of addresses.slice(0, 5)) {
      try {
        const body = JSON.parse(await askRemote(`/apis/${spec.group}/${spec.version}`, { ...this.#options, address })) as {
          readonly resources?: readonly RemoteResource[]
        }
        this.#resources.set(metadata.name, body.resources ?? [])
        return passed
      } catch (error) {
        failure = messageOf(error)
      }
    }
    return failedCheck(failure)
  }
  async #write(apiService: APIService, condition: Availability): Promise<void> {
    const { registry } = this.#options
    const { name, uid } = apiService.metadata
    const now = findCondition(apiService.status.conditions, 'Available')
    if (now?.status === condition.status && now.reason === condition.reason && now.message === condition.message) return
    const next = (current: KubernetesObject) => {
      const { status } = current as APIService
      return { ...current, status: { ...status, conditions: setCondition(status.conditions, condition, registry.clock.now()) } }
    }
    await update(registry, { kind: APIService, namespace: '', name, subresource: 'status', preconditions: { uid }, next, context })
  }
}
