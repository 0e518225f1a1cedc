import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { gatewayGroup, type AnyRoute, type ParentRef } from './gateway-types.ts'
import { namespaceOf, type GatewayView } from './gateway-view.ts'
import { servedNames } from './hostnames.ts'
import type { PlannedListener } from './plan-listeners.ts'

/** A route's place at a listener: the names under which it is served there. */
export interface Attachment {
  readonly listener: PlannedListener
  readonly names: readonly (string | undefined)[]
}
export interface Attached {
  readonly attachments: readonly Attachment[]
  /** Why there are none, in the specification's words. */
  readonly refusal?: { readonly reason: string; readonly message: string }
}

/** Whether the reference means one of these listeners' Gateway. */
export const isParent = (
  route: AnyRoute,
  ref: ParentRef,
  gateway: { metadata: { name: string; namespace?: string | undefined } },
): boolean =>
  (ref.group ?? gatewayGroup) === gatewayGroup &&
  (ref.kind ?? 'Gateway') === 'Gateway' &&
  ref.name === gateway.metadata.name &&
  (ref.namespace ?? namespaceOf(route)) === gateway.metadata.namespace

/** Which of a Gateway's listeners a route comes to by one of its references; each check leaves fewer, and the last names the reason. */
export function attach(
  { route, kind, ref }: { route: AnyRoute; kind: string; ref: ParentRef },
  listeners: readonly PlannedListener[],
  view: GatewayView,
): Attached {
  const named = listeners.filter(
    ({ listener }) => (!ref.sectionName || listener.name === ref.sectionName) && (!ref.port || listener.port === ref.port),
  )
  if (named.length === 0) return refused('NoMatchingParent', 'the Gateway has no such listener')
  const allowed = named.filter(planned => planned.supportedKinds.includes(kind) && isAllowedFrom(planned, route, view))
  if (allowed.length === 0) return refused('NotAllowedByListeners', 'no listener allows routes of this kind from this namespace')
  const isTcp = kind === 'TCPRoute'
  const attachments = allowed
    .map(listener => ({ listener, names: isTcp ? [undefined] : servedNames(listener.listener.hostname, route.spec.hostnames) }))
    .filter(({ names }) => names.length > 0)
  return attachments.length > 0 ? { attachments } : refused('NoMatchingListenerHostname', 'no listener has a host in common with the route')
}

const refused = (reason: string, message: string): Attached => ({ attachments: [], refusal: { reason, message } })

function isAllowedFrom({ gateway, listener }: PlannedListener, route: AnyRoute, { namespaces }: GatewayView): boolean {
  const { from = 'Same', selector } = listener.allowedRoutes?.namespaces ?? {}
  if (from === 'All') return true
  if (from === 'Same') return namespaceOf(route) === namespaceOf(gateway)
  return from === 'Selector' && matches(selectorFromObject(selector), namespaces.get(namespaceOf(route)))
}
