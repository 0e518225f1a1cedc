import { Pod } from '../../../api/core/pod.ts'
import type { Service, ServicePort } from '../../../api/core/service.ts'
import type { EndpointSlice } from '../../../api/discovery/endpoint-slice.ts'

export interface EndpointAddress {
  readonly ip: string
  readonly port: number
  /** The pod behind it, in the service's namespace. */
  readonly pod: string | undefined
}

export const portNumbered = (service: Service, number: number): ServicePort | undefined =>
  (service.spec.ports ?? []).find(({ port }) => port === number)

/** Everything that is ready to take traffic for the port of that name. */
export function readyEndpoints(slices: readonly EndpointSlice[], portName: string): EndpointAddress[] {
  return slices.flatMap(({ endpoints, ports }) => {
    const port = ports?.find(({ name, port }) => (name ?? '') === portName && port !== undefined)?.port
    if (port === undefined) return []
    return (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses: [ip], targetRef }) =>
        ip === undefined ? [] : [{ ip, port, pod: targetRef?.kind === Pod.kind ? targetRef.name : undefined }],
      )
  })
}

/** Whether a pod truly has the address: nobody reaches anything else through endpoints of their making (upstream's isValidAddress). */
export const hasAddress = (pod: Pod | undefined, ip: string): boolean => (pod?.status.podIPs ?? []).some(each => each.ip === ip)
