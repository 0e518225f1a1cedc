/**
 * A set of fields of an object, in the form in which `managedFields` carry it (FieldsV1): a tree by path element. `f:name` is a
 * field, `k:{…}` an item of a list by its keys, `v:…` an item of a set by its value. An element that is in the set itself, not
 * only fields below it, holds the mark `.`, or nothing at all. Sets are never changed, and may share parts.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

type Building = Record<string, FieldSet>

const mark = '.'
/** What stands for an element without anything below it. */
export const leaf: FieldSet = {}
export const emptySet: FieldSet = {}

const isMember = (node: FieldSet | undefined): boolean => node !== undefined && (mark in node || isEmptySet(node))

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** The node of an element that is in the set together with what is below it. */
export const withMember = (below: FieldSet): FieldSet => (isEmptySet(below) ? leaf : { [mark]: leaf, ...below })

/** Both sets at once; `keep` says whether an element stays that is in the one, in the other, or in both. */
function combine(a: FieldSet, b: FieldSet, keep: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const out: Building = {}
  const elements = keep(false, true) ? new Set([...Object.keys(a), ...Object.keys(b)]) : Object.keys(a)
  for (const element of elements) {
    if (element === mark) continue
    const [inA, inB] = [a[element], b[element]]
    const below = combine(inA ?? emptySet, inB ?? emptySet, keep)
    if (keep(isMember(inA), isMember(inB))) out[element] = withMember(below)
    else if (!isEmptySet(below)) out[element] = below
  }
  return out
}

// One of two sets is empty more often than not: nobody walks through the other one then.
export const union = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) ? b : isEmptySet(b) ? a : combine(a, b, (inA, inB) => inA || inB)
export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) || isEmptySet(b) ? emptySet : combine(a, b, (inA, inB) => inA && inB)
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) || isEmptySet(b) ? a : combine(a, b, (inA, inB) => inA && !inB)

/** `a` without the elements of `b` and without everything below them. */
export function differenceWithBelow(a: FieldSet, b: FieldSet): FieldSet {
  const out: Building = {}
  for (const [element, node] of Object.entries(a)) {
    const other = b[element]
    if (element === mark || other === undefined) out[element] = node
    else if (!isMember(other)) {
      const below = differenceWithBelow(node, other)
      if (!isEmptySet(below) || isMember(node)) out[element] = below
    }
  }
  return out
}

/** Is this element, directly below the set's root, in the set? */
export const hasElement = (set: FieldSet, element: string): boolean => isMember(set[element])

/** What of the set lies below an element. */
export function below(set: FieldSet, element: string): FieldSet {
  const node = set[element]
  if (!node || !(mark in node)) return node ?? emptySet
  const { [mark]: _, ...rest } = node
  return rest
}

/** Every path of the set; those that end here before those that go on, as upstream lists them. */
export function* paths(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  const elements = Object.keys(set)
    .filter(element => element !== mark)
    .sort()
  for (const element of elements) if (hasElement(set, element)) yield [...prefix, element]
  for (const element of elements) yield* paths(below(set, element), [...prefix, element])
}

export function hasPath(set: FieldSet, [element, ...rest]: readonly string[]): boolean {
  if (element === undefined) return false
  return rest.length === 0 ? hasElement(set, element) : hasPath(below(set, element), rest)
}

/** Whether a value from outside is a set; what is not has keys without one of the known prefixes. */
export function isFieldSet(value: unknown): value is FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(([element, node]) => (element === mark || /^[fkvi]:/.test(element)) && isFieldSet(node))
}
