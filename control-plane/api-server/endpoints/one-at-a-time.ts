import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'

/** A client that has sent so many requests without waiting for their answers is cut off. No client of Kubernetes does that at all. */
const mostWaiting = 100

/**
 * Serves the requests of one connection one after the other, as Go's server does: each when the answer before it has been taken.
 * Node would begin all of them at once and hold their answers, as many as there are, for a client that need never read one.
 */
export function oneAtATime(serve: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, (() => void)[]>()
  const begin: RequestListener = (request, response) => {
    const { socket } = request
    response.once('close', () => {
      const next = socket.destroyed ? undefined : waiting.get(socket)?.shift()
      if (next) next()
      else waiting.delete(socket)
    })
    serve(request, response)
  }
  return (request, response) => {
    const queue = waiting.get(request.socket)
    if (!queue) {
      waiting.set(request.socket, [])
      return begin(request, response)
    }
    if (queue.length >= mostWaiting) request.socket.destroy()
    else queue.push(() => begin(request, response))
  }
}
