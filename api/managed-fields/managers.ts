import type { ManagedFieldsEntry } from '../meta.ts'
import { isEmptySet, isFieldSet, union, type FieldSet } from './field-set.ts'

/** One manager's share of an object. */
export interface Managed {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string | undefined
  readonly fields: FieldSet
}

/** Managers by who they are. An applier is the same whatever version it applies; an updater has an entry for each. */
export type Managers = ReadonlyMap<string, Managed>

const fieldsType = 'FieldsV1'
/** Upstream's limit of entries of updates; the oldest are put together above it. */
const mostUpdaters = 10
const oldUpdates = 'ancient-changes'

export const identityOf = ({ manager, operation, apiVersion, subresource }: Omit<Managed, 'fields' | 'time'>): string =>
  JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource])

/** The managers of an object; undefined where what stands there is no list of managers. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] = []): Managers | undefined {
  const out = new Map<string, Managed>()
  for (const { manager = '', operation, apiVersion, subresource = '', time, fieldsType: type, fieldsV1 = {} } of entries) {
    if ((operation !== 'Apply' && operation !== 'Update') || !apiVersion || type !== fieldsType || !isFieldSet(fieldsV1)) return undefined
    const managed: Managed = { manager, operation, apiVersion, subresource, time: time ?? undefined, fields: fieldsV1 }
    out.set(identityOf(managed), managed)
  }
  return out
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byTime = (a: Managed, b: Managed): number => compareTexts(a.time ?? '', b.time ?? '')

/** The entries in upstream's order: appliers first, then by time and name. Undefined where nobody manages anything. */
export function encodeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  const all = [...managers.values()].filter(({ fields }) => !isEmptySet(fields))
  if (all.length === 0) return undefined
  const sorted = all.sort(
    (a, b) =>
      compareTexts(a.operation, b.operation) ||
      byTime(a, b) ||
      compareTexts(a.manager, b.manager) ||
      compareTexts(a.apiVersion, b.apiVersion) ||
      compareTexts(a.subresource, b.subresource),
  )
  return sorted.map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    ...(manager ? { manager } : {}),
    operation,
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType,
    fieldsV1: fields as Record<string, unknown>,
    ...(subresource ? { subresource } : {}),
  }))
}

/** Puts the oldest entries of updates together, by version, until there are no more than upstream keeps. */
export function capUpdaters(managers: Managers): Managers {
  if (managers.size <= mostUpdaters) return managers
  const updaters = [...managers.entries()].filter(([, { operation }]) => operation === 'Update')
  let tooMany = updaters.length - mostUpdaters
  if (tooMany <= 0) return managers
  const out = new Map(managers)
  const firstOfVersion = new Map<string, string>()
  for (const [identity, managed] of updaters.sort(([a, x], [b, y]) => byTime(x, y) || compareTexts(a, b))) {
    if (tooMany <= 0) break
    const first = firstOfVersion.get(managed.apiVersion)
    if (first === undefined) {
      firstOfVersion.set(managed.apiVersion, identity)
      continue
    }
    const bucket: Managed = { ...managed, manager: oldUpdates, subresource: '' }
    const into = out.get(identityOf(bucket)) ?? out.get(first)
    out.delete(first)
    out.delete(identity)
    out.set(identityOf(bucket), { ...bucket, fields: union(managed.fields, into?.fields ?? {}) })
    tooMany--
  }
  return out
}
