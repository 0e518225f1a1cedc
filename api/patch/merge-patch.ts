import { isRecord, setOwn } from '../schema/records.ts'

/** RFC 7386: null removes, objects merge, everything else replaces. Neither argument is changed; parts of both are shared. */
export function applyMergePatch(original: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const out: Record<string, unknown> = isRecord(original) ? { ...original } : {}
  for (const key of Object.keys(patch)) {
    const change = patch[key]
    if (change === null) delete out[key]
    else setOwn(out, key, applyMergePatch(Object.hasOwn(out, key) ? out[key] : undefined, change))
  }
  return out
}
