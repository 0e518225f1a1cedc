import { X509Certificate } from 'node:crypto'
import { Secret } from '../../../api/core/secret.ts'
import { createAuthority, issueCertificate } from '../../../common/certificates.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'
import { createUnlessThere } from '../create-unless-there.ts'
import { haproxyFiles } from './haproxy-config.ts'
import type { Certificate, Listener } from './proxy-model.ts'

/** Where the add-on runs: its pods mount the Secret of this name, and the Service of the other is how they are reached. */
export const proxyNamespace = 'ingress'
export const proxyConfigName = 'proxy-config'
export const proxyServiceName = 'ingress-proxy'

/** Certificates are looked for among the secrets that are meant for them. */
export const tlsSecrets = 'type=kubernetes.io/tls'

const fallbackKey = 'fallback.pem'
const renewBeforeMs = 30 * 86_400_000

/** The Secret with the proxy's configuration, as its informer shows it. */
export const proxyConfigSelector = `metadata.name=${proxyConfigName}`
const currentConfig = ({ informers }: ControllerContext) =>
  informers.for(Secret, proxyConfigSelector).cache.get(`${proxyNamespace}/${proxyConfigName}`)

/** The certificate for hosts that nobody brought one for: the one in use, as long as it is good; names and issuer are ingress-nginx'. */
export async function fallbackCertificate(context: ControllerContext): Promise<Certificate> {
  const pem = Buffer.from(currentConfig(context)?.data?.[fallbackKey] ?? '', 'base64').toString()
  if (pem && Date.parse(new X509Certificate(pem).validTo) > context.clock.now().getTime() + renewBeforeMs) return { pem }
  const authority = await createAuthority('Kubernetes Ingress Controller Fake Authority')
  const { cert, key } = await issueCertificate(authority, {
    commonName: 'Kubernetes Ingress Controller Fake Certificate',
    organizations: ['Acme Co'],
    names: ['ingress.local'],
    usages: ['server'],
  })
  return { pem: `${cert.trimEnd()}\n${key.trimEnd()}\n` }
}

/** Brings the Secret to what the listeners come to. Without the add-on's namespace there is nobody to configure. */
export async function writeProxyConfig(context: ControllerContext, listeners: readonly Listener[], fallback: Certificate): Promise<void> {
  const files = { ...haproxyFiles({ listeners }), [fallbackKey]: fallback.pem }
  const data = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]))
  const current = currentConfig(context)
  if (current && isEqual(current.data, data)) return
  if (current) await context.client.update(Secret, { ...current, data })
  else
    await createUnlessThere(
      context.client.create(Secret, { metadata: { name: proxyConfigName, namespace: proxyNamespace }, type: 'Opaque', data }),
    )
}
