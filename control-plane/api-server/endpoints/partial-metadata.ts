import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { PartialObjectMetadata } from '../../../api/meta.ts'
import { viewOf, type ByteSink, type StoredObject } from '../registry/stored-object.ts'

const type = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' } as const

export const partialMetadata = ({ metadata }: KubernetesObject): PartialObjectMetadata => ({ ...type, metadata })

const head = `${JSON.stringify(type).slice(0, -1)},"metadata":`

/** The same as JSON, as far as possible without parsing what is stored. */
export function writePartialMetadata(kind: Kind, stored: StoredObject, sink: ByteSink): void {
  sink.text(head)
  if (kind.storedAs || !stored.writeMetadataTo(sink)) sink.text(JSON.stringify(viewOf(kind, stored).metadata))
  sink.text('}')
}
