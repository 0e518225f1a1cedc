import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../common/error-message.ts'
import { HttpError } from './http-error.ts'
import type { PodSource } from './pod-source.ts'

const dialMs = 30_000

/**
 * CONNECT: a TCP connection to a pod of this node, for whoever is not in the pods' network. Only to addresses of its own pods,
 * so that nobody goes through a node to somewhere else. Throws HttpError as long as nothing was accepted.
 */
export async function tunnel(
  pods: Pick<PodSource, 'observed'>,
  request: Pick<IncomingMessage, 'url'>,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
): Promise<void> {
  const [, host = '', port = ''] = /^([\d.]+):(\d{1,5})$/.exec(request.url ?? '') ?? []
  const known = pods.observed().some(({ sandboxes }) => sandboxes.some(({ state, ip }) => state === 'ready' && ip === host))
  if (!known) throw new HttpError(403, `no pod of this node has the address ${JSON.stringify(host)}`)
  const inside = connect({ host, port: Number(port), noDelay: true })
  const timer = setTimeout(() => inside.destroy(new Error(`dial tcp ${host}:${port}: i/o timeout`)), dialMs)
  try {
    await once(inside, 'connect')
  } catch (error) {
    throw new HttpError(502, messageOf(error), { cause: error })
  } finally {
    clearTimeout(timer)
  }
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
  if (head.length > 0) inside.write(head)
  const closeBoth = () => {
    socket.destroy()
    inside.destroy()
  }
  socket.on('error', closeBoth).on('close', closeBoth)
  inside.on('error', closeBoth).on('close', closeBoth)
  socket.pipe(inside)
  inside.pipe(socket)
}
