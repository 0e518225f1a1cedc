import type { Kind } from '../../../api/kind.ts'
import type { IPAddress } from '../../../api/networking/ip-address.ts'
import { isAddressOf, isRangeReady, offersAddress } from '../../../api/networking/service-address.ts'
import type { ServiceCIDR } from '../../../api/networking/service-cidr.ts'
import type { Service } from '../../../api/core/service.ts'
import { parseAddress, parseCidr } from '../../../common/cidr.ts'
import type { Store } from '../../store/store.ts'
import { prefixOf } from './keys.ts'
import { freeNumber, staticBand, type NumberRange } from './number-pool.ts'
import { StoredObject } from './stored-object.ts'
import type { WatchHub } from './watch-hub.ts'

interface Options {
  readonly store: Store
  readonly hub: WatchHub
  /** Where the ranges and what is taken from them are stored; undefined when the server does not serve them. */
  readonly kinds: { readonly serviceCidrs: Kind | undefined; readonly ipAddresses: Kind | undefined }
  /** The range as long as there is no ServiceCIDR. */
  readonly serviceCidr: string
}

/**
 * Which addresses services may have, and which are taken: those that a service has, and those that an IPAddress stands for, whoever
 * made it. Follows ServiceCIDRs and IPAddresses as they are stored (upstream's MetaAllocator).
 */
export class ClusterAddresses {
  readonly #default: string
  readonly #ranges = new Map<string, ServiceCIDR>()
  readonly #objects = new Map<number, IPAddress>()
  readonly #owners = new Map<number, string>()

  constructor({ store, hub, kinds: { serviceCidrs, ipAddresses }, serviceCidr }: Options) {
    this.#default = serviceCidr
    follow<ServiceCIDR>({ store, hub, kind: serviceCidrs }, (name, range) => {
      if (range) this.#ranges.set(name, range)
      else this.#ranges.delete(name)
    })
    follow<IPAddress>({ store, hub, kind: ipAddresses }, (name, object) => {
      const address = parseAddress(name)
      if (address === undefined) return
      if (object) this.#objects.set(address, object)
      else this.#objects.delete(address)
    })
  }

  /** The service that has it. */
  ownerOf(address: number): string | undefined {
    return this.#owners.get(address)
  }
  take(address: number, owner: string): void {
    this.#owners.set(address, owner)
  }
  release(address: number, owner: string): void {
    if (this.#owners.get(address) === owner) this.#owners.delete(address)
  }

  /** Whether a range that is ready has the address. */
  offers(address: string): boolean {
    return this.ranges().some(cidr => offersAddress(cidr, address))
  }

  /** Whether somebody other than a service of this name has it. */
  isTaken(address: number, service: Service): boolean {
    const object = this.#objects.get(address)
    return this.#owners.has(address) || (object !== undefined && !isAddressOf(object, service))
  }

  /** Whether there is an IPAddress for it. */
  isWritten(address: number): boolean {
    return this.#objects.has(address)
  }

  /** A free address of any range; undefined when there is none. */
  next(): number | undefined {
    const isUsed = (address: number) => this.#owners.has(address) || this.#objects.has(address)
    for (const cidr of this.ranges()) {
      const address = freeNumber(numbersOf(cidr), isUsed)
      if (address !== undefined) return address
    }
    return undefined
  }

  /** The IPv4 ranges that addresses may be taken from; one that is both in a ready and in another ServiceCIDR is ready. */
  ranges(): readonly string[] {
    if (this.#ranges.size === 0) return [this.#default]
    const ranges = [...this.#ranges.values()].filter(isRangeReady).flatMap(({ spec }) => spec.cidrs ?? [])
    return [...new Set(ranges)].filter(cidr => parseAddress(cidr.split('/')[0] ?? '') !== undefined)
  }
}

/** The network's own address and the broadcast address are nobody's. */
function numbersOf(cidr: string): NumberRange {
  const { first, last } = parseCidr(cidr)
  return { first: first + 1, last: last - 1, reserved: staticBand(last - first - 1, { share: 16, largest: 256 }) }
}

interface Source {
  readonly store: Store
  readonly hub: WatchHub
  readonly kind: Kind | undefined
}

/** Tells of every object that is stored, and of every change. */
function follow<O>({ store, hub, kind }: Source, changed: (name: string, object: O | undefined) => void): void {
  if (!kind) return
  // What is stored under the kind's prefix is what its schema let in.
  const tell = (stored: StoredObject, exists: boolean) => changed(stored.object.metadata.name, exists ? (stored.object as O) : undefined)
  for (const entry of store.list(prefixOf(kind, '')).entries) tell(new StoredObject(entry), true)
  hub.listen(prefixOf(kind, ''), ({ previous, current }) => {
    if (current) tell(current, true)
    else if (previous) tell(previous, false)
  })
}
