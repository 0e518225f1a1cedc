import { messageOf } from '../../../common/error-message.ts'
import { certificateOf } from '../ingress/ingress-tls.ts'
import type { Certificate } from '../proxy/proxy-model.ts'
import { gatewayGroup, type Condition, type Gateway, type GatewayListener } from './gateway-types.ts'
import { condition, mayRefer, namespaceOf, type GatewayView } from './gateway-view.ts'

/** A listener of a Gateway, and what there is to say about it. */
export interface PlannedListener {
  readonly gateway: Gateway
  readonly listener: GatewayListener
  readonly supportedKinds: readonly string[]
  /** Whether it serves. */
  readonly isProgrammed: boolean
  readonly proxyPort: number
  readonly certificates: readonly Certificate[]
  readonly conditions: readonly Condition[]
}

const kindsOfProtocol: Readonly<Record<string, readonly string[]>> = { HTTP: ['HTTPRoute'], HTTPS: ['HTTPRoute'], TCP: ['TCPRoute'] }

/** The listeners of a Gateway: which of them serve, on which port of the proxy, with which certificates, and why others do not. */
export function planListeners(gateway: Gateway, view: GatewayView): PlannedListener[] {
  return gateway.spec.listeners.map(listener => {
    const protocolKinds = kindsOfProtocol[listener.protocol]
    const wanted = listener.allowedRoutes?.kinds ?? []
    const isServed = ({ group = gatewayGroup, kind }: { group?: string; kind: string }) =>
      group === gatewayGroup && (protocolKinds ?? []).includes(kind)
    const supportedKinds = wanted.length > 0 ? wanted.filter(isServed).map(({ kind }) => kind) : (protocolKinds ?? [])
    const tls = certificatesOf(gateway, listener, view)
    const conflict = conflictOf(gateway, listener)
    const proxyPort = view.portOf(gateway, listener.port)
    const say = (type: string, words: { status?: boolean; reason: string; message?: string }) => condition(gateway, type, words)
    const accepted = acceptance(listener, { hasPort: proxyPort !== undefined, isKnown: protocolKinds !== undefined })
    const resolved =
      tls.problem ??
      (wanted.every(isServed)
        ? { reason: 'ResolvedRefs' }
        : {
            status: false,
            reason: 'InvalidRouteKinds',
            message: 'allowedRoutes names kinds of routes that are not served by this protocol',
          })
    const isProgrammed = accepted.status !== false && !tls.problem && !conflict
    return {
      ...{ gateway, listener, supportedKinds, isProgrammed, proxyPort: proxyPort ?? 0, certificates: tls.certificates },
      conditions: [
        say('Accepted', accepted),
        say(
          'Programmed',
          isProgrammed ? { reason: 'Programmed' } : { status: false, reason: 'Invalid', message: 'the listener is not valid' },
        ),
        say('ResolvedRefs', resolved),
        say('Conflicted', conflict ?? { status: false, reason: 'NoConflicts' }),
      ],
    }
  })
}

function acceptance({ protocol }: GatewayListener, { hasPort, isKnown }: { hasPort: boolean; isKnown: boolean }) {
  if (!isKnown)
    return { status: false, reason: 'UnsupportedProtocol', message: `protocol ${protocol} is not supported: HTTP, HTTPS and TCP are` }
  return hasPort ? { reason: 'Accepted' } : { status: false, reason: 'PortUnavailable', message: 'the proxy has no port left' }
}

/** Two listeners on one port have to differ in their hosts and agree in their protocol; both are told when they do not. */
function conflictOf(gateway: Gateway, { name, port, protocol, hostname = '' }: GatewayListener) {
  const others = gateway.spec.listeners.filter(other => other.port === port && other.name !== name)
  if (others.some(other => other.protocol !== protocol))
    return { reason: 'ProtocolConflict', message: `other listeners have another protocol on port ${port}` }
  return others.some(other => (other.hostname ?? '') === hostname)
    ? { reason: 'HostnameConflict', message: `another listener has the same host on port ${port}` }
    : undefined
}

type Tls = { certificates: Certificate[]; problem?: { status: false; reason: string; message: string } }

function certificatesOf(gateway: Gateway, { protocol, tls }: GatewayListener, view: GatewayView): Tls {
  const failed = (reason: string, message: string): Tls => ({ certificates: [], problem: { status: false, reason, message } })
  if (protocol !== 'HTTPS') return { certificates: [] }
  if (tls?.mode === 'Passthrough') return failed('InvalidCertificateRef', 'TLS can only be terminated here')
  const refs = tls?.certificateRefs ?? []
  if (refs.length === 0) return failed('InvalidCertificateRef', 'HTTPS needs a certificate')
  const certificates: Certificate[] = []
  for (const { group = '', kind = 'Secret', name, namespace = namespaceOf(gateway) } of refs) {
    if (group !== '' || kind !== 'Secret') return failed('InvalidCertificateRef', `certificates are Secrets, not ${kind}`)
    const from = { group: gatewayGroup, kind: 'Gateway', namespace: namespaceOf(gateway) }
    if (!mayRefer(from, { group, kind, name, namespace }, view.grants))
      return failed('RefNotPermitted', `no ReferenceGrant lets the Gateway refer to the Secret ${namespace}/${name}`)
    const secret = view.secret(namespace, name)
    if (!secret) return failed('InvalidCertificateRef', `Secret ${namespace}/${name} of type kubernetes.io/tls not found`)
    try {
      certificates.push(certificateOf(secret))
    } catch (error) {
      return failed('InvalidCertificateRef', `Secret ${namespace}/${name} ${messageOf(error)}`)
    }
  }
  return { certificates }
}
