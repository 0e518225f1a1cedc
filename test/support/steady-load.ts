import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LoadResult {
  readonly answered: number
  readonly failures: readonly string[]
}

/** Requests one after another until the signal aborts, each on a connection of its own or all on kept ones; tells what failed. */
export async function steadyLoad(url: string, { keepAlive, signal }: { keepAlive: boolean; signal: AbortSignal }): Promise<LoadResult> {
  const agent = new http.Agent({ keepAlive, maxSockets: 1 })
  const failures: string[] = []
  let answered = 0
  while (!signal.aborted) {
    try {
      await request(url, agent)
      answered++
    } catch (error) {
      failures.push(`${new Date().toISOString()} ${String(error)}`)
    }
    await sleep(10)
  }
  agent.destroy()
  return { answered, failures }
}

function request(url: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = http.get(url, { agent, timeout: 5000 }, answer => {
      answer.resume()
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`))))
      answer.on('error', reject)
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 5 s')))
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // A server may close a kept connection just as the next request is on its way; every client asks again then.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') request(url, agent).then(resolve, reject)
      else reject(error)
    })
  })
}
