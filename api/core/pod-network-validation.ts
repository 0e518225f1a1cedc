import type { Container } from './container.ts'
import { eachAt, invalidAll, ipErrors } from './pod-field-checks.ts'
import type { HostAlias, PodSpec } from './pod-spec.ts'
import { dns1123SubdomainErrors } from '../names.ts'
import { fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

const policies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] as const
const mostNameservers = 3
const mostSearches = 32
const longestSearches = 2048

export const validateDnsPolicy = (policy: string | undefined, path: string): FieldError[] =>
  policy === undefined ? [fieldRequired(path)] : policies.some(known => known === policy) ? [] : [fieldNotSupported(path, policy, policies)]

/** One trailing dot is how absolute names are written; underscores occur in real search paths. */
function searchErrors(search: string): string[] {
  if (search === '.') return []
  const name = search.endsWith('.') ? search.slice(0, -1) : search
  return dns1123SubdomainErrors(name.replaceAll('_', 'a'))
}

export function validateDnsConfig({ dnsConfig, dnsPolicy }: PodSpec, path: string): FieldError[] {
  const none = dnsPolicy === 'None'
  if (!dnsConfig) return none ? [fieldRequired(path, 'must provide `dnsConfig` when `dnsPolicy` is None')] : []
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  if (none && nameservers.length === 0)
    errors.push(fieldRequired(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'))
  if (nameservers.length > mostNameservers)
    errors.push(fieldInvalid(`${path}.nameservers`, nameservers, `must not have more than ${mostNameservers} nameservers`))
  errors.push(...eachAt(nameservers, `${path}.nameservers`, (address, at) => invalidAll(at, address, ipErrors(address))))
  if (searches.length > mostSearches)
    errors.push(fieldInvalid(`${path}.searches`, searches, `must not have more than ${mostSearches} search paths`))
  if (searches.join(' ').length > longestSearches) {
    const detail = `must not have more than ${longestSearches} characters (including spaces) in the search list`
    errors.push(fieldInvalid(`${path}.searches`, searches, detail))
  }
  errors.push(...eachAt(searches, `${path}.searches`, (search, at) => invalidAll(at, search, searchErrors(search))))
  errors.push(...eachAt(options, `${path}.options`, ({ name }, at) => (name ? [] : [fieldRequired(at, 'must not be empty')])))
  return errors
}

export const validateHostAliases = (aliases: readonly HostAlias[], path: string): FieldError[] =>
  eachAt(aliases, path, ({ ip, hostnames }, at) => [
    ...invalidAll(`${at}.ip`, ip, ipErrors(ip)),
    ...eachAt(hostnames ?? [], `${at}.hostnames`, (name, nameAt) => invalidAll(nameAt, name, dns1123SubdomainErrors(name))),
  ])

/** In templates a port may be left open: it is filled in when the pod is made. */
export const validateHostNetworkPorts = (containers: readonly Container[], isPod: boolean, path: string): FieldError[] =>
  eachAt(containers, path, (container, at) =>
    eachAt(container.ports ?? [], `${at}.ports`, ({ hostPort, containerPort }, portAt) =>
      (!hostPort && !isPod) || hostPort === containerPort
        ? []
        : [fieldInvalid(`${portAt}.containerPort`, containerPort, 'must match `hostPort` when `hostNetwork` is true')],
    ),
  )
