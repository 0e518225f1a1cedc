import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { fieldSchema, itemsByElement, shapeOf } from './path-element.ts'

/** What an object becomes when a configuration is applied to it: what the configuration says wins, the rest stays. */
export function mergeApplied(schema: Schema | undefined, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live
  const shape = shapeOf(schema, applied)
  if (shape === 'items' && schema && Array.isArray(applied) && Array.isArray(live)) return mergeItems(schema, live, applied)
  if (shape !== 'fields' || !isRecord(applied) || !isRecord(live)) return applied
  const out: Record<string, unknown> = { ...live }
  for (const [name, value] of Object.entries(applied)) {
    const current = Object.hasOwn(live, name) ? live[name] : undefined
    Object.defineProperty(out, name, {
      value: mergeApplied(fieldSchema(schema, name), current, value),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return out
}

/** Applied items in the applied order; items that only the live list has stay between those that they stood between. */
function mergeItems(schema: Schema, live: readonly unknown[], applied: readonly unknown[]): unknown[] {
  const [old, now] = [itemsByElement(schema, live), itemsByElement(schema, applied)]
  const [liveOrder, appliedOrder] = [[...old.keys()], [...now.keys()]]
  /** What both have and is still to come. */
  const shared = appliedOrder.filter(element => old.has(element))
  const out: unknown[] = []
  const take = (element: string) => {
    out.push(mergeApplied(schema.items, old.get(element), now.get(element)))
    if (shared[0] === element) shared.shift()
  }
  while (liveOrder.length > 0 || appliedOrder.length > 0) {
    const [mine, theirs] = [liveOrder[0], appliedOrder[0]]
    if (mine === undefined) take(appliedOrder.shift() ?? '')
    else if (mine === theirs) {
      take(mine)
      liveOrder.shift()
      appliedOrder.shift()
    } else if (!now.has(mine)) take(liveOrder.shift() ?? '')
    // A shared item comes where the configuration has it.
    else if (theirs === undefined || shared[0] !== mine) liveOrder.shift()
    else take(appliedOrder.shift() ?? '')
  }
  return out
}
