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

/** The beginning of such a node, to put into it what is below: a copy of what may be large is spared. `asMember` ends it. */
export const memberBegun = (): Record<string, FieldSet> => ({ [mark]: leaf })

/** The node that `memberBegun` began. */
export function asMember(node: FieldSet): FieldSet {
  for (const element in node) if (element !== mark) return node
  return leaf
}

/** Puts what two sets come to into `out`, which may have its mark already. What comes from one of them alone is shared, never walked through. */
type Fill = (out: Building, a: FieldSet, b: FieldSet) => void

const unite: Fill = (out, a, b) => {
  for (const element in a) {
    if (element === mark) continue
    const [inA, inB] = [a[element] as FieldSet, b[element]]
    if (inB === undefined) out[element] = inA
    else put(out, element, nodeOf(unite, { a: inA, b: inB, member: isMember(inA) || isMember(inB) }))
  }
  for (const element in b) if (element !== mark && a[element] === undefined) out[element] = b[element] as FieldSet
}

const intersect: Fill = (out, a, b) => {
  for (const element in a) {
    const [inA, inB] = [a[element] as FieldSet, b[element]]
    if (element === mark || inB === undefined) continue
    put(out, element, nodeOf(intersect, { a: inA, b: inB, member: isMember(inA) && isMember(inB) }))
  }
}

const subtract: Fill = (out, a, b) => {
  for (const element in a) {
    if (element === mark) continue
    const [inA, inB] = [a[element] as FieldSet, b[element]]
    if (inB === undefined) out[element] = inA
    else put(out, element, nodeOf(subtract, { a: inA, b: inB, member: isMember(inA) && !isMember(inB) }))
  }
}

/** What becomes of an element that is in both sets; undefined when it is in neither itself nor by anything below it. */
function nodeOf(fill: Fill, { a, b, member }: { a: FieldSet; b: FieldSet; member: boolean }): FieldSet | undefined {
  const out: Building = member ? memberBegun() : {}
  fill(out, a, b)
  return member ? asMember(out) : isEmptySet(out) ? undefined : out
}

function put(out: Building, element: string, node: FieldSet | undefined): void {
  if (node) out[element] = node
}

function combined(fill: Fill, a: FieldSet, b: FieldSet): FieldSet {
  const out: Building = {}
  fill(out, a, b)
  return out
}

// One of two sets is empty more often than not.
export const union = (a: FieldSet, b: FieldSet): FieldSet => (isEmptySet(a) ? b : isEmptySet(b) ? a : combined(unite, a, b))
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => (isEmptySet(a) || isEmptySet(b) ? emptySet : combined(intersect, a, b))
export const difference = (a: FieldSet, b: FieldSet): FieldSet => (isEmptySet(a) || isEmptySet(b) ? a : combined(subtract, a, b))

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
  for (const element in value) {
    if (element !== mark && !(element[1] === ':' && 'fkvi'.includes(element.charAt(0)))) return false
    if (!isFieldSet((value as Readonly<Record<string, unknown>>)[element])) return false
  }
  return true
}
