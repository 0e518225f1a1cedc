import type { Service } from '../../api/core/service.ts'
import { isBalanced } from './plan-publications.ts'

type Status = Service['status']['loadBalancer']

export interface Opened {
  /** Where the user finds it. */
  readonly address: string
  /** `80/tcp`, of what could not be opened. */
  readonly missing: ReadonlySet<string>
}

/** What `status.loadBalancer` should be: nothing for services that are not open, the machine's address and the state of each port for others. */
export function loadBalancerStatus({ spec }: Service, opened: Opened | undefined): Status {
  if (!isBalanced(spec) || !opened) return {}
  const ports = (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => ({
    port,
    protocol,
    ...(opened.missing.has(`${port}/${protocol.toLowerCase()}`) ? { error: 'kubeling.io/PortInUse' } : {}),
  }))
  // Behind a proxy: service proxies have to leave the machine's own address alone.
  return { ingress: [{ ip: opened.address, ipMode: 'Proxy', ports }] }
}
