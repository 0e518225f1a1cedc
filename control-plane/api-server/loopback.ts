import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { duplexPair, type Duplex } from 'node:stream'
import type { User } from './interfaces.ts'

/** What Node's HTTP does to sockets, and a pair of streams has no need of. */
const socketMethods = { setKeepAlive() {}, setTimeout() {}, ref() {}, unref() {} }

/**
 * The way to the API server for what runs in its own process: the same requests, over a pair of streams instead of a port and
 * TLS. Who connects says who it is with a random token that nobody outside this process learns. Upstream's loopback client.
 */
export class Loopback {
  readonly #users = new Map<string, User>()
  readonly #connections = new Set<Duplex>()
  /** It never listens: connections are handed to it. */
  readonly #server = createServer()

  /** Whose token this is; undefined for one of another kind. */
  userOf(token: string): User | undefined {
    return this.#users.get(token)
  }

  /** What a client needs to speak as this user, from within this process. */
  accessFor(user: User): { readonly connect: () => Duplex; readonly token: string } {
    const token = randomBytes(32).toString('base64url')
    this.#users.set(token, user)
    return { connect: () => this.#connect(), token }
  }

  serve(listener: RequestListener): void {
    this.#server.on('request', listener)
  }

  close(): void {
    for (const connection of this.#connections) connection.destroy()
  }

  #connect(): Duplex {
    const [near, far] = duplexPair()
    this.#connections.add(far)
    // A pair ends together, as the two ends of a socket do.
    near.once('close', () => far.destroy())
    far.once('close', () => {
      this.#connections.delete(far)
      near.destroy()
    })
    this.#server.emit('connection', far)
    return Object.assign(near, socketMethods)
  }
}
