import type { Duplex } from 'node:stream'
import { messageOf } from '../../common/error-message.ts'
import type { Logger } from '../../common/log.ts'
import { RuntimeError, type Runtime } from '../runtime/runtime.ts'
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

/**
 * Carries one connection. kubectl takes the whole forwarding down at the first word on any error stream, so only one that
 * could not be made is told there. One that broke, however it did, just ends.
 */
async function forward(target: PortForwardTarget, data: SpdyStream, error: SpdyStream): Promise<void> {
  const port = Number(data.headers['port'])
  // Nothing comes on it but its end, which has to be taken for the stream to be forgotten.
  error.resume()
  try {
    await carry(data, await target.runtime.portForward(target.sandboxId, port))
  } catch (cause) {
    target.log.debug('a forwarded connection failed', { port, error: cause })
    if (cause instanceof RuntimeError && !data.abandoned && !error.destroyed) error.write(forwardingError(target, port, cause))
  } finally {
    // What the client still sends is for nobody; unread, it would hold up the other connections.
    data.resume()
    data.end()
    error.end()
  }
}

/** What the error stream says of a connection that could not be made. */
export const forwardingError = ({ pod, uid }: PortForwardTarget, port: number, cause: unknown): string =>
  `error forwarding port ${port} to pod ${pod}, uid ${uid}: ${messageOf(cause)}`

/**
 * Both ways until the pod's side has said everything, or the client is gone. A client's end is passed on and waits for the
 * answer; one that waits for the pod's end instead must get it, though its own half is still open.
 */
async function carry(data: SpdyStream, inside: Duplex): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      inside.on('error', reject).once('end', resolve).once('close', resolve)
      data.once('close', resolve)
      data.pipe(inside)
      inside.pipe(data)
    })
  } finally {
    data.unpipe(inside)
    inside.destroy()
  }
}
