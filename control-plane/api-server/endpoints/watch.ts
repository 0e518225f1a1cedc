import { ApiError, invalid } from '../../../api/errors.ts'
import { fieldForbidden } from '../../../api/schema/field-error.ts'
import { selectionOf } from '../registry/selection.ts'
import { watch as watchObjects } from '../registry/watch.ts'
import { includeObjectOf } from './answer.ts'
import type { ApiRequest, Handler } from './api-request.ts'
import { negotiate } from './representation.ts'
import { integerOf, isTrue } from './request-info.ts'
import { setWarnings } from './respond.ts'
import { WatchStream } from './watch-stream.ts'

const bookmarkInterval = 60_000
/** Upstream's minimum; each watch gets up to twice as much, so that they do not all end together. */
const minimumTimeout = 1_800

export const watch: Handler = async request => {
  const { kind, target, info, registry, response, observer, fanOut } = request
  const { query } = info
  const parameter = (name: string) => query.get(name) ?? undefined
  const selectors = { labelSelector: parameter('labelSelector'), fieldSelector: parameter('fieldSelector'), name: target.name }
  const selection = selectionOf(kind, selectors)
  const representation = negotiate(request.request.headers.accept)
  const includeObject = includeObjectOf(query)
  const sendInitialEvents = initialEvents(query)
  const timeout = integerOf(query, 'timeoutSeconds') || minimumTimeout * (1 + Math.random())

  const stop = new AbortController()
  response.on('close', () => stop.abort())
  setWarnings(response, request.warnings)
  response.writeHead(200, {
    'Content-Type': representation.format === 'yaml' ? 'application/yaml;stream=watch' : 'application/json;stream=watch',
    'Cache-Control': 'no-cache, private',
  })
  response.flushHeaders()
  const stream = new WatchStream(response, {
    kind,
    representation,
    includeObject,
    fanOut,
    onOverflow: () => response.destroy(),
    sent: observer?.watching(kind),
  })
  try {
    const { namespace } = target
    const resourceVersion = parameter('resourceVersion')
    await watchObjects(registry, { kind, namespace, selection, resourceVersion, sendInitialEvents, signal: stop.signal }, stream)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    stream.error(error)
    return
  }
  keepAlive(request, { stream, timeout, signal: stop.signal })
}

interface Life {
  readonly stream: WatchStream
  /** Seconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/** Bookmarks while it lasts, one more at the end, so that the client can go on without a new list. */
function keepAlive({ info, registry }: ApiRequest, { stream, timeout, signal }: Life): void {
  const wanted = isTrue(info.query.get('allowWatchBookmarks'))
  const bookmark = () => stream.bookmark(registry.store.revision)
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

function initialEvents(query: URLSearchParams): boolean {
  const kind = { group: 'meta.k8s.io', kind: 'ListOptions' }
  const match = query.get('resourceVersionMatch')
  const forbidden = (field: string, detail: string) => invalid(kind, '', [fieldForbidden(field, detail)])
  if (query.get('sendInitialEvents') === null) {
    if (match) throw forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
    return false
  }
  if (match !== 'NotOlderThan') {
    throw forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  }
  return isTrue(query.get('sendInitialEvents'))
}
