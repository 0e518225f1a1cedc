import { isIPv6 } from 'node:net'
import type { Endpoints, EndpointSubset } from './endpoints.ts'
import { firstFew } from '../columns.ts'

const withPort = (ip: string, port: number) => (isIPv6(ip) ? `[${ip}]:${port}` : `${ip}:${port}`)

function entriesOf({ addresses = [], ports = [] }: EndpointSubset): string[] {
  // A headless service may have no ports at all.
  if (ports.length === 0) return addresses.map(({ ip }) => ip)
  return ports.flatMap(({ port }) => addresses.map(({ ip }) => withPort(ip, port)))
}

/** The first three addresses that take traffic, and how many there are besides. */
export function formatEndpoints({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>'
  return firstFew(subsets.flatMap(entriesOf)) ?? ''
}
