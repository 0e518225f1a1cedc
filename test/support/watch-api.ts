import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { ControlPlane } from '../../control-plane/control-plane.ts'

export interface Seen {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name: string; readonly resourceVersion: string }
    readonly [field: string]: unknown
  }
}

/** A watch as an administrator of a control plane, once it has begun: `path` is a list's. It goes on until `end`. */
export async function watchApi({ port, identity }: Pick<ControlPlane, 'port' | 'identity'>, path: string) {
  const { cert, key } = identity.admin
  const watched = `${path}${path.includes('?') ? '&' : '?'}watch=true`
  const outgoing = request({ host: '127.0.0.1', port, path: watched, cert, key, ca: identity.authority.cert }).end()
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  // Ending early breaks the stream off, which is no error here.
  incoming.on('error', () => undefined)
  const events = read(incoming)
  return {
    /** The next so many events, whenever they come. */
    async take(count: number): Promise<Seen[]> {
      const taken: Seen[] = []
      while (taken.length < count) {
        const { value, done } = await events.next()
        if (done) throw new Error(`the watch of ${path} ended after ${JSON.stringify(taken)}`)
        taken.push(value)
      }
      return taken
    },
    end(): void {
      outgoing.destroy()
    },
  }
}

async function* read(incoming: IncomingMessage): AsyncGenerator<Seen, void> {
  let rest = ''
  for await (const chunk of incoming) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Seen
  }
}
