import type { Service } from '../../api/core/service.ts'

const hasClusterIp = ({ spec }: Service) => Boolean(spec.clusterIP) && spec.clusterIP !== 'None'
const upper = (name: string) => name.toUpperCase().replaceAll('-', '_')

function variablesOf({ metadata, spec }: Service): [string, string][] {
  const prefix = upper(metadata.name)
  const host = spec.clusterIP ?? ''
  const ports = spec.ports ?? []
  const [first] = ports
  if (!first) return []
  const address = (host: string) => (host.includes(':') ? `[${host}]` : host)
  const url = (protocol: string, port: number) => `${protocol}://${address(host)}:${port}`
  return [
    [`${prefix}_SERVICE_HOST`, host],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...ports.flatMap(({ name, port }): [string, string][] => (name ? [[`${prefix}_SERVICE_PORT_${upper(name)}`, String(port)]] : [])),
    [`${prefix}_PORT`, url((first.protocol ?? 'TCP').toLowerCase(), first.port)],
    ...ports.flatMap(({ port, protocol = 'TCP' }): [string, string][] => {
      const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`
      return [
        [link, url(protocol.toLowerCase(), port)],
        [`${link}_PROTO`, protocol.toLowerCase()],
        [`${link}_PORT`, String(port)],
        [`${link}_ADDR`, host],
      ]
    }),
  ]
}

/**
 * The variables that tell a container where services are: those of its own namespace when it wants service links, and
 * always the API server's.
 */
export function serviceEnvironment(services: readonly Service[], namespace: string, links: boolean): Map<string, string> {
  const usable = services.filter(hasClusterIp)
  const master = usable.filter(({ metadata }) => metadata.namespace === 'default' && metadata.name === 'kubernetes')
  const own = links ? usable.filter(({ metadata }) => metadata.namespace === namespace) : []
  // One of the namespace's own that is called as the API server's stands in its place.
  const byName = new Map([...master, ...own].map(service => [service.metadata.name, service]))
  return new Map([...byName.values()].flatMap(variablesOf))
}
