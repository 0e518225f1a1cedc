import type { Node } from './node.ts'

/** Where other machines send what is for a node's tunnel: `192.168.1.11:8472`. Set by the node's agent. */
export const tunnelAnnotation = 'kubeling.io/tunnel-endpoint'

export interface TunnelEndpoint {
  readonly address: string
  readonly port: number
}

/** `address:port`; undefined when it is not that. */
export function parseTunnelEndpoint(text: string): TunnelEndpoint | undefined {
  const [, address, port] = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(text) ?? []
  if (!address || !port || address.split('.').some(part => Number(part) > 255)) return undefined
  const number = Number(port)
  return number > 0 && number < 65_536 ? { address, port: number } : undefined
}

export const tunnelEndpointOf = ({ metadata }: Pick<Node, 'metadata'>): TunnelEndpoint | undefined =>
  parseTunnelEndpoint(metadata.annotations?.[tunnelAnnotation] ?? '')
