import { apiError, invalid, isAlreadyExists } from '../../../api/errors.ts'
import type { Service } from '../../../api/core/service.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { fieldInvalid, type FieldError } from '../../../api/schema/field-error.ts'
import { formatAddress, parseAddress } from '../../../common/cidr.ts'
import type { AddressObjects } from './address-objects.ts'
import type { Allocation, Allocator } from './allocator.ts'
import type { ClusterAddresses } from './cluster-addresses.ts'
import { prefixOf } from './keys.ts'
import { NumberPool, staticBand } from './number-pool.ts'
import { clusterIPsOf } from '../../../api/networking/service-address.ts'
import { needsHealthCheckNodePort } from '../../../api/core/service-needs.ts'
import { familyErrors, needsClusterIP, needsNodePorts, withFamilies, withKeptAddresses } from './service-spec.ts'
import { StoredObject } from './stored-object.ts'
import type { WatchHub } from './watch-hub.ts'
import type { Store } from '../../store/store.ts'

interface Options {
  readonly kind: Kind
  readonly store: Store
  readonly hub: WatchHub
  readonly addresses: ClusterAddresses
  readonly objects: AddressObjects
  readonly nodePorts: { readonly first: number; readonly last: number }
}

interface Taken {
  readonly pool: Pick<NumberPool, 'ownerOf' | 'take' | 'release'>
  readonly value: number
}

const allocated = 'provided IP is already allocated'

const addressOf = (service: Service): string | undefined => clusterIPsOf(service)[0]

/** Cluster IPs and node ports, those for health checks too. What is taken is read from the stored services and follows every change to them. */
export class ServiceAddresses implements Allocator {
  readonly #kind: Kind
  readonly #addresses: ClusterAddresses
  readonly #objects: AddressObjects
  readonly #ports: NumberPool

  constructor({ kind, store, hub, addresses, objects, nodePorts }: Options) {
    this.#kind = kind
    this.#addresses = addresses
    this.#objects = objects
    const ports = nodePorts.last - nodePorts.first + 1
    this.#ports = new NumberPool({ ...nodePorts, reserved: staticBand(ports, { share: 32, largest: 128 }) })
    for (const entry of store.list(prefixOf(kind, '')).entries) this.#occupy(new StoredObject(entry).object)
    hub.listen(prefixOf(kind, ''), ({ previous, current }) => {
      if (previous) this.#vacate(previous.object)
      if (current) this.#occupy(current.object)
    })
  }

  allocate(next: KubernetesObject, current: KubernetesObject | undefined, { dryRun }: { readonly dryRun: boolean }): Allocation {
    const service = withFamilies(withKeptAddresses(next as Service, current as Service | undefined))
    const errors = familyErrors(service)
    if (errors.length > 0) throw invalid(this.#kind, service.metadata.name, errors)
    const owner = service.metadata.uid
    const taken: Taken[] = []
    const release = () => taken.forEach(({ pool, value }) => pool.release(value, owner))
    try {
      const addressed = this.#withHealthCheckPort(this.#withNodePorts(this.#withClusterIP(service, taken, dryRun), taken), taken)
      return { object: addressed, ...this.#written(addressed, current as Service | undefined, release) }
    } catch (error) {
      release()
      throw error
    }
  }

  async freed(previous: KubernetesObject, current: KubernetesObject | undefined): Promise<void> {
    const address = addressOf(previous as Service)
    if (address && address !== (current && addressOf(current as Service))) await this.#objects.erase(address, previous as Service)
  }

  /** The address is written down once, when the service gets it; one that is the service's already stays. */
  #written(service: Service, current: Service | undefined, release: () => void): Pick<Allocation, 'reserve' | 'release'> {
    const address = addressOf(service)
    const isNew = address !== undefined && address !== (current && addressOf(current))
    let wrote = false
    return {
      reserve: async () => {
        if (!isNew || this.#addresses.isWritten(parseAddress(address) ?? 0)) return
        try {
          await this.#objects.write(address, service)
          wrote = true
        } catch (error) {
          throw isAlreadyExists(error) ? this.#refused(service, address, allocated) : error
        }
      },
      release: async () => {
        release()
        if (wrote && address) await this.#objects.erase(address, service)
      },
    }
  }

  #withClusterIP(service: Service, taken: Taken[], dryRun: boolean): Service {
    if (!needsClusterIP(service)) return service
    const wanted = service.spec.clusterIP ?? service.spec.clusterIPs?.[0]
    const address = wanted ? this.#checkedAddress(service, wanted, dryRun) : this.#addresses.next()
    if (address === undefined) throw apiError('InternalError', 'Internal error occurred: failed to allocate a serviceIP: range is full')
    this.#take({ pool: this.#addresses, value: address }, { owner: service.metadata.uid, taken })
    const text = formatAddress(address)
    return { ...service, spec: { ...service.spec, clusterIP: text, clusterIPs: [text] } }
  }

  #checkedAddress(service: Service, wanted: string, dryRun: boolean): number {
    const address = parseAddress(wanted)
    // What it has already it keeps, also when the range goes.
    if (address !== undefined && this.#addresses.ownerOf(address) === service.metadata.uid) return address
    if (address === undefined || !this.#addresses.offers(wanted))
      throw this.#refused(service, wanted, dryRun ? this.#outOfRange(wanted) : 'the provided network does not match the current range')
    if (this.#addresses.isTaken(address, service)) throw this.#refused(service, wanted, allocated)
    return address
  }

  /** Upstream asks any one range when nothing is to be taken. */
  #outOfRange(wanted: string): string {
    const [range = ''] = this.#addresses.ranges()
    return `the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${range}`
  }

  #withNodePorts(service: Service, taken: Taken[]): Service {
    if (!needsNodePorts(service)) return service
    const chosen = new Map<number, number>()
    const ports = (service.spec.ports ?? []).map((port, index) => {
      const nodePort = port.nodePort
        ? this.#checkedPort(service, { index, nodePort: port.nodePort })
        : (chosen.get(port.port) ?? this.#ports.next())
      const field = `spec.ports[${index}].nodePort`
      if (nodePort === undefined) throw this.#invalid(service, fieldInvalid(field, 0, 'failed to allocate a nodePort: range is full'))
      // The same port over TCP and UDP shares one node port.
      chosen.set(port.port, nodePort)
      this.#take({ pool: this.#ports, value: nodePort }, { owner: service.metadata.uid, taken })
      return { ...port, nodePort }
    })
    return { ...service, spec: { ...service.spec, ports } }
  }

  #withHealthCheckPort(service: Service, taken: Taken[]): Service {
    if (!needsHealthCheckNodePort(service.spec)) return service
    const wanted = service.spec.healthCheckNodePort
    const owner = wanted ? this.#ports.ownerOf(wanted) : undefined
    const failed = (why: string) => `failed to allocate requested HealthCheck NodePort ${wanted}: ${why}`
    if (wanted && !this.#ports.contains(wanted)) {
      throw apiError(
        'InternalError',
        failed(`provided port is not in the valid range. The range of valid ports is ${this.#ports.first}-${this.#ports.last}`),
      )
    }
    if (owner !== undefined && owner !== service.metadata.uid) throw apiError('InternalError', failed('provided port is already allocated'))
    const port = wanted || this.#ports.next()
    if (port === undefined) throw apiError('InternalError', 'failed to allocate a HealthCheck NodePort : range is full')
    this.#take({ pool: this.#ports, value: port }, { owner: service.metadata.uid, taken })
    return { ...service, spec: { ...service.spec, healthCheckNodePort: port } }
  }

  #checkedPort(service: Service, { index, nodePort }: { index: number; nodePort: number }): number {
    const fail = (why: string) => this.#invalid(service, fieldInvalid(`spec.ports[${index}].nodePort`, nodePort, why))
    if (!this.#ports.contains(nodePort)) {
      throw fail(`provided port is not in the valid range. The range of valid ports is ${this.#ports.first}-${this.#ports.last}`)
    }
    const owner = this.#ports.ownerOf(nodePort)
    if (owner !== undefined && owner !== service.metadata.uid) throw fail('provided port is already allocated')
    return nodePort
  }

  #take({ pool, value }: Taken, { owner, taken }: { owner: string; taken: Taken[] }): void {
    if (pool.ownerOf(value) === owner) return
    pool.take(value, owner)
    taken.push({ pool, value })
  }

  #occupy(object: KubernetesObject): void {
    for (const { pool, value } of this.#held(object as Service)) pool.take(value, object.metadata.uid)
  }
  #vacate(object: KubernetesObject): void {
    for (const { pool, value } of this.#held(object as Service)) pool.release(value, object.metadata.uid)
  }
  #held({ spec }: Service): Taken[] {
    const address = parseAddress(spec.clusterIP ?? '')
    const numbers = [...(spec.ports ?? []).map(({ nodePort }) => nodePort), spec.healthCheckNodePort]
    const ports = numbers.flatMap(value => (value ? [{ pool: this.#ports, value }] : []))
    return address === undefined ? ports : [{ pool: this.#addresses, value: address }, ...ports]
  }
  #refused(service: Service, wanted: string, why: string) {
    return this.#invalid(service, fieldInvalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${why}`))
  }
  #invalid(service: Service, error: FieldError) {
    return invalid(this.#kind, service.metadata.name, [error])
  }
}
