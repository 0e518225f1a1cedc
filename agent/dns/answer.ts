import type { Answer, Question } from 'dns-packet'
import { parseAddress } from '../../common/cidr.ts'
import type { ClusterView } from './cluster-view.ts'
import { ttl, type Found } from './records.ts'
import { hostRecords, serviceRecords } from './service-records.ts'

export interface Zone {
  /** `cluster.local`. */
  readonly domain: string
  /** Where the cluster's DNS answers. */
  readonly address: string
}

export type DnsAnswer =
  /** Not a name of the cluster: somebody else is to be asked. */
  | { readonly type: 'forward' }
  | {
      readonly type: 'answer'
      readonly code: 'NOERROR' | 'NXDOMAIN'
      readonly answers: readonly Answer[]
      readonly additional: readonly Answer[]
      readonly authorities: readonly Answer[]
      /** An alias outside the cluster, whose addresses the client wants too. */
      readonly follow?: string
    }

/**
 * What the cluster says to a question: names of services, endpoints and pods as in the DNS specification of Kubernetes 1.1.0, in the
 * way of CoreDNS' kubernetes plugin with pods `insecure`. Upper and lower case are the same; the answer has the case of the question.
 */
export function answer(question: Question, view: ClusterView, zone: Zone): DnsAnswer {
  const name = question.name.toLowerCase().replace(/\.$/, '')
  if (question.class !== undefined && question.class !== 'IN') return { type: 'forward' }
  if (name.endsWith('.in-addr.arpa')) return reverse(question, reversedAddress(name), { view, zone })
  if (name !== zone.domain && !name.endsWith(`.${zone.domain}`)) return { type: 'forward' }
  const labels = name === zone.domain ? [] : name.slice(0, -zone.domain.length - 1).split('.')
  const found = find(labels, { question, view, zone })
  if (!found) return negative('NXDOMAIN', zone)
  const alias = found.records.find(({ type }) => type === 'CNAME')
  const fitting = found.records.filter(({ type }) => type === question.type)
  if (fitting.length > 0) return positive(fitting, found.additional)
  if (alias && (question.type === 'A' || question.type === 'AAAA')) return followed(alias, { question, view, zone })
  return alias ? positive([alias]) : negative('NOERROR', zone)
}

interface Asked {
  readonly question: Question
  readonly view: ClusterView
  readonly zone: Zone
}

const positive = (answers: readonly Answer[], additional: readonly Answer[] = []): DnsAnswer => ({
  type: 'answer',
  code: 'NOERROR',
  answers,
  additional,
  authorities: [],
})
const negative = (code: 'NOERROR' | 'NXDOMAIN', zone: Zone): DnsAnswer => ({
  type: 'answer',
  code,
  answers: [],
  additional: [],
  authorities: [soa(zone)],
})

/** An alias inside the cluster is answered with what it stands for; once, so that circles end. */
function followed(alias: Answer, { question, view, zone }: Asked): DnsAnswer {
  const target = 'data' in alias && typeof alias.data === 'string' ? alias.data : ''
  const inside = target.endsWith(`.${zone.domain}`)
  if (!inside) return { ...(positive([alias]) as DnsAnswer & { type: 'answer' }), follow: target }
  const labels = target.slice(0, -zone.domain.length - 1).split('.')
  const found = find(labels, { question: { ...question, name: target }, view, zone })
  return positive([alias, ...(found?.records ?? []).filter(({ type }) => type === question.type)])
}

/** Serial, and times for secondary servers that do not exist, as CoreDNS has them. */
const soa = ({ domain }: Zone): Answer => ({
  type: 'SOA',
  name: domain,
  ttl,
  data: { mname: `ns.dns.${domain}`, rname: `hostmaster.${domain}`, serial: 1, refresh: 7200, retry: 1800, expire: 86_400, minimum: ttl },
})

/** Everything that the cluster knows of a name below its domain; undefined where there is no such name. */
function find(labels: readonly string[], asked: Asked): Found | undefined {
  const { question, zone } = asked
  const { name } = question
  const kind = labels.at(-1)
  if (kind === undefined) return { records: [soa(zone), { type: 'NS', name, ttl, data: `ns.dns.${zone.domain}` }] }
  if (kind === 'svc') return findService(labels.slice(0, -1), asked)
  if (kind === 'pod') return findPod(labels.slice(0, -1), asked)
  if (labels.join('.') === 'ns.dns') return { records: [{ type: 'A', name, ttl, data: zone.address }] }
  if (labels.join('.') === 'dns-version') return { records: [{ type: 'TXT', name, ttl, data: '1.1.0' }] }
  return labels.join('.') === 'dns' ? { records: [] } : undefined
}

/** `service.namespace`, `host.service.namespace` or `_port._protocol.service.namespace`. */
function findService(labels: readonly string[], { question, view, zone }: Asked): Found | undefined {
  const namespace = labels.at(-1)
  const name = labels.at(-2)
  if (namespace === undefined) return { records: [] }
  if (name === undefined) return view.hasNamespace(namespace) ? { records: [] } : undefined
  const service = view.service(namespace, name)
  if (!service) return undefined
  const asked = {
    name: question.name,
    service,
    endpoints: view.endpoints(namespace, name),
    suffix: `${name}.${namespace}.svc.${zone.domain}`,
  }
  const [first, second, ...more] = labels.slice(0, -2)
  if (more.length > 0) return undefined
  if (second === undefined) return first === undefined ? serviceRecords(asked) : hostRecords(asked, first)
  if (!first?.startsWith('_') || !second.startsWith('_')) return undefined
  return serviceRecords(asked, { name: first.slice(1), protocol: second.slice(1) })
}

/** `1-2-3-4.namespace` is 1.2.3.4, whether there is such a pod or not. */
function findPod(labels: readonly string[], { question: { name }, view }: Asked): Found | undefined {
  const [address, namespace, ...more] = labels
  if (address === undefined) return { records: [] }
  if (namespace === undefined) return view.hasNamespace(address) ? { records: [] } : undefined
  const data = address.replaceAll('-', '.')
  return more.length === 0 && parseAddress(data) !== undefined ? { records: [{ type: 'A', name, ttl, data }] } : undefined
}

const reversedAddress = (name: string): string => name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.')

/** Names of services at the address, else of endpoints that have a host name; other addresses are not the cluster's to name. */
function reverse({ name, type }: Question, address: string, { view, zone }: Omit<Asked, 'question'>): DnsAnswer {
  const services = view.servicesAt(address).map(({ metadata }) => `${metadata.name}.${metadata.namespace ?? ''}`)
  const names = services.length > 0 ? services : view.hostsAt(address)
  if (names.length === 0) return { type: 'forward' }
  if (type !== 'PTR') return negative('NOERROR', zone)
  return positive(names.map(each => ({ type: 'PTR', name, ttl, data: `${each}.svc.${zone.domain}` })))
}
