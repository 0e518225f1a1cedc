import { createServer, type Server } from 'node:http'
import type { Logger } from '../../../common/log.ts'

/** A service whose outside traffic stays on the node: load balancers ask, at this port, whether the node has any endpoint. */
export interface HealthCheck {
  readonly namespace: string
  readonly name: string
  readonly port: number
  readonly localEndpoints: number
}

/** Answers load balancers at the health check node ports of services (upstream's ServiceHealthServer): 200 with endpoints on this node, 503 without. */
export class HealthCheckServer {
  readonly #servers = new Map<number, Server>()
  readonly #checks = new Map<number, HealthCheck>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /** Listens at the ports of these checks, and no longer at others. A port that cannot be had is tried again the next time. */
  update(checks: readonly HealthCheck[]): void {
    const wanted = new Map(checks.map(check => [check.port, check]))
    for (const [port, server] of this.#servers) if (!wanted.has(port)) this.#close(port, server)
    for (const [port, check] of wanted) {
      this.#checks.set(port, check)
      if (!this.#servers.has(port)) this.#listen(port)
    }
  }

  close(): void {
    for (const [port, server] of this.#servers) this.#close(port, server)
  }

  #listen(port: number): void {
    const server = createServer((_, response) => {
      const check = this.#checks.get(port)
      const count = check?.localEndpoints ?? 0
      response.writeHead(count > 0 ? 200 : 503, {
        'Content-Type': 'application/json',
        'X-Content-Type-Options': 'nosniff',
        'X-Load-Balancing-Endpoint-Weight': String(count),
      })
      response.end(
        JSON.stringify(
          { service: { namespace: check?.namespace, name: check?.name }, localEndpoints: count, serviceProxyHealthy: true },
          undefined,
          '\t',
        ),
      )
    })
    server.on('error', error => {
      this.#servers.delete(port)
      this.#log.warn('the health check port of a service cannot be opened', { ...this.#checks.get(port), error })
    })
    this.#servers.set(port, server)
    server.listen(port)
  }

  #close(port: number, server: Server): void {
    this.#servers.delete(port)
    this.#checks.delete(port)
    server.close()
    server.closeAllConnections()
  }
}
