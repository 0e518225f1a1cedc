import { apiError } from '../../../api/errors.ts'
import { protobufMediaType } from '../../../api/protobuf/envelope.ts'

/** In what form the client wants its answer. */
export interface Representation {
  readonly as: 'object' | 'table' | 'metadata'
  readonly format: 'json' | 'yaml' | 'protobuf'
}

/** What there is to choose from: `protobuf`, where what is answered has such a form; else those who ask for it get JSON, which they read too. */
export interface Offer {
  readonly protobuf: boolean
  /** Of answers that no table shows. */
  readonly table?: false
}

const plain: Representation = { as: 'object', format: 'json' }
const accepted = ['application/json', 'application/yaml', protobufMediaType]

/** The first form in the client's order that can be served. */
export function negotiate(accept: string | undefined, offer: Offer): Representation {
  // Without further ado where a client wants nothing but JSON.
  if (!accept || accept === 'application/json') return plain
  let protobuf = false
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map(text => text.trim())
    const format = formatOf(type)
    const as = viewOf(parameters)
    // Tables have no protobuf form.
    const fits = (format !== 'protobuf' || (offer.protobuf && as !== 'table')) && (as !== 'table' || offer.table !== false)
    if (format && as && fits) return { as, format }
    protobuf ||= format === 'protobuf'
  }
  if (protobuf) return plain
  throw apiError('NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`)
}

function formatOf(type: string): Representation['format'] | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json'
  if (type === protobufMediaType) return 'protobuf'
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
