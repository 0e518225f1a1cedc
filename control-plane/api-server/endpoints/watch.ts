import { ApiError } from '../../../api/errors.ts'
import { selectionOf } from '../registry/selection.ts'
import { watch as watchObjects, type Live } from '../registry/watch.ts'
import { includeObjectOf, representationOf } from './answer.ts'
import type { ApiRequest, Handler } from './api-request.ts'
import { listOptionsOf } from './list-options.ts'
import { isTrue } from './request-info.ts'
import { contentTypes, setWarnings } from './respond.ts'
import { WatchStream } from './watch-stream.ts'

const bookmarkInterval = 60_000
/** Upstream's minimum; each watch gets up to twice as much, so that they do not all end together. */
const minimumTimeout = 1_800
/** Timers cannot be set for later. */
const longestTimeout = 2 ** 31 / 1000 - 1

export const watch: Handler = async request => {
  const { kind, target, info, registry, response, observer, fanOut } = request
  const { query } = info
  const parameter = (name: string) => query.get(name) ?? undefined
  const options = listOptionsOf(query, { watch: true })
  const selectors = { labelSelector: parameter('labelSelector'), fieldSelector: parameter('fieldSelector'), name: target.name }
  const selection = selectionOf(kind, selectors)
  const representation = representationOf(request)
  const includeObject = includeObjectOf(query)
  const timeout = Math.min(options.timeoutSeconds || minimumTimeout * (1 + Math.random()), longestTimeout)

  const stop = new AbortController()
  response.on('close', () => stop.abort())
  setWarnings(response, request.warnings)
  response.writeHead(200, {
    'Content-Type': `${contentTypes[representation.format]};stream=watch`,
    'Cache-Control': 'no-cache, private',
  })
  response.flushHeaders()
  const stream = new WatchStream(response, {
    kind,
    representation,
    includeObject,
    fanOut,
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    onOverflow: () => response.destroy(),
    sent: observer?.watching(kind),
  })
  let live: Live
  try {
    const { namespace } = target
    const { resourceVersion, sendInitialEvents = false } = options
    live = await watchObjects(registry, { kind, namespace, selection, resourceVersion, sendInitialEvents, signal: stop.signal }, stream)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    stream.fail(error)
    return
  }
  keepAlive(request, { stream, live, timeout, signal: stop.signal })
}

interface Life {
  readonly stream: WatchStream
  readonly live: Live
  /** Seconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/** Bookmarks while it lasts, one more at the end, so that the client can go on without a new list. */
function keepAlive({ info, registry }: ApiRequest, { stream, live, timeout, signal }: Life): void {
  const wanted = isTrue(info.query.get('allowWatchBookmarks'))
  const bookmark = () => {
    // A client must not go on behind what it has not been sent.
    if (live.caughtUp()) stream.bookmark(registry.store.revision)
  }
  const timer = wanted ? setInterval(bookmark, bookmarkInterval) : undefined
  const end = setTimeout(() => {
    if (wanted) bookmark()
    stream.end()
  }, timeout * 1000)
  signal.addEventListener('abort', () => {
    clearInterval(timer)
    clearTimeout(end)
  })
  if (signal.aborted) {
    clearInterval(timer)
    clearTimeout(end)
  }
}
