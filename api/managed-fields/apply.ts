import type { Schema } from '../schema/schema.ts'
import { compareFields, type Comparison } from './compare.ts'
import { difference, differenceWithBelow, emptySet, hasPath, intersection, isEmptySet, paths, union, type FieldSet } from './field-set.ts'
import { fieldsOf, withStructures } from './fields-of.ts'
import { identityOf, type Managed, type Managers } from './managers.ts'
import { mergeApplied } from './merge.ts'
import { withoutFields } from './remove.ts'

/** An object as another version of its API shows it; undefined for a version that is not served any more. */
export interface VersionedView {
  readonly schema: Schema
  of(object: unknown): unknown
}
export type Versions = (apiVersion: string) => VersionedView | undefined

/** Who acts on an object, through which version and subresource. */
export interface Actor {
  readonly manager: string
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string
}

/** A field that somebody else manages and to which the applied configuration gives another value. */
export interface ApplyConflict {
  readonly manager: Managed
  readonly path: readonly string[]
}
export class ApplyConflicts extends Error {
  readonly conflicts: readonly ApplyConflict[]

  constructor(conflicts: readonly ApplyConflict[]) {
    super('the applied configuration conflicts with other managers')
    this.conflicts = conflicts
  }
}

/** Fields of every object that nobody manages. */
const unmanaged: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    ...Object.fromEntries(
      ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
        name => [`f:${name}`, {}],
      ),
    ),
  },
}

interface Change {
  readonly before: unknown
  readonly after: unknown
  readonly versions: Versions
  /** Who makes the change: it is not in its own way. */
  readonly self: string | undefined
  readonly force: boolean
  /** Comparisons of the two that have been made already, by apiVersion. */
  readonly known?: Readonly<Record<string, Comparison>>
}

/** Takes from all other managers what the change takes from them. Throws ApplyConflicts where that is not allowed. */
function takeFromOthers(managers: Managers, { before, after, versions, self, force, known = {} }: Change): Map<string, Managed> {
  const comparisons = new Map<string, Comparison | undefined>(Object.entries(known))
  const comparisonAt = (apiVersion: string) => {
    if (!comparisons.has(apiVersion)) {
      const view = versions(apiVersion)
      comparisons.set(apiVersion, view && compareFields(view.schema, view.of(before), view.of(after)))
    }
    return comparisons.get(apiVersion)
  }
  const out = new Map<string, Managed>()
  const conflicts: ApplyConflict[] = []
  for (const [identity, managed] of managers) {
    const comparison = comparisonAt(managed.apiVersion)
    // Fields of a version that is no longer served mean nothing to anybody.
    if (identity !== self && !comparison) continue
    if (identity === self || !comparison) {
      out.set(identity, managed)
      continue
    }
    const lost = intersection(managed.fields, union(comparison.modified, comparison.added))
    for (const path of paths(lost)) conflicts.push({ manager: managed, path })
    const fields = difference(difference(managed.fields, lost), comparison.removed)
    if (!isEmptySet(fields)) out.set(identity, { ...managed, fields })
  }
  if (!force && conflicts.length > 0) throw new ApplyConflicts(conflicts)
  return out
}

export interface Update {
  readonly schema: Schema
  readonly versions: Versions
  readonly before: unknown
  readonly after: unknown
  readonly managers: Managers
  readonly actor: Actor
}

/** The managers after somebody replaced or patched an object: what changed is theirs. `schema` is that of the actor's version. */
export function managersAfterUpdate({ schema, versions, before, after, managers, actor }: Update): Managers {
  const own: Managed = { ...actor, operation: 'Update', fields: emptySet }
  const identity = identityOf(own)
  const comparison = compareFields(schema, before, after)
  const taken = difference(union(comparison.added, comparison.modified), unmanaged)
  const known = { [actor.apiVersion]: comparison }
  const others = takeFromOthers(managers, { before, after, versions, self: undefined, force: true, known })
  if (isEmptySet(taken)) return others
  others.set(identity, { ...own, fields: union(taken, others.get(identity)?.fields ?? emptySet) })
  return others
}

export interface Application {
  readonly schema: Schema
  readonly versions: Versions
  /** Without managedFields. */
  readonly live: unknown
  readonly applied: unknown
  /** Fields that this path may not set: they are left out of what the manager owns. */
  readonly ignored: FieldSet
  readonly managers: Managers
  readonly actor: Actor
  readonly force: boolean
}

/** The object that a configuration makes of the live one, and its managers. Throws ApplyConflicts. */
export function applyConfiguration(application: Application): { object: unknown; managers: Managers } {
  const { schema, versions, live, applied, ignored, managers, actor, force } = application
  const own: Managed = {
    ...actor,
    operation: 'Apply',
    fields: difference(differenceWithBelow(fieldsOf(schema, applied), ignored), unmanaged),
  }
  const identity = identityOf(own)
  const all = new Map(managers).set(identity, own)
  const merged = mergeApplied(schema, live, applied)
  const object = prune({ schema, merged, last: managers.get(identity), managers: all })
  const after = takeFromOthers(all, { before: live, after: object, versions, self: identity, force })
  if (isEmptySet(own.fields)) after.delete(identity)
  return { object, managers: after }
}

interface Pruning {
  readonly schema: Schema
  readonly merged: unknown
  /** What the manager applied before. */
  readonly last: Managed | undefined
  readonly managers: Managers
}

/**
 * Removes what the manager applied before, does not apply now, and no other applier claims. What only updaters own, or nobody,
 * stays when it is not part of what the manager had applied.
 */
function prune({ schema, merged, last, managers }: Pruning): unknown {
  if (!last || isEmptySet(last.fields)) return merged
  const lastFields = withStructures(schema, last.fields)
  const mergedFields = withStructures(schema, fieldsOf(schema, merged))
  const left = (object: unknown) => withStructures(schema, fieldsOf(schema, object))
  let pruned = withoutFields(schema, merged, lastFields)
  const claimed = [...managers.values()]
    .filter(({ operation }) => operation === 'Apply')
    .reduce((set, { fields }) => union(set, withStructures(schema, fields)), emptySet)
  pruned = withoutFields(schema, merged, difference(mergedFields, union(left(pruned), claimed)))
  return withoutFields(schema, merged, intersection(difference(mergedFields, left(pruned)), lastFields))
}

/** Whether the object still holds, unchanged, what client-side apply had recorded at these paths (upstream's lastAppliedManager). */
export function coversConflicts(schema: Schema, lastApplied: unknown, live: unknown): (path: readonly string[]) => boolean {
  const { added, modified, removed } = compareFields(schema, lastApplied, live)
  const kept = [modified, added, removed].reduce(difference, fieldsOf(schema, lastApplied))
  return path => hasPath(kept, path)
}
