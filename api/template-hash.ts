import { safeEncode } from './names.ts'
import { canonicalJson, fnv32 } from '../common/hash.ts'

/** The pod-template-hash of a template: eight or so letters safe in names; another `collisionCount` gives another hash. */
export const podTemplateHash = (template: unknown, collisionCount?: number): string =>
  safeEncode(String(fnv32(canonicalJson(template) + (collisionCount === undefined ? '' : String(collisionCount)))))
