import type { ObjectMeta } from '../meta.ts'

const annotation = 'volume.beta.kubernetes.io/storage-class'

/** The storage class of a claim or volume; what an old annotation says goes before the field. */
export const classOf = ({
  metadata,
  spec,
}: {
  readonly metadata: Pick<ObjectMeta, 'annotations'>
  readonly spec: { readonly storageClassName?: string }
}): string => metadata.annotations?.[annotation] ?? spec.storageClassName ?? ''
