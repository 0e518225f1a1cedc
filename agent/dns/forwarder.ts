import { createSocket, type Socket } from 'node:dgram'
import { connect } from 'node:net'
import { randomInt } from 'node:crypto'
import { frame, readFrames } from './tcp-frames.ts'

const timeoutMs = 2_000
/** More are refused: whoever asks tries again. */
const mostWaiting = 1_000
const port = 53

interface Waiting {
  readonly server: string
  readonly resolve: (answer: Buffer) => void
}

/** Asks other servers, one after the other until one answers. Messages go through as they are, under another id. */
export class Forwarder {
  readonly #servers: readonly string[]
  readonly #waiting = new Map<number, Waiting>()
  #socket: Socket | undefined

  constructor(servers: readonly string[]) {
    this.#servers = servers
  }

  /** Rejects when nobody answers in time. */
  async ask(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer> {
    const failures: unknown[] = []
    for (const server of this.#servers) {
      try {
        return transport === 'udp' ? await this.#askUdp(server, query) : await askTcp(server, query)
      } catch (error) {
        failures.push(error)
      }
    }
    throw new AggregateError(failures, 'no name server answered')
  }

  close(): void {
    this.#socket?.close()
    this.#socket = undefined
    this.#waiting.clear()
  }

  async #askUdp(server: string, query: Buffer): Promise<Buffer> {
    if (this.#waiting.size >= mostWaiting) throw new Error('too many questions are waiting for an answer')
    const socket = (this.#socket ??= this.#open())
    let id = randomInt(0x10000)
    while (this.#waiting.has(id)) id = (id + 1) % 0x10000
    const sent = Buffer.from(query)
    sent.writeUInt16BE(id)
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${server} did not answer`)), timeoutMs)
        this.#waiting.set(id, {
          server,
          resolve: answer => {
            answer.writeUInt16BE(query.readUInt16BE())
            resolve(answer)
          },
        })
        socket.send(sent, port, server, error => error && reject(error))
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(id)
    }
  }

  #open(): Socket {
    const socket = createSocket('udp4')
    socket.on('message', (answer, { address }) => {
      const waiting = answer.length >= 12 ? this.#waiting.get(answer.readUInt16BE()) : undefined
      if (waiting?.server === address) waiting.resolve(answer)
    })
    // Questions in flight run into their time-outs, later ones get a new socket.
    socket.on('error', () => {
      socket.close()
      if (this.#socket === socket) this.#socket = undefined
    })
    return socket.unref()
  }
}

async function askTcp(server: string, query: Buffer): Promise<Buffer> {
  const socket = connect({ host: server, port, timeout: timeoutMs })
  try {
    socket.on('timeout', () => socket.destroy(new Error(`${server} did not answer`)))
    socket.write(frame(query))
    for await (const answer of readFrames(socket)) return answer
    throw new Error(`${server} closed the connection`)
  } finally {
    socket.destroy()
  }
}
