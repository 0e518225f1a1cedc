import { apiVersionOf, type Kind } from '../kind.ts'
import { listSchemaOf } from '../list-schema.ts'
import type { Version } from './definitions.ts'
import { definitionName } from './kind-definitions.ts'
import { describeOperation, type Operation, type Target } from './operations.ts'
import { pathParameters } from './parameters.ts'
import type { Json } from './special-types.ts'

const defaultVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

const operations: Readonly<Record<string, Operation>> = {
  list: { method: 'get', action: 'list', named: false },
  create: { method: 'post', action: 'post', named: false },
  deletecollection: { method: 'delete', action: 'deletecollection', named: false },
  get: { method: 'get', action: 'get', named: true },
  update: { method: 'put', action: 'put', named: true },
  patch: { method: 'patch', action: 'patch', named: true },
  delete: { method: 'delete', action: 'delete', named: true },
}

export const rootOf = (kind: Pick<Kind, 'group' | 'version'>): string =>
  kind.group ? `/apis/${apiVersionOf(kind)}` : `/api/${kind.version}`

/** Every path below which objects of these kinds are reached, with its operations. `known` are kinds that subresources may speak of. */
export function pathsOf(kinds: readonly Kind[], known: readonly Kind[], version: Version): Json {
  const paths = kinds.flatMap(kind => [
    ...ownPaths(targetOf({ kind, subresource: '', known, version })),
    ...Object.keys(kind.subresources ?? {}).map(name => subresourcePath(targetOf({ kind, subresource: name, known, version }))),
  ])
  return Object.fromEntries(paths.filter(([, item]) => Object.keys(item).length > 1).sort(([a], [b]) => (a < b ? -1 : 1)))
}

type PathItem = readonly [path: string, item: Json]

interface Wanted {
  readonly kind: Kind
  readonly subresource: string
  readonly known: readonly Kind[]
  readonly version: Version
}
function targetOf({ kind, subresource, known, version }: Wanted): Target {
  const own = kind.subresources?.[subresource]
  const group = own?.group ?? kind.group
  const bodyVersion = own?.version ?? kind.version
  const name = own?.kind ?? kind.kind
  const found = known.find(other => other.group === group && other.version === bodyVersion && other.kind === name) ?? kind
  return {
    kind,
    subresource,
    body: { group, version: bodyVersion, kind: name, definition: definitionName(found) },
    listDefinition: listSchemaOf(kind).message?.name ?? '',
    version,
  }
}

function ownPaths(target: Target): PathItem[] {
  const { kind } = target
  const collection = `${rootOf(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}`
  const verbs = kind.verbs ?? defaultVerbs
  const of = (path: string, named: boolean) =>
    pathItem(
      path,
      verbs.flatMap(verb => operationFor(verb, named)),
      target,
    )
  const everywhere =
    kind.namespaced && verbs.includes('list') ? [pathItem(`${rootOf(kind)}/${kind.plural}`, operationFor('list', false), target)] : []
  return [of(collection, false), of(`${collection}/{name}`, true), ...everywhere]
}

const operationFor = (verb: string, named: boolean): Operation[] => {
  const operation = operations[verb]
  return operation?.named === named ? [operation] : []
}

function subresourcePath(target: Target): PathItem {
  const { kind, subresource } = target
  const path = `${rootOf(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}/${subresource}`
  const { type, verbs = [] } = kind.subresources?.[subresource] ?? {}
  const found = verbs.flatMap((verb): Operation[] => {
    const operation = operations[verb]
    if (!operation || verb === 'list' || verb === 'deletecollection') return []
    return [{ ...operation, named: true, ...(type === 'connect' ? { action: 'connect' } : {}) }]
  })
  return pathItem(path, found, target)
}

function pathItem(path: string, found: readonly Operation[], target: Target): PathItem {
  return [
    path,
    {
      ...Object.fromEntries(found.map(operation => [operation.method, describeOperation(operation, target)])),
      parameters: pathParameters(path, target.version),
    },
  ]
}
