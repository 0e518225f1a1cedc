import { Service } from '../api/core/service.ts'
import { EndpointSlice } from '../api/discovery/endpoint-slice.ts'
import type { Client } from '../client/client.ts'
import { EventRecorder } from '../client/event-recorder.ts'
import type { Informers } from '../client/informers.ts'
import { systemClock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import type { AgentConfig } from './config.ts'
import { informedView } from './dns/cluster-view.ts'
import { DnsServer } from './dns/dns-server.ts'
import { LoadBalancer } from './load-balancer/load-balancer.ts'
import type { DockerEngine } from './runtime/docker/connect.ts'
import { DockerPortPublisher } from './runtime/docker/docker-port-publisher.ts'

const clock = systemClock

interface Parts {
  readonly config: AgentConfig
  readonly client: Client
  readonly informers: Informers
  readonly log: Logger
}

/** Opens ports of the machine for services, while this is the node that does it, unless nothing is to be opened. */
export function loadBalancers({
  config,
  client,
  docker,
  informers,
  log,
}: Pick<Parts, 'config' | 'client' | 'informers' | 'log'> & { docker: DockerEngine }): Runnable[] {
  const { cluster, nodeName, nodeContainer, publishAddress } = config
  if (!publishAddress) return []
  const component = 'load-balancer'
  const recorder = new EventRecorder({ client, component: 'service-controller', log: log.child({ component }), clock })
  const publisher = new DockerPortPublisher({ docker, cluster, nodeName, nodeContainer, address: publishAddress })
  // Every address of the machine includes that of the machine itself.
  const address = publishAddress === '0.0.0.0' ? '127.0.0.1' : publishAddress
  return [recorder, new LoadBalancer({ nodeName, publisher, address, client, informers, recorder, clock, log: log.child({ component }) })]
}

/** Answers for names at the cluster's DNS address, from what the service proxy knows too. */
export const dnsServer = ({
  config,
  informers,
  upstream,
  log,
}: Pick<Parts, 'config' | 'informers' | 'log'> & { upstream: readonly string[] }) =>
  new DnsServer({
    zone: { domain: config.clusterDomain, address: config.clusterDns },
    listen: { address: config.clusterDns, port: 53 },
    view: informedView(informers),
    upstream,
    ready: signal => Promise.all([informers.for(Service).synced(signal), informers.for(EndpointSlice).synced(signal)]),
    log: log.child({ component: 'dns' }),
  })
