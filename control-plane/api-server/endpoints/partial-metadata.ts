import type { KubernetesObject } from '../../../api/kind.ts'

export const partialMetadata = ({ metadata }: KubernetesObject): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
})
