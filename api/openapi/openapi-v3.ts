import { apiVersionOf, type Kind } from '../kind.ts'
import { subresourceKinds } from '../kinds.ts'
import { Definitions } from './definitions.ts'
import { information } from './information.ts'
import { addKinds } from './kind-definitions.ts'
import { pathsOf, rootOf } from './paths.ts'
import type { Json } from './special-types.ts'

/** The document of one group version, `v1` or `apps/v1`; undefined when no kind is in it. */
export function openApiV3(kinds: readonly Kind[], groupVersion: string): Json | undefined {
  const own = kinds.filter(kind => apiVersionOf(kind) === groupVersion)
  if (own.length === 0) return undefined
  const definitions = new Definitions('v3')
  const known = [...kinds, ...subresourceKinds]
  addKinds(definitions, [...own, ...mentionedBySubresources(own, known)])
  return {
    openapi: '3.0.0',
    info: information,
    paths: pathsOf(own, known, 'v3'),
    components: {
      schemas: definitions.sorted(),
      securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header', description: 'A bearer token.' } },
    },
  }
}

function mentionedBySubresources(own: readonly Kind[], known: readonly Kind[]): Kind[] {
  const mentioned = own.flatMap(kind =>
    Object.values(kind.subresources ?? {}).flatMap(({ group = kind.group, version = kind.version, kind: name }) =>
      known.filter(other => other.group === group && other.version === version && other.kind === name),
    ),
  )
  return mentioned.filter((kind, index) => mentioned.indexOf(kind) === index && !own.includes(kind))
}

/** Where each document is, with a hash that changes with its content, so that clients may keep what they have. */
export function openApiV3Index(kinds: readonly Kind[], hashOf: (path: string) => string): Json {
  const roots = new Map(kinds.map(kind => [rootOf(kind).slice(1), apiVersionOf(kind)]))
  const paths = [...roots.keys()].map(root => {
    const hash = hashOf(`/openapi/v3/${root}`).replaceAll('"', '')
    return [root, { serverRelativeURL: `/openapi/v3/${root}?hash=${hash}` }] as const
  })
  return { paths: Object.fromEntries(paths) }
}
