import { apiError } from '../../../api/errors.ts'

/** In what form the client wants its answer. */
export interface Representation {
  readonly as: 'object' | 'table' | 'metadata'
  readonly format: 'json' | 'yaml'
}

const plain: Representation = { as: 'object', format: 'json' }
const accepted = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/** The first form in the client's order that can be served. Protobuf answers do not exist: such clients read JSON too. */
export function negotiate(accept: string | undefined): Representation {
  if (!accept) return plain
  let protobuf = false
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map(text => text.trim())
    const format = formatOf(type)
    protobuf ||= type === 'application/vnd.kubernetes.protobuf'
    if (!format) continue
    const as = viewOf(parameters)
    if (as) return { as, format }
  }
  if (protobuf) return plain
  throw apiError('NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json'
  return type === 'application/yaml' ? 'yaml' : undefined
}

function viewOf(parameters: readonly string[]): Representation['as'] | undefined {
  const given = new Map(parameters.map(text => text.split('=', 2) as [string, string]))
  const as = given.get('as')
  if (!as) return 'object'
  if (given.get('g') !== 'meta.k8s.io' || given.get('v') !== 'v1') return undefined
  if (as === 'Table') return 'table'
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? 'metadata' : undefined
}
