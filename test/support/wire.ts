import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { Namespace } from '../../api/core/namespace.ts'
import { ServiceAccount } from '../../api/core/service-account.ts'
import type { Client, ListOptions, WatchEvent } from '../../client/client.ts'
import { resourcePath, type Query, type Target } from '../../client/paths.ts'
import type { ControlPlane } from '../../control-plane/control-plane.ts'
import { eventually } from './eventually.ts'
import { rawApi, type RawAnswer, type RawCall } from './raw-api.ts'

const patchTypes = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
} as const

/** Requests for any kind as they go over the wire, for what a typed client would hide; refusals throw. */
export function wireOf(plane: Pick<ControlPlane, 'port' | 'identity'>) {
  const call = rawApi(plane)
  const send =
    (method: string) =>
    async (kind: Kind, target: Target, { query, ...options }: RawCall & { query?: Query } = {}): Promise<RawAnswer['body']> => {
      const path = resourcePath(kind, target, query)
      const answer = await call(method, path, options)
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
      return answer.body
    }
  return {
    get: send('GET'),
    put: (kind: Kind, target: Target, body: unknown) => send('PUT')(kind, target, { body }),
    patch: (kind: Kind, target: Target, { type, body }: { type: keyof typeof patchTypes; body: unknown }) =>
      send('PATCH')(kind, target, { body, type: patchTypes[type] }),
    delete: send('DELETE'),
  }
}

/** A namespace of its own for one test, where pods can be created at once. */
export async function freshNamespace(client: Client, prefix: string): Promise<string> {
  const { name } = (await client.create(Namespace, { metadata: { generateName: `${prefix}-` } } as never)).metadata
  await eventually(async () => client.get(ServiceAccount, { name: 'default', namespace: name }))
  return name
}

type ObjectEvent<O> = Exclude<WatchEvent<O>, { readonly type: 'BOOKMARK' }>

/** Everything that a watch tells from the moment of a list on, which is what clients of controllers rely upon. */
export async function watchFromNow<O extends KubernetesObject>(
  client: Client,
  kind: Kind<O>,
  options: Pick<ListOptions, 'namespace' | 'labelSelector'>,
) {
  const { resourceVersion } = (await client.list(kind, options)).metadata
  const stop = new AbortController()
  const events: ObjectEvent<O>[] = []
  let failure: unknown
  const read = async () => {
    try {
      for await (const event of client.watch(kind, { ...options, resourceVersion, signal: stop.signal }))
        if (event.type !== 'BOOKMARK') events.push(event)
    } catch (error) {
      if (!stop.signal.aborted) failure = error
    }
  }
  const reading = read()
  return {
    events,
    /** Resolves with the first event, from the beginning on, that satisfies; the last ones are the error when none does. */
    sees: (type: ObjectEvent<O>['type'], satisfies: (object: O) => boolean, seconds = 60): Promise<O> =>
      eventually(
        async () => {
          if (failure) throw failure
          const found = events.find(event => event.type === type && satisfies(event.object))
          if (!found) throw new Error(`seen: ${JSON.stringify(events.slice(-3))}`)
          return found.object
        },
        { seconds, what: `${type} of ${kind.kind}` },
      ),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await reading
    },
  }
}
