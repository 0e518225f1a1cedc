import { PartialObjectMetadata } from '../../../api/meta.ts'
import type { Kind } from '../../../api/kind.ts'
import { encodeProtobuf } from '../../../api/protobuf/envelope.ts'
import { viewOf, type StoredObject } from '../registry/stored-object.ts'
import { partialMetadata } from './partial-metadata.ts'
import type { Representation } from './representation.ts'

/** An object, or its metadata, as a protobuf body. */
export function bytesOf(kind: Kind, stored: StoredObject, as: Representation['as']): Buffer {
  const object = viewOf(kind, stored)
  return as === 'metadata' ? encodeProtobuf(PartialObjectMetadata, partialMetadata(object)) : encodeProtobuf(kind.schema, object)
}
