import type { KubernetesObject } from '../../../api/kind.ts'
import type { PartialObjectMetadata } from '../../../api/meta.ts'

export const partialMetadata = ({ metadata }: KubernetesObject): PartialObjectMetadata => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
})
