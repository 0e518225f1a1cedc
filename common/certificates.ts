import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import type { Subject } from './certificate-request.ts'

/** A certificate and its private key, as PEM texts. */
export interface CertificatePair {
  readonly cert: string
  readonly key: string
}
export type Usage = 'client' | 'server'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 24 * 60 * 60 * 1000
/** Clocks of laptops and containers differ a little. */
const leeway = 5 * 60 * 1000

x509.cryptoProvider.set(webcrypto)

const usageOids: Readonly<Record<Usage, string>> = { client: x509.ExtendedKeyUsage.clientAuth, server: x509.ExtendedKeyUsage.serverAuth }

/** A new authority that signs itself, for ten years. */
export async function createAuthority(commonName: string): Promise<CertificatePair> {
  const keys = await generateKeys()
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf({ commonName }),
    ...validity(3650 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: cert.toString('pem'), key: await exportKey(keys.privateKey) }
}

/** A new key and a certificate for it, signed by the authority; for a year unless told otherwise. */
export async function issueCertificate(
  authority: CertificatePair,
  subject: Subject & { readonly usages: readonly Usage[]; readonly days?: number },
): Promise<CertificatePair> {
  const keys = await generateKeys()
  const { usages, days = 365 } = subject
  const cert = await sign(authority, { subject, publicKey: keys.publicKey, usages, milliseconds: days * day })
  return { cert, key: await exportKey(keys.privateKey) }
}

export interface ParsedCsr {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
  /** Alternative names of other types, which no Kubernetes certificate has. */
  readonly otherNames: readonly string[]
}

/** What a PEM request asks for; throws when it is not one, or not signed with the key it carries. */
export async function parseCsr(pem: string): Promise<ParsedCsr> {
  return describe(await verified(pem))
}

/** Signs a request: subject and alternative names as requested, usages and lifetime as given. Returns the certificate as PEM. */
export async function signCsr(
  authority: CertificatePair,
  { csr, usages, milliseconds }: { csr: string; usages: readonly Usage[]; milliseconds: number },
): Promise<string> {
  const request = await verified(csr)
  const { dnsNames, ipAddresses, ...subject } = describe(request)
  return sign(authority, {
    subject: { ...subject, names: [...dnsNames, ...ipAddresses] },
    publicKey: request.publicKey,
    usages,
    milliseconds,
  })
}

async function sign(
  authority: CertificatePair,
  request: { subject: Subject; publicKey: x509.PublicKeyType; usages: readonly Usage[]; milliseconds: number },
): Promise<string> {
  const issuer = new x509.X509Certificate(authority.cert)
  const lifetime = validity(request.milliseconds)
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(request.subject),
    issuer: issuer.subjectName,
    ...lifetime,
    // A certificate is not believed for longer than the one that signed it.
    notAfter: lifetime.notAfter < issuer.notAfter ? lifetime.notAfter : issuer.notAfter,
    signingAlgorithm: algorithm,
    publicKey: request.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension(request.usages.map(usage => usageOids[usage])),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...alternativeNames(request.subject.names ?? []),
    ],
  })
  return `${cert.toString('pem')}\n`
}

async function verified(pem: string): Promise<x509.Pkcs10CertificateRequest> {
  const request = new x509.Pkcs10CertificateRequest(pem)
  if (!(await request.verify())) throw new Error('the certificate request is not signed with its own key')
  return request
}

function describe(request: x509.Pkcs10CertificateRequest): ParsedCsr {
  const names = request.extensions.find(extension => extension instanceof x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? []
  const ofType = (...types: string[]) => names.filter(name => types.includes(name.type)).map(name => name.value)
  return {
    commonName: request.subjectName.getField('CN')[0] ?? '',
    organizations: request.subjectName.getField('O'),
    dnsNames: ofType('dns'),
    ipAddresses: ofType('ip'),
    otherNames: names.filter(name => name.type !== 'dns' && name.type !== 'ip').map(name => name.value),
  }
}

const nameOf = ({ commonName, organizations = [] }: Subject): x509.JsonName => [
  ...organizations.map(organization => ({ O: [organization] })),
  { CN: [commonName] },
]
const alternativeNames = (names: readonly string[]): x509.Extension[] =>
  names.length === 0
    ? []
    : [new x509.SubjectAlternativeNameExtension(names.map(value => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const))]
const validity = (milliseconds: number) => ({ notBefore: new Date(Date.now() - leeway), notAfter: new Date(Date.now() + milliseconds) })
/** Positive, as the standard wants it: the first bit stays clear. */
const serialNumber = () => `01${randomBytes(15).toString('hex')}`

const generateKeys = async () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const exportKey = async (key: webcrypto.CryptoKey) =>
  `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
const importKey = async (pem: string) => webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, ['sign'])
