import { isNotFound } from '../../../api/errors.ts'
import type { Kind } from '../../../api/kind.ts'
import { timestamp } from '../../../api/time.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'
import {
  Gateway,
  GatewayClass,
  HttpRoute,
  TcpRoute,
  type AnyRoute,
  type Condition,
  type ParentRef,
  type RouteParentStatus,
} from './gateway-types.ts'
import { gatewayControllerName } from './gateway-view.ts'
import type { GatewayPlan, RoutePlan } from './plan-gateways.ts'

/** The conditions with their times: that of one whose status stays, stays. */
export const timed = (next: readonly Condition[], current: readonly Condition[] = [], now: Date): Condition[] =>
  next.map(each => {
    const before = current.find(({ type, status }) => type === each.type && status === each.status)
    return { ...each, lastTransitionTime: before?.lastTransitionTime ?? timestamp(now) }
  })

/** Our parts of a route's status, after those of other controllers. */
export function routeParents({ object, parents }: RoutePlan<AnyRoute>, now: Date): RouteParentStatus[] {
  const current = object.status?.parents ?? []
  const others = current.filter(({ controllerName }) => controllerName !== gatewayControllerName)
  const before = (ref: ParentRef) =>
    current.find(({ parentRef, controllerName }) => controllerName === gatewayControllerName && isEqual(parentRef, ref))
  return [...others, ...parents.map(each => ({ ...each, conditions: timed(each.conditions, before(each.parentRef)?.conditions, now) }))]
}

/** Writes the statuses that are not yet as the plan has them. */
export async function writeStatuses({ client, clock }: ControllerContext, plan: GatewayPlan): Promise<void> {
  const now = clock.now()
  const write = async <O extends { status?: unknown }>(kind: Kind, object: O, status: O['status']) => {
    if (isEqual(object.status, status)) return
    try {
      await client.updateStatus(kind, { ...object, status } as never)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  for (const { object, status } of plan.classes)
    await write(GatewayClass, object, { ...object.status, conditions: timed(status.conditions ?? [], object.status?.conditions, now) })
  for (const { object, status } of plan.gateways) {
    const before = (name: string) => object.status?.listeners?.find(listener => listener.name === name)?.conditions
    await write(Gateway, object, {
      ...status,
      conditions: timed(status.conditions ?? [], object.status?.conditions, now),
      listeners: (status.listeners ?? []).map(each => ({ ...each, conditions: timed(each.conditions, before(each.name), now) })),
    })
  }
  for (const each of plan.httpRoutes) await write(HttpRoute, each.object, { parents: routeParents(each, now) })
  for (const each of plan.tcpRoutes) await write(TcpRoute, each.object, { parents: routeParents(each, now) })
}
