import { Duplex } from 'node:stream'
import { RuntimeError } from '../runtime.ts'
import { toRuntimeError } from './errors.ts'
import { readFrames } from './frames.ts'
import type { DockerContext } from './options.ts'

/**
 * A connection to a port inside the sandbox: `nc` of the pause image, run there. Its end of input is passed on as the
 * connection's half-close, so that protocols which answer after it still do.
 */
export async function portForward({ docker }: DockerContext, sandboxId: string, port: number): Promise<Duplex> {
  try {
    const process = await docker
      .getContainer(sandboxId)
      .exec({ Cmd: ['nc', '127.0.0.1', String(port)], AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false })
    const connection = await process.start({ hijack: true, stdin: true, Tty: false })
    return joined(connection, output(connection, port))
  } catch (error) {
    throw toRuntimeError(error)
  }
}

/**
 * What comes in goes to `connection`, what comes out is `received`, read only as fast as it is taken. Once the pod has closed
 * its side, what still comes in is for nobody: no error, since only the client could have known better.
 */
function joined(connection: Duplex, received: AsyncGenerator<Buffer>): Duplex {
  const closedByPod = () => connection.readableEnded || connection.destroyed
  const next = async (target: Duplex) => {
    try {
      const { value, done } = await received.next()
      target.push(done ? null : value)
    } catch (error) {
      target.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }
  const unlessClosed = (callback: (error?: Error | null) => void) => (error?: Error | null) => callback(closedByPod() ? null : error)
  const target = new Duplex({
    read() {
      void next(this)
    },
    write: (chunk: Buffer, _encoding, callback) => (closedByPod() ? callback() : void connection.write(chunk, unlessClosed(callback))),
    final: callback => (closedByPod() ? callback() : void connection.end(unlessClosed(callback))),
    destroy(error, callback) {
      connection.destroy()
      callback(error)
    },
  })
  connection.on('error', error => {
    if (!connection.readableEnded) target.destroy(error)
  })
  return target
}

async function* output(connection: AsyncIterable<Buffer>, port: number): AsyncGenerator<Buffer> {
  for await (const { stream, payload } of readFrames(connection)) {
    if (stream === 'stdout') yield payload
    else throw refusal(port, payload.toString())
  }
}

/** Upstream's words for a port where nobody listens. What `nc` says later is of a connection that broke, as connections do. */
function refusal(port: number, said: string): Error {
  if (said.startsWith('nc: ') && !said.includes("can't connect")) return new Error(said.trim())
  const why = /connection refused/i.test(said) ? 'connect: connection refused' : said.trim()
  return new RuntimeError('Unknown', `failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: ${why}`)
}
