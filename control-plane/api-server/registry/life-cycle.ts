import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { validateObjectMeta } from '../../../api/object-meta-validation.ts'
import { withDefaults } from '../../../api/schema/defaults.ts'
import type { FieldError } from '../../../api/schema/field-error.ts'

/** Fills in what was left out: the schema's defaults, then those that depend on other fields. */
export function complete(kind: Kind, object: KubernetesObject): KubernetesObject {
  const filled = withDefaults(kind.schema, object)
  return kind.applyDefaults?.(filled) ?? filled
}

/** Everything that is wrong with a new object, metadata first, in upstream's order. */
export const validationErrors = (kind: Kind, object: KubernetesObject): FieldError[] => [
  ...validateObjectMeta(object.metadata, kind),
  ...(kind.validate?.(object) ?? []),
]

/** The form in which kinds that share storage are kept. */
export const toStored = (kind: Kind, object: KubernetesObject): KubernetesObject => kind.storedAs?.toStored(object) ?? object
