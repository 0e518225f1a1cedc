import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Subject } from '../common/certificate-request.ts'
import type { CertificatePair, Usage } from '../common/certificates.ts'
import { readIfPresent, writePrivately } from './private-files.ts'

/** Who the parts of a control plane are. Made on first start, kept in the data directory ever after. */
export interface Identity {
  readonly authority: CertificatePair
  /** The API server's serving certificate. */
  readonly serving: CertificatePair
  /** The API server as a client of the agents. */
  readonly kubeletClient: CertificatePair
  readonly admin: CertificatePair
  /** The API server as a client of other API servers, and the authority that they trust for nothing else. */
  readonly frontProxy: CertificatePair & { readonly ca: string }
  /** Signs service account tokens: an ECDSA key as PEM. */
  readonly serviceAccountKey: string
  /** `<id>.<secret>`: what nodes join with. */
  readonly bootstrapToken: string
}

interface Options {
  readonly directory: string
  /** Names and addresses that the serving certificate must hold. */
  readonly servingNames: readonly string[]
  readonly bootstrapToken?: string | undefined
  readonly now?: Date
}

const month = 30 * 24 * 60 * 60 * 1000

/** Reads the identity, making what is missing and renewing what nears its end or lacks a name. Files are the owner's alone (0600). */
export async function loadIdentity({ directory, servingNames, bootstrapToken, now = new Date() }: Options): Promise<Identity> {
  const inDirectory = (name: string) => join(directory, name)
  const authority = await loadAuthority(inDirectory('ca'), 'kubernetes')
  const pair = (name: string, subject: Subject & { usages: Usage[] }) => loadPair({ path: inDirectory(name), authority, subject, now })
  const client = (name: string, commonName: string, organizations: string[] = []) =>
    pair(name, { commonName, organizations, usages: ['client'] })
  const frontProxyAuthority = await loadAuthority(inDirectory('front-proxy-ca'), 'front-proxy-ca')
  const [serving, kubeletClient, admin, frontProxy] = await Promise.all([
    pair('apiserver', { commonName: 'kube-apiserver', names: [...new Set(servingNames)], usages: ['server'] }),
    client('apiserver-kubelet-client', 'kube-apiserver-kubelet-client', ['system:masters']),
    client('admin', 'kubernetes-admin', ['system:masters']),
    loadPair({
      path: inDirectory('front-proxy-client'),
      authority: frontProxyAuthority,
      subject: { commonName: 'front-proxy-client', usages: ['client'] },
      now,
    }),
  ])
  const serviceAccountKey = await loadText(inDirectory('service-account.key'), () => newSigningKey())
  const token = bootstrapToken ?? (await loadText(inDirectory('bootstrap-token'), () => newBootstrapToken())).trim()
  return {
    authority,
    serving,
    kubeletClient,
    admin,
    frontProxy: { ...frontProxy, ca: frontProxyAuthority.cert },
    serviceAccountKey,
    bootstrapToken: token,
  }
}

// The library that makes certificates takes a tenth of a second to load: only a first start needs it.
const issuing = () => import('../common/certificates.ts')

async function loadAuthority(path: string, commonName: string): Promise<CertificatePair> {
  const known = await readPair(path)
  if (known) return known
  const { createAuthority } = await issuing()
  return writePair(path, await createAuthority(commonName))
}

async function loadPair(wanted: {
  path: string
  authority: CertificatePair
  subject: Subject & { usages: Usage[] }
  now: Date
}): Promise<CertificatePair> {
  const known = await readPair(wanted.path)
  if (known && isCurrent(known, wanted)) return known
  const { issueCertificate } = await issuing()
  return writePair(wanted.path, await issueCertificate(wanted.authority, wanted.subject))
}

/** Whether a certificate still serves: ours, matching its key, holding every name, and good for another month. */
function isCurrent(pair: CertificatePair, wanted: { authority: CertificatePair; subject: Subject; now: Date }): boolean {
  const cert = new X509Certificate(pair.cert)
  return (
    cert.verify(new X509Certificate(wanted.authority.cert).publicKey) &&
    cert.checkPrivateKey(createPrivateKey(pair.key)) &&
    Date.parse(cert.validTo) - wanted.now.getTime() > month &&
    (wanted.subject.names ?? []).every(name => (isIP(name) ? cert.checkIP(name) : cert.checkHost(name)) !== undefined)
  )
}

async function readPair(path: string): Promise<CertificatePair | undefined> {
  const [cert, key] = await Promise.all([readIfPresent(`${path}.crt`), readIfPresent(`${path}.key`)])
  return cert !== undefined && key !== undefined ? { cert, key } : undefined
}
async function writePair(path: string, pair: CertificatePair): Promise<CertificatePair> {
  await writePrivately(`${path}.key`, pair.key)
  await writePrivately(`${path}.crt`, pair.cert)
  return pair
}
async function loadText(path: string, make: () => string): Promise<string> {
  const known = await readIfPresent(path)
  if (known !== undefined) return known
  const made = make()
  await writePrivately(path, made)
  return made
}

const newSigningKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

/** Letters and digits as bootstrap tokens want them: 6 of id, 16 of secret. */
function newBootstrapToken(): string {
  const characters = 'abcdefghijklmnopqrstuvwxyz012345'
  const text = [...randomBytes(22)].map(byte => characters[byte % 32]).join('')
  return `${text.slice(0, 6)}.${text.slice(6)}`
}
