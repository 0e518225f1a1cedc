import type { Kind, KubernetesObject } from '../../../../api/kind.ts'
import { decode } from '../../../../api/schema/decode.ts'
import { withDefaults } from '../../../../api/schema/defaults.ts'

/** What somebody made of an object, as an object of its kind again: unknown fields left out, defaults filled in. */
export function completed(kind: Kind, json: unknown): KubernetesObject {
  const { value } = decode(kind.schema, json)
  const filled = withDefaults(kind.schema, value)
  return kind.applyDefaults?.(filled) ?? filled
}
