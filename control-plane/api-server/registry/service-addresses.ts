import { apiError, invalid } from '../../../api/errors.ts'
import type { Service } from '../../../api/core/service.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { fieldInvalid, type FieldError } from '../../../api/schema/field-error.ts'
import { formatAddress, parseAddress, parseCidr } from '../../../common/cidr.ts'
import type { Allocation, Allocator } from './allocator.ts'
import { prefixOf } from './keys.ts'
import { NumberPool, staticBand } from './number-pool.ts'
import { needsHealthCheckNodePort } from '../../../api/core/service-needs.ts'
import { familyErrors, needsClusterIP, needsNodePorts, withFamilies, withKeptAddresses } from './service-spec.ts'
import { StoredObject } from './stored-object.ts'
import type { WatchHub } from './watch-hub.ts'
import type { Store } from '../../store/store.ts'

interface Options {
  readonly kind: Kind
  readonly store: Store
  readonly hub: WatchHub
  /** `10.96.0.0/16` */
  readonly serviceCidr: string
  readonly nodePorts: { readonly first: number; readonly last: number }
}

interface Taken {
  readonly pool: NumberPool
  readonly value: number
}

/** Cluster IPs and node ports, those for health checks too. What is taken is read from the stored services and follows every change to them. */
export class ServiceAddresses implements Allocator {
  readonly #kind: Kind
  readonly #cidr: string
  readonly #addresses: NumberPool
  readonly #ports: NumberPool

  constructor({ kind, store, hub, serviceCidr, nodePorts }: Options) {
    const { first, last } = parseCidr(serviceCidr)
    this.#kind = kind
    this.#cidr = serviceCidr
    const size = last - first - 1
    // The network's own address and the broadcast address are nobody's.
    this.#addresses = new NumberPool({ first: first + 1, last: last - 1, reserved: staticBand(size, { share: 16, largest: 256 }) })
    const ports = nodePorts.last - nodePorts.first + 1
    this.#ports = new NumberPool({ ...nodePorts, reserved: staticBand(ports, { share: 32, largest: 128 }) })
    for (const entry of store.list(prefixOf(kind, '')).entries) this.#occupy(new StoredObject(entry).object)
    hub.listen(prefixOf(kind, ''), ({ previous, current }) => {
      if (previous) this.#vacate(previous.object)
      if (current) this.#occupy(current.object)
    })
  }

  allocate(next: KubernetesObject, current: KubernetesObject | undefined): Allocation {
    const service = withFamilies(withKeptAddresses(next as Service, current as Service | undefined))
    const errors = familyErrors(service)
    if (errors.length > 0) throw invalid(this.#kind, service.metadata.name, errors)
    const owner = service.metadata.uid
    const taken: Taken[] = []
    const release = () => taken.forEach(({ pool, value }) => pool.release(value, owner))
    try {
      const addressed = this.#withNodePorts(this.#withClusterIP(service, taken), taken)
      return { object: this.#withHealthCheckPort(addressed, taken), release }
    } catch (error) {
      release()
      throw error
    }
  }

  #withClusterIP(service: Service, taken: Taken[]): Service {
    if (!needsClusterIP(service)) return service
    const wanted = service.spec.clusterIP ?? service.spec.clusterIPs?.[0]
    const address = wanted ? this.#checkedAddress(service, wanted) : this.#addresses.next()
    const failed = (detail: string) => this.#invalid(service, fieldInvalid('spec.clusterIPs', wanted ? [wanted] : [], detail))
    if (address === undefined) throw failed('failed to allocate a serviceIP: range is full')
    this.#take({ pool: this.#addresses, value: address }, { owner: service.metadata.uid, taken })
    const text = formatAddress(address)
    return { ...service, spec: { ...service.spec, clusterIP: text, clusterIPs: [text] } }
  }

  #checkedAddress(service: Service, wanted: string): number {
    const fail = (why: string) =>
      this.#invalid(service, fieldInvalid('spec.clusterIPs', [wanted], `failed to allocate IP ${wanted}: ${why}`))
    const address = parseAddress(wanted)
    if (address === undefined || !this.#addresses.contains(address)) {
      throw fail(`the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${this.#cidr}`)
    }
    const owner = this.#addresses.ownerOf(address)
    if (owner !== undefined && owner !== service.metadata.uid) throw fail('provided IP is already allocated')
    return address
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
  #invalid(service: Service, error: FieldError) {
    return invalid(this.#kind, service.metadata.name, [error])
  }
}
