import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { apiVersionOf } from '../../../api/kind.ts'
import type { Lookup } from '../interfaces.ts'

/** A Lookup over a fixed set of objects. */
export const lookupOf = (...objects: KubernetesObject[]): Lookup => {
  const ofKind = <O extends KubernetesObject>(kind: Kind<O>) =>
    objects.filter(object => object.kind === kind.kind && object.apiVersion === apiVersionOf(kind)) as O[]
  return {
    get: (kind, { namespace, name }) =>
      ofKind(kind).find(({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === (kind.namespaced ? namespace : '')),
    list: (kind, namespace) => ofKind(kind).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
  }
}

/** An object as the server would hold it, good enough for reading. */
export const stored = <O extends KubernetesObject>(
  kind: Kind<O>,
  name: string,
  { namespace = 'default', metadata = {}, ...rest }: { namespace?: string; metadata?: object } & Record<string, unknown> = {},
): O =>
  ({
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { name, uid: `${name}-uid`, ...(kind.namespaced ? { namespace } : {}), ...metadata },
    ...rest,
  }) as unknown as O
