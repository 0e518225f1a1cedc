import type { Kind, KubernetesObject } from '../kind.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'
import type { FieldError } from '../schema/field-error.ts'

/** A new object as it is before it is validated. */
export function made<O extends KubernetesObject>(kind: Kind<O>, fields: object): O {
  const json = JSON.parse(
    JSON.stringify({ apiVersion: 'resource.k8s.io/v1', kind: kind.kind, metadata: { name: 'x' }, ...fields }),
  ) as object
  const filled = withDefaults(kind.schema, decode(kind.schema, json).value)
  const complete = kind.applyDefaults?.(filled) ?? filled
  return kind.prepareForCreate?.(complete) ?? complete
}

/** Errors as lines. */
export const said = (errors: readonly FieldError[] = []) => errors.map(({ field, message }) => `${field}: ${message}`)
/** What is said against a new object. */
export const refused = <O extends KubernetesObject>(kind: Kind<O>, fields: object) => said(kind.validate?.(made(kind, fields)))
