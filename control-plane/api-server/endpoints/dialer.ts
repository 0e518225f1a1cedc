import { once } from 'node:events'
import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { Node } from '../../../api/core/node.ts'
import { cidrContains, parseCidr } from '../../../common/cidr.ts'
import type { TlsIdentity } from '../interfaces.ts'
import type { KubeletAddress } from './kubelet-address.ts'
import { identityOf } from './node-proxy.ts'

interface Options {
  readonly kubeletClient: TlsIdentity
  readonly nodes: () => readonly Node[]
  readonly addressOf: (node: string) => KubeletAddress
}

const dialMs = 30_000

/**
 * Opens TCP connections to whatever endpoints there are. Addresses out of a node's range are reached through that node's agent,
 * because the control plane is not in the pods' network; all others directly.
 */
export class Dialer {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }
  async dial(host: string, port: number): Promise<Duplex> {
    const node = this.#options.nodes().find(({ spec }) => spec.podCIDR && cidrContains(parseCidr(spec.podCIDR), host))
    return node ? this.#through(node.metadata.name, host, port) : direct(host, port)
  }

  async #through(node: string, host: string, port: number): Promise<Duplex> {
    const agent = this.#options.addressOf(node)
    const outgoing = httpsRequest({
      ...this.#options.kubeletClient,
      host: agent.host,
      port: agent.port,
      method: 'CONNECT',
      path: `${host}:${port}`,
      agent: false,
      checkServerIdentity: identityOf(agent.node),
      signal: AbortSignal.timeout(dialMs),
    }).end()
    const [incoming, socket, head] = (await once(outgoing, 'connect')) as [IncomingMessage, Socket, Buffer]
    if (incoming.statusCode === 200) {
      if (head.length > 0) socket.unshift(head)
      return socket
    }
    // What comes after the head of a refusal is its body, but for Node the connection has left HTTP.
    if (head.length > 0) socket.unshift(head)
    throw new Error(`dial tcp ${host}:${port}: ${(await text(socket)).trim()}`)
  }
}

async function direct(host: string, port: number): Promise<Duplex> {
  const socket = connect({ host, port, noDelay: true })
  const timer = setTimeout(() => socket.destroy(new Error('i/o timeout')), dialMs)
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw new Error(`dial tcp ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
  return socket
}

/** TLS over a connection that is there already. */
export async function secured(socket: Duplex, options: ConnectionOptions): Promise<Duplex> {
  const secure = connectTls({ ...options, socket, ALPNProtocols: ['http/1.1'] })
  try {
    await once(secure, 'secureConnect')
  } catch (error) {
    socket.destroy()
    throw error
  }
  return secure
}
