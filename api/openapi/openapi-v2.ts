import type { Kind } from '../kind.ts'
import { subresourceKinds } from '../kinds.ts'
import { Definitions } from './definitions.ts'
import { information } from './information.ts'
import { addKinds } from './kind-definitions.ts'
import { pathsOf } from './paths.ts'
import type { Json } from './special-types.ts'

/** Everything in one Swagger 2.0 document. */
export function openApiV2(kinds: readonly Kind[]): Json {
  const definitions = new Definitions('v2')
  const known = [...kinds, ...subresourceKinds]
  addKinds(definitions, known)
  return {
    swagger: '2.0',
    info: information,
    paths: pathsOf(kinds, known, 'v2'),
    definitions: definitions.sorted(),
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header', description: 'A bearer token.' } },
    security: [{ BearerToken: [] }],
  }
}
