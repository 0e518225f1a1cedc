import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Secret } from '../../../api/core/secret.ts'
import type { Ingress } from '../../../api/networking/ingress.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { Certificate, ListenerCertificate } from '../proxy/proxy-model.ts'
import type { IngressView } from './ingress-listeners.ts'

export interface IngressCertificates {
  readonly certificates: ListenerCertificate[]
  /** Whether the ingress asks for TLS for a host. */
  covers(ingress: Ingress, host: string): boolean
}

/** Certificate and key of a secret, together in one PEM; throws in words for its owner when they are no pair. */
export function certificateOf(secret: Secret): Certificate {
  const text = (key: string) => Buffer.from(secret.data?.[key] ?? '', 'base64').toString()
  const [cert, key] = [text('tls.crt'), text('tls.key')]
  if (!cert || !key) throw new Error('has no tls.crt or no tls.key')
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('has a key that is not the one of its certificate')
  return { pem: `${cert.trimEnd()}\n${key.trimEnd()}\n` }
}

/**
 * Which certificate is for which host: of two ingresses that bring one for the same host the older counts. Hosts whose certificate
 * is missing are served with the one that everybody else gets, as ingress-nginx does.
 */
export function ingressCertificates(
  ingresses: readonly Ingress[],
  view: IngressView,
  report: (ingress: Ingress, message: string) => void,
): IngressCertificates {
  const byPem = new Map<string, string[]>()
  const taken = new Set<string>()
  const read = (ingress: Ingress, name: string): Certificate | undefined => {
    const { namespace = '' } = ingress.metadata
    const secret = view.secret(namespace, name)
    if (!secret) report(ingress, `secret "${namespace}/${name}" of type kubernetes.io/tls not found`)
    if (!secret) return undefined
    try {
      return certificateOf(secret)
    } catch (error) {
      report(ingress, `secret "${namespace}/${name}" ${messageOf(error)}`)
      return undefined
    }
  }
  for (const ingress of ingresses)
    for (const { hosts = [], secretName } of ingress.spec.tls ?? []) {
      if (!secretName) continue
      const certificate = read(ingress, secretName)
      if (!certificate) continue
      // Without hosts it is for those that the certificate itself names.
      const wanted = (hosts.length > 0 ? hosts : namesOf(certificate)).filter(host => !taken.has(host))
      for (const host of wanted) taken.add(host)
      if (wanted.length > 0) byPem.set(certificate.pem, [...(byPem.get(certificate.pem) ?? []), ...wanted])
    }
  return {
    certificates: [
      { certificate: view.fallbackCertificate, hosts: [] },
      ...[...byPem].map(([pem, hosts]) => ({ certificate: { pem }, hosts: hosts.sort() })),
    ],
    covers: ({ spec: { tls = [] } }, host) => tls.some(({ hosts = [] }) => hosts.length === 0 || hosts.some(each => isFor(each, host))),
  }
}

const namesOf = ({ pem }: Certificate): string[] =>
  (new X509Certificate(pem).subjectAltName ?? '').split(', ').flatMap(name => (name.startsWith('DNS:') ? [name.slice(4)] : []))

const isFor = (pattern: string, host: string) =>
  pattern === host || (pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1))
