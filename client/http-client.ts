import { apiVersionOf, type Kind, type KubernetesObject } from '../api/kind.ts'
import type { Client, List, ListOptions, NewObject, ObjectKey, PatchType, WatchEvent, WatchOptions } from './client.ts'
import type { ClientConfig } from './client-config.ts'
import { resourcePath, type Query, type Target } from './paths.ts'
import { ConnectionError } from './status-error.ts'
import { createTransport, type Transport } from './transport.ts'
import { watchEvents } from './watch.ts'

const patchContentTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

/** The API over HTTPS. */
export const createClient = (config: ClientConfig): Client => clientOver(createTransport(config))

function clientOver(transport: Transport): Client {
  const call = async <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> =>
    (await transport.request({ method, path, ...(body === undefined ? {} : { body }) })) as T
  const targetOf = (object: { metadata: { name?: string; namespace?: string } }, subresource?: string): Target => ({
    namespace: object.metadata.namespace,
    ...(object.metadata.name === undefined ? {} : { name: object.metadata.name }),
    ...(subresource === undefined ? {} : { subresource }),
  })

  return {
    get: (kind, key) => call('GET', resourcePath(kind, key)),
    async list<O extends KubernetesObject>(kind: Kind<O>, options: ListOptions = {}) {
      const path = resourcePath(kind, { namespace: options.namespace }, listQuery(options))
      const list = (await transport.request({ method: 'GET', path, accept: acceptOf(options), signal: options.signal })) as List<O>
      // Items of a list come without type as they do upstream; ours always know what they are.
      for (const item of list.items) if (!item.kind) Object.assign(item, typeOf(kind))
      return list
    },
    watch: (kind, options) => watch(transport, kind, options),
    create<O extends KubernetesObject>(kind: Kind<O>, object: NewObject<O>) {
      const { name: _, ...target } = targetOf(object)
      return call<O>('POST', resourcePath(kind, target), { ...typeOf(kind), ...object })
    },
    update: (kind, object, subresource) => call('PUT', resourcePath(kind, targetOf(object, subresource)), object),
    updateStatus: (kind, object) => call('PUT', resourcePath(kind, targetOf(object, 'status')), object),
    async patch<O extends KubernetesObject>(
      kind: Kind<O>,
      key: ObjectKey,
      patch: { type: PatchType; body: unknown; subresource?: string },
    ) {
      const path = resourcePath(kind, { ...key, ...(patch.subresource ? { subresource: patch.subresource } : {}) })
      return (await transport.request({ method: 'PATCH', path, body: patch.body, contentType: patchContentTypes[patch.type] })) as O
    },
    async delete(kind, key, options) {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...options }
      await transport.request({ method: 'DELETE', path: resourcePath(kind, key), ...(options ? { body } : {}) })
    },
    async deleteCollection(kind, options) {
      const path = resourcePath(kind, { namespace: options.namespace }, listQuery(options))
      await transport.request({ method: 'DELETE', path, signal: options.signal })
    },
    getPath: path => call('GET', path),
    post: (kind, { subresource, ...key }, body) => call('POST', resourcePath(kind, { ...key, subresource }), body),
  }
}

const typeOf = (kind: Kind) => ({ apiVersion: apiVersionOf(kind), kind: kind.kind })

const acceptOf = ({ metadataOnly }: Pick<ListOptions, 'metadataOnly'>): string | undefined =>
  metadataOnly ? 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' : undefined

const listQuery = (options: Omit<ListOptions, 'signal' | 'namespace'>): Query => ({
  labelSelector: options.labelSelector || undefined,
  fieldSelector: options.fieldSelector || undefined,
  limit: options.limit,
  continue: options.continue,
  resourceVersion: options.resourceVersion,
})

/** Upstream's reflectors ask for five to ten minutes, at random, so that not all watches end together. */
const randomTimeoutSeconds = () => Math.floor(300 * (1 + Math.random()))

async function* watch<O extends KubernetesObject>(
  transport: Transport,
  kind: Kind<O>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<O>> {
  const timeoutSeconds = randomTimeoutSeconds()
  const path = resourcePath(
    kind,
    { namespace: options.namespace },
    {
      ...listQuery(options),
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds,
      ...(options.sendInitialEvents ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {}),
    },
  )
  // A server that vanished without a word ends no watch: ours ends by itself soon after it should have.
  const overdue = AbortSignal.timeout((timeoutSeconds + 30) * 1000)
  const signal = AbortSignal.any([options.signal, overdue])
  try {
    const response = await transport.open({ method: 'GET', path, accept: acceptOf(options), signal })
    yield* watchEvents<O>(response, { shared: transport.inProcess })
  } catch (error) {
    if (options.signal.aborted) return
    if (error instanceof Error && error.name !== 'ApiError' && !(error instanceof ConnectionError)) {
      throw new ConnectionError(`watch of ${kind.plural} broke: ${error.message}`, { cause: error })
    }
    throw error
  }
}
