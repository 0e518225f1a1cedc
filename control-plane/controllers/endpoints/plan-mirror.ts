import { isIP } from 'node:net'
import type { EndpointAddress, EndpointPort as Port, Endpoints } from '../../../api/core/endpoints.ts'
import type { Service } from '../../../api/core/service.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'
import { isEqual } from '../../../common/equal.ts'

/** Upstream's limit for each subset. */
export const mirrorLimit = 1000

export interface MirroredSlice {
  readonly addressType: 'IPv4' | 'IPv6'
  readonly ports: readonly EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

export interface Mirror {
  readonly slices: readonly MirroredSlice[]
  /** Addresses that are none. */
  readonly invalid: number
  /** All that were left out, those that are too many among them. */
  readonly skipped: number
}

export interface MirrorPlan {
  readonly create: readonly MirroredSlice[]
  readonly update: readonly { readonly slice: EndpointSlice; readonly wanted: MirroredSlice }[]
  readonly delete: readonly EndpointSlice[]
}

/** Whether somebody writes these Endpoints by hand, for a service that selects no pods (upstream's shouldMirror and its controller's checks). */
export const isMirrored = (endpoints: Endpoints | undefined, service: Service | undefined): endpoints is Endpoints =>
  endpoints !== undefined &&
  !endpoints.metadata.deletionTimestamp &&
  service !== undefined &&
  service.spec.selector === undefined &&
  endpoints.metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'] !== 'true' &&
  endpoints.metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined

/** What EndpointSlices are to show of Endpoints: one slice for all subsets with the same ports, for each address family. */
export function mirrorOf({ subsets = [] }: Pick<Endpoints, 'subsets'>): Mirror {
  const slices = new Map<string, { addressType: 'IPv4' | 'IPv6'; ports: EndpointPort[]; endpoints: Map<string, Endpoint> }>()
  let [invalid, skipped] = [0, 0]
  for (const { addresses = [], notReadyAddresses = [], ports: subsetPorts = [] } of subsets) {
    const ports = subsetPorts.map(portOf)
    const all = [...addresses.map(address => ({ address, ready: true })), ...notReadyAddresses.map(address => ({ address, ready: false }))]
    let added = 0
    for (const { address, ready } of all) {
      if (added >= mirrorLimit) break
      const family = isIP(address.ip)
      if (family === 0) {
        invalid++
        continue
      }
      added++
      const addressType = family === 4 ? 'IPv4' : 'IPv6'
      const key = JSON.stringify([addressType, [...ports].sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))])
      const slice = slices.get(key) ?? { addressType, ports, endpoints: new Map<string, Endpoint>() }
      slices.set(key, slice)
      slice.endpoints.set(address.ip, endpointOf(address, ready))
    }
    skipped += all.length - added
  }
  return { slices: [...slices.values()].map(slice => ({ ...slice, endpoints: [...slice.endpoints.values()] })), invalid, skipped }
}

/** The writes from the slices there are to the wanted ones; slices that are not needed are used for others before they go. */
export function planMirror(existing: readonly EndpointSlice[], wanted: readonly MirroredSlice[]): MirrorPlan {
  const unused = new Set(existing)
  const update: { slice: EndpointSlice; wanted: MirroredSlice }[] = []
  const create: MirroredSlice[] = []
  for (const each of wanted) {
    const slice = existing.find(old => unused.has(old) && old.addressType === each.addressType && isEqual(old.ports ?? [], each.ports))
    if (!slice) {
      create.push(each)
      continue
    }
    unused.delete(slice)
    if (!isEqual(slice.endpoints ?? [], each.endpoints)) update.push({ slice, wanted: each })
  }
  for (const each of [...create]) {
    // What kind of addresses a slice has cannot be changed.
    const slice = [...unused].find(({ addressType }) => addressType === each.addressType)
    if (!slice) continue
    unused.delete(slice)
    create.splice(create.indexOf(each), 1)
    update.push({ slice, wanted: each })
  }
  return { create, update, delete: [...unused] }
}

const portOf = ({ name = '', port, protocol = 'TCP', appProtocol }: Port): EndpointPort => ({
  name,
  port,
  protocol,
  ...(appProtocol ? { appProtocol } : {}),
})

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname ? { hostname } : {}),
  ...(targetRef ? { targetRef } : {}),
  ...(nodeName ? { nodeName } : {}),
})
