import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { LabelSelector } from '../../../api/meta.ts'

/** The kinds of the Gateway API, as far as they are served: their definitions are in addons/gateway-api.yaml. */
export const gatewayGroup = 'gateway.networking.k8s.io'

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
  readonly lastTransitionTime?: string
}

export interface GatewayClass extends KubernetesObject {
  readonly spec: { readonly controllerName: string }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export interface ObjectRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}
export interface GatewayListener {
  readonly name: string
  readonly hostname?: string
  readonly port: number
  readonly protocol: string
  readonly tls?: { readonly mode?: string; readonly certificateRefs?: readonly ObjectRef[] }
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: 'All' | 'Same' | 'Selector' | 'None'; readonly selector?: LabelSelector }
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[]
  }
}
export interface ListenerStatus {
  readonly name: string
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[]
  readonly attachedRoutes: number
  readonly conditions: readonly Condition[]
}
export interface Gateway extends KubernetesObject {
  readonly spec: { readonly gatewayClassName: string; readonly listeners: readonly GatewayListener[] }
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly value: string }[]
    readonly conditions?: readonly Condition[]
    readonly listeners?: readonly ListenerStatus[]
  }
}

export interface ParentRef extends ObjectRef {
  readonly sectionName?: string
  readonly port?: number
}
export interface BackendRef extends ObjectRef {
  readonly port?: number
  readonly weight?: number
  readonly filters?: readonly RouteFilter[]
}
export interface RouteParentStatus {
  readonly parentRef: ParentRef
  readonly controllerName: string
  readonly conditions: readonly Condition[]
}
/** What routes of all kinds have. */
export interface AnyRoute extends KubernetesObject {
  readonly spec: { readonly parentRefs?: readonly ParentRef[]; readonly hostnames?: readonly string[] }
  readonly status?: { readonly parents?: readonly RouteParentStatus[] }
}

export interface ValueMatch {
  readonly type?: 'Exact' | 'RegularExpression'
  readonly name: string
  readonly value: string
}
export interface HttpRouteMatch {
  readonly path?: { readonly type?: 'Exact' | 'PathPrefix' | 'RegularExpression'; readonly value?: string }
  readonly headers?: readonly ValueMatch[]
  readonly queryParams?: readonly ValueMatch[]
  readonly method?: string
}
interface Header {
  readonly name: string
  readonly value: string
}
export interface HeaderModifier {
  readonly set?: readonly Header[]
  readonly add?: readonly Header[]
  readonly remove?: readonly string[]
}
export interface PathModifier {
  readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch'
  readonly replaceFullPath?: string
  readonly replacePrefixMatch?: string
}
export interface RouteFilter {
  readonly type: string
  readonly requestHeaderModifier?: HeaderModifier
  readonly responseHeaderModifier?: HeaderModifier
  readonly requestRedirect?: {
    readonly scheme?: string
    readonly hostname?: string
    readonly port?: number
    readonly path?: PathModifier
    readonly statusCode?: number
  }
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: PathModifier }
}
export interface HttpRouteRule {
  readonly matches?: readonly HttpRouteMatch[]
  readonly filters?: readonly RouteFilter[]
  readonly backendRefs?: readonly BackendRef[]
}
export interface HttpRoute extends AnyRoute {
  readonly spec: AnyRoute['spec'] & { readonly rules?: readonly HttpRouteRule[] }
}
export interface TcpRoute extends AnyRoute {
  readonly spec: AnyRoute['spec'] & { readonly rules: readonly { readonly backendRefs?: readonly BackendRef[] }[] }
}
export interface ReferenceGrant extends KubernetesObject {
  readonly spec: {
    readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[]
    readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[]
  }
}

/** Enough of a custom kind to reach its objects. */
const custom = <O extends KubernetesObject>(
  kind: string,
  plural: string,
  more: { version?: string; namespaced?: boolean } = {},
): Kind<O> => ({
  group: gatewayGroup,
  version: more.version ?? 'v1',
  kind,
  plural,
  singular: kind.toLowerCase(),
  namespaced: more.namespaced ?? true,
  schema: {},
  columns: [],
})
export const GatewayClass = custom<GatewayClass>('GatewayClass', 'gatewayclasses', { namespaced: false })
export const Gateway = custom<Gateway>('Gateway', 'gateways')
export const HttpRoute = custom<HttpRoute>('HTTPRoute', 'httproutes')
export const TcpRoute = custom<TcpRoute>('TCPRoute', 'tcproutes', { version: 'v1alpha2' })
export const ReferenceGrant = custom<ReferenceGrant>('ReferenceGrant', 'referencegrants', { version: 'v1beta1' })
export const gatewayKinds = [GatewayClass, Gateway, HttpRoute, TcpRoute, ReferenceGrant] as const
