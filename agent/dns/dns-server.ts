import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket as Connection } from 'node:net'
import type { Answer, DecodedPacket } from 'dns-packet'
import { sleepUnlessAborted, systemClock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { untilAborted, type Runnable } from '../../common/run.ts'
import { answer, type Zone } from './answer.ts'
import type { ClusterView } from './cluster-view.ts'
import { Forwarder } from './forwarder.ts'
import { answersIn, readQuery, udpLimit, writeQuery, writeReply, type Reply } from './message.ts'
import { frame, readFrames } from './tcp-frames.ts'

export interface DnsServerOptions {
  readonly zone: Zone
  /** Where it listens, which is the zone's address in a node. */
  readonly listen: { readonly address: string; readonly port: number }
  readonly view: ClusterView
  /** Who knows all other names. */
  readonly upstream: readonly string[]
  /** Rejects while the view is not filled; nothing is answered before. */
  readonly ready: (signal: AbortSignal) => Promise<unknown>
  readonly log: Logger
}

const retryMs = 1_000
const idleMs = 10_000
const mostConnections = 200

const failed: Reply = { code: 'SERVFAIL', answers: [], additional: [], authorities: [] }

/** The cluster's DNS for the pods of this node, by UDP and TCP: it knows the cluster's names and asks others for the rest. */
export class DnsServer implements Runnable {
  readonly #options: DnsServerOptions
  readonly #forwarder: Forwarder
  #turn = 0

  constructor(options: DnsServerOptions) {
    this.#options = options
    this.#forwarder = new Forwarder(options.upstream)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, listen } = this.#options
    try {
      await this.#options.ready(signal)
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    while (!signal.aborted) {
      try {
        await this.#serve(signal)
      } catch (error) {
        log.error('names cannot be answered; trying again', { ...listen, error })
        await sleepUnlessAborted(systemClock, retryMs, signal)
      }
    }
    this.#forwarder.close()
  }

  /** Until the signal aborts; throws when one of the two doors cannot be opened, or breaks. */
  async #serve(signal: AbortSignal): Promise<void> {
    const { log, listen } = this.#options
    const udp = createSocket('udp4')
    const connections = new Set<Connection>()
    const tcp = createServer(connection => {
      connections.add(connection.on('close', () => connections.delete(connection)))
      void this.#talk(connection)
    })
    tcp.maxConnections = mostConnections
    udp.on('message', (message, client) => {
      void this.#reply(message, 'udp').then(reply => {
        if (reply) udp.send(reply, client.port, client.address, error => error && log.debug('an answer could not be sent', { error }))
      })
    })
    const broken = Promise.race([once(udp, 'error'), once(tcp, 'error')]).then(([error]) => {
      throw error as Error
    })
    try {
      udp.bind(listen.port, listen.address)
      tcp.listen(listen.port, listen.address)
      await Promise.race([broken, untilAborted(signal)])
    } finally {
      udp.close()
      tcp.close()
      for (const connection of connections) connection.destroy()
    }
  }

  async #talk(connection: Connection): Promise<void> {
    connection.setTimeout(idleMs, () => connection.destroy())
    try {
      for await (const message of readFrames(connection)) {
        const reply = await this.#reply(message, 'tcp')
        if (reply) connection.write(frame(reply))
      }
    } catch (error) {
      this.#options.log.debug('a connection broke', { error })
    } finally {
      connection.destroy()
    }
  }

  /** Undefined where there is nothing to say. */
  async #reply(message: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    const query = readQuery(message)
    const question = query?.questions?.[0]
    if (!query || !question) return undefined
    const limit = transport === 'udp' ? udpLimit(query) : undefined
    try {
      const { view, zone } = this.#options
      const found = answer(question, view, zone)
      if (found.type === 'forward') return await this.#forwarder.ask(message, transport)
      const answers =
        found.follow === undefined ? this.#inTurn(found.answers) : [...found.answers, ...(await this.#follow(query, found.follow))]
      return writeReply(query, { ...found, answers }, limit)
    } catch (error) {
      this.#options.log.debug('a name could not be answered', { name: question.name, error })
      return writeReply(query, failed, limit)
    }
  }

  /** What an alias outside the cluster stands for; the alias alone has to do where nobody knows. */
  async #follow(query: DecodedPacket, name: string): Promise<readonly Answer[]> {
    try {
      return answersIn(await this.#forwarder.ask(writeQuery(query, name), 'udp'))
    } catch (error) {
      this.#options.log.debug('an alias could not be followed', { name, error })
      return []
    }
  }

  /** Clients take the first: each time it is another one. */
  #inTurn(answers: readonly Answer[]): readonly Answer[] {
    if (answers.length < 2 || answers[0]?.type !== 'A') return answers
    const first = this.#turn++ % answers.length
    return [...answers.slice(first), ...answers.slice(0, first)]
  }
}
