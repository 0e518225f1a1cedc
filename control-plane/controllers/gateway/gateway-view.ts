import type { Secret } from '../../../api/core/secret.ts'
import type { ServiceView } from '../proxy/service-servers.ts'
import type { AnyRoute, Condition, Gateway, GatewayClass, HttpRoute, ObjectRef, ReferenceGrant, TcpRoute } from './gateway-types.ts'

/** What GatewayClasses of ours name as their controller. */
export const gatewayControllerName = 'kubeling.io/gateway-controller'

/** What Gateways are worked out from. */
export interface GatewayView extends ServiceView {
  readonly classes: readonly GatewayClass[]
  readonly gateways: readonly Gateway[]
  readonly httpRoutes: readonly HttpRoute[]
  readonly tcpRoutes: readonly TcpRoute[]
  readonly grants: readonly ReferenceGrant[]
  /** Labels by name. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>
  secret(namespace: string, name: string): Secret | undefined
  /** The port of the proxy that a port of a Gateway leads to; undefined when there is none left. */
  portOf(gateway: Gateway, port: number): number | undefined
  /** Where a Gateway is reached. */
  addressesOf(gateway: Gateway): readonly { readonly type: string; readonly value: string }[]
}

export const namespaceOf = ({ metadata }: AnyRoute | Gateway): string => metadata.namespace ?? ''

/** A condition of an object, as of the generation that was looked at. */
export const condition = (
  { metadata: { generation = 0 } }: { metadata: { generation?: number | undefined } },
  type: string,
  { status = true, reason, message = '' }: { status?: boolean; reason: string; message?: string },
): Condition => ({ type, status: status ? 'True' : 'False', reason, message, observedGeneration: generation })

/** Whether an object may refer to one of another namespace: one of its own always, others where that namespace grants it. */
export function mayRefer(
  from: { readonly group: string; readonly kind: string; readonly namespace: string },
  to: Required<Pick<ObjectRef, 'group' | 'kind' | 'name' | 'namespace'>>,
  grants: readonly ReferenceGrant[],
): boolean {
  if (from.namespace === to.namespace) return true
  const isFrom = (each: typeof from) => each.group === from.group && each.kind === from.kind && each.namespace === from.namespace
  const isTo = (each: { group: string; kind: string; name?: string }) =>
    each.group === to.group && each.kind === to.kind && (each.name === undefined || each.name === to.name)
  return grants.some(({ metadata, spec }) => metadata.namespace === to.namespace && spec.from.some(isFrom) && spec.to.some(isTo))
}

/** The oldest first; of one age by name. */
export const byAge = (a: AnyRoute | Gateway, b: AnyRoute | Gateway): number =>
  compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || compare(keyText(a), keyText(b))
const keyText = ({ metadata }: AnyRoute | Gateway) => `${metadata.namespace}/${metadata.name}`
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
