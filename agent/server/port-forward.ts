import type { Duplex } from 'node:stream'
import { messageOf } from '../../common/error-message.ts'
import type { Logger } from '../../common/log.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { SpdySession, type SpdyStream } from './spdy-session.ts'

export const portForwardProtocol = 'portforward.k8s.io'
/** The same, with SPDY inside a WebSocket. */
export const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io'
const pairingMs = 30_000

export interface PortForwardTarget {
  readonly runtime: Pick<Runtime, 'portForward'>
  readonly log: Logger
  readonly sandboxId: string
  /** How upstream names the pod in errors: `name_namespace`. */
  readonly pod: string
  readonly uid: string
}

/** Serves a client's port forwarding: for each connection it opens a data and an error stream that share a request id. */
export async function servePortForward(connection: Duplex, target: PortForwardTarget): Promise<void> {
  const halves = new Map<string, SpdyStream>()
  const session = new SpdySession(connection, stream => {
    const id = stream.headers['requestid'] ?? stream.headers['port'] ?? ''
    const other = halves.get(id)
    if (!other) {
      halves.set(id, stream)
      setTimeout(() => halves.get(id) === stream && (halves.delete(id), stream.destroy()), pairingMs).unref()
      return
    }
    halves.delete(id)
    const [data, error] = stream.headers['streamtype'] === 'data' ? [stream, other] : [other, stream]
    void forward(target, data, error)
  })
  await session.run()
}

/** Carries one connection; a failure is told on the error stream and ends only this one. */
async function forward(target: PortForwardTarget, data: SpdyStream, error: SpdyStream): Promise<void> {
  const port = Number(data.headers['port'])
  try {
    const inside = await target.runtime.portForward(target.sandboxId, port)
    await carry(data, inside)
  } catch (cause) {
    target.log.debug('a forwarded connection failed', { port, error: cause })
    const said = messageOf(cause)
    // kubectl stops forwarding at the first error it is told of; that one of its users hung up is none.
    if (!data.abandoned && !error.destroyed) error.write(`error forwarding port ${port} to pod ${target.pod}, uid ${target.uid}: ${said}`)
    data.destroy()
  } finally {
    error.end()
  }
}

/** Both ways until the pod's side has closed, which it does in its own time or because the client is gone. */
function carry(data: SpdyStream, inside: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    inside.on('error', reject)
    inside.once('close', () => {
      // What the client still sends is for nobody; unread, it would hold up the other connections.
      data.resume()
      if (data.writable) data.end()
      resolve()
    })
    data.once('close', () => inside.destroy())
    data.pipe(inside)
    inside.pipe(data)
  })
}
