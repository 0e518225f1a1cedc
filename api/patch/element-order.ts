import { isEqual } from '../../common/equal.ts'
import { isRecord } from '../schema/records.ts'
import { patchFailed } from './patch-errors.ts'
import { goValue } from './go-value.ts'

/** What tells the elements of a list apart: the value of the merge key, or the element itself. */
export type Identity = (element: unknown) => unknown

/** Throws for an element without the merge key. */
export const identityBy =
  (mergeKey: string | undefined): Identity =>
  element => {
    if (mergeKey === undefined) return element
    if (!isRecord(element)) throw patchFailed('value for key 0 is not a map.')
    const value = element[mergeKey]
    if (value === undefined) throw patchFailed(`map: ${goValue(element)} does not contain declared merge key: ${mergeKey}`)
    return value
  }

export const positionIn = (list: readonly unknown[], element: unknown, identity: Identity): number => {
  const wanted = identity(element)
  return list.findIndex(other => isEqual(identity(other), wanted))
}

interface Orders {
  /** The order that the patch asks for: its own list, or $setElementOrder. */
  readonly patch: readonly unknown[]
  /** The order before the patch. */
  readonly live: readonly unknown[]
  readonly identity: Identity
}

/**
 * Puts the elements of a merged list in upstream's order: those the patch mentions in its order; the others keep theirs,
 * and stand before a mentioned one only where they did before.
 */
export function arrange(merged: readonly unknown[], { patch, live, identity }: Orders): unknown[] {
  const rank = (list: readonly unknown[]) => (a: unknown, b: unknown) => positionIn(list, a, identity) - positionIn(list, b, identity)
  const mentioned = merged.filter(element => positionIn(patch, element, identity) >= 0).sort(rank(patch))
  const others = merged.filter(element => positionIn(patch, element, identity) < 0).sort(rank(live))
  const out: unknown[] = []
  while (mentioned.length > 0 || others.length > 0) {
    const takeOther = mentioned.length === 0 || (others.length > 0 && stoodBefore(others[0], mentioned[0], { patch, live, identity }))
    out.push(takeOther ? others.shift() : mentioned.shift())
  }
  return out
}

function stoodBefore(a: unknown, b: unknown, { live, identity }: Orders): boolean {
  const first = positionIn(live, a, identity)
  const second = positionIn(live, b, identity)
  return first >= 0 && second >= 0 && first < second
}
