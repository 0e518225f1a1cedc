import { Duplex } from 'node:stream'
import {
  controlFrame,
  dataFrame,
  finFlag,
  frameTypes,
  numberAt,
  numbers,
  readSpdyFrames,
  SpdyError,
  type SpdyFrame,
} from './spdy-frames.ts'
import { HeaderReader, HeaderWriter, type SpdyHeaders } from './spdy-headers.ts'

const rstStatus = { invalidStream: 2, refusedStream: 3, cancel: 5 } as const
/** Above this much unread input of one stream, the connection is read no further until the stream's reader has caught up. */
const unreadLimit = 256 * 1024
const frameSize = 32 * 1024
/** What a peer that counts windows is told at once that it may send again. */
const windowStep = 32 * 1024
const mostStreams = 1000

/** One stream of a session. Ending it half-closes it; destroying it resets it. */
export class SpdyStream extends Duplex {
  readonly id: number
  readonly headers: SpdyHeaders
  readonly #send: (frame: Buffer) => Promise<void>
  readonly #unread: (size: number) => void
  #waiting: (() => void) | undefined
  #received = 0
  finished = false
  /** The peer gave the stream up; it wants to hear nothing more about it. */
  abandoned = false

  constructor(id: number, headers: SpdyHeaders, connection: { send: (frame: Buffer) => Promise<void>; unread: (size: number) => void }) {
    super({ allowHalfOpen: true })
    this.id = id
    this.headers = headers
    this.#send = connection.send
    this.#unread = connection.unread
  }

  /** Takes what arrived; resolves when more may follow. */
  async receive(data: Buffer): Promise<void> {
    if (this.destroyed || this.finished) return
    this.push(data)
    this.#received += data.length
    if (this.#received >= windowStep) {
      this.#unread(this.#received)
      this.#received = 0
    }
    if (this.readableLength < unreadLimit) return
    await new Promise<void>(resolve => {
      this.#waiting = resolve
    })
  }
  finish(): void {
    if (this.finished) return
    this.finished = true
    this.push(null)
  }

  override _read(): void {
    this.#resume()
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#sendAll(chunk).then(() => callback(), callback)
  }
  override _final(callback: (error?: Error | null) => void): void {
    this.#send(dataFrame(this.id, Buffer.alloc(0), finFlag)).then(() => callback(), callback)
  }
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#resume()
    const done = this.writableFinished && this.finished
    if (done) return callback(error)
    this.#send(controlFrame(frameTypes.rstStream, numbers(this.id, rstStatus.cancel))).then(
      () => callback(error),
      () => callback(error),
    )
  }
  #resume(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
  async #sendAll(chunk: Buffer): Promise<void> {
    for (let offset = 0; offset < chunk.length; offset += frameSize) {
      await this.#send(dataFrame(this.id, chunk.subarray(offset, offset + frameSize)))
    }
  }
}

/**
 * The server's side of a SPDY/3.1 session on a connection. Kubernetes' clients use streams, pings and resets; windows they
 * neither keep nor announce, so none limits what is sent: the connection itself does.
 */
export class SpdySession {
  readonly #connection: Duplex
  readonly #streams = new Map<number, SpdyStream>()
  readonly #reader = new HeaderReader()
  readonly #writer = new HeaderWriter()
  readonly #onStream: (stream: SpdyStream) => void
  #last = 0

  constructor(connection: Duplex, onStream: (stream: SpdyStream) => void) {
    this.#connection = connection
    this.#onStream = onStream
  }

  /** Serves the connection until it ends, or breaks, or its peer breaks the protocol; whatever streams are left end with it. */
  async run(): Promise<void> {
    try {
      const bytes: AsyncIterable<Buffer> = this.#connection
      for await (const frame of readSpdyFrames(bytes)) await this.#take(frame)
    } finally {
      this.#reader.close()
      this.#writer.close()
      for (const stream of this.#streams.values()) stream.destroy()
      this.#streams.clear()
      this.#connection.destroy()
    }
  }
  /** Says good-bye and closes the connection once all that was written is on its way. */
  async close(): Promise<void> {
    if (this.#connection.destroyed) return
    await this.#send(controlFrame(frameTypes.goAway, numbers(this.#last, 0)))
    this.#connection.end()
  }

  async #take(frame: SpdyFrame): Promise<void> {
    if (frame.control) return this.#control(frame)
    const stream = this.#streams.get(frame.streamId)
    if (!stream) return this.#send(controlFrame(frameTypes.rstStream, numbers(frame.streamId, rstStatus.invalidStream)))
    if (frame.body.length > 0) await stream.receive(frame.body)
    if (frame.flags & finFlag) stream.finish()
  }

  async #control({ type, flags, body }: { type: number; flags: number; body: Buffer }): Promise<void> {
    if (type === frameTypes.synStream) return this.#open(body, flags)
    if (type === frameTypes.ping) return this.#send(controlFrame(frameTypes.ping, body))
    if (type === frameTypes.rstStream) {
      const stream = this.#streams.get(numberAt(body, 0))
      if (!stream) return
      stream.abandoned = true
      stream.finish()
      stream.destroy()
    }
    if (type === frameTypes.headers || type === frameTypes.synReply) await this.#reader.read(body.subarray(4))
  }

  async #open(body: Buffer, flags: number): Promise<void> {
    const id = numberAt(body, 0) & 0x7fffffff
    const headers = await this.#reader.read(body.subarray(10))
    if (this.#streams.has(id)) throw new SpdyError(`SPDY stream ${id} is open already`)
    this.#last = id
    // The others go on: a client that opens too many hears it of these only.
    if (this.#streams.size >= mostStreams) return this.#send(controlFrame(frameTypes.rstStream, numbers(id, rstStatus.refusedStream)))
    const stream = new SpdyStream(id, headers, {
      send: frame => this.#send(frame),
      unread: size => this.#tell(controlFrame(frameTypes.windowUpdate, numbers(id, size))),
    })
    this.#streams.set(id, stream)
    // A stream that breaks is its user's business; one nobody uses must not end the process.
    stream.on('error', () => stream.destroy())
    stream.once('close', () => this.#streams.delete(id))
    const block = await this.#writer.write({})
    await this.#send(controlFrame(frameTypes.synReply, Buffer.concat([numbers(id), block])))
    if (flags & finFlag) stream.finish()
    this.#onStream(stream)
  }

  #send(frame: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.write(frame, error => (error ? reject(error) : resolve()))
    })
  }
  #tell(frame: Buffer): void {
    if (this.#connection.writable) this.#connection.write(frame)
  }
}
