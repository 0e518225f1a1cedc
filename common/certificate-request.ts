import { generateKeyPair, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import * as der from './der.ts'

export interface Subject {
  readonly commonName: string
  readonly organizations?: readonly string[]
  /** Host names and IP addresses. */
  readonly names?: readonly string[]
}

const oids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectAltName: '2.5.29.17',
  extensionRequest: '1.2.840.113549.1.9.14',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
}

/**
 * A new key and a request to have it certified (PKCS #10), both as PEM. Written out here, because a node asks for two certificates
 * in its life: with the X.509 library that the control plane has, every agent would keep 5 MB more for that.
 */
export async function createCsr(subject: Subject): Promise<{ csr: string; key: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const info = der.sequence(der.integer(0), nameOf(subject), publicKeyInfo(publicKey), der.tagged(0, attributes(subject.names ?? [])))
  const signature = der.bits(sign('sha256', info, privateKey))
  const request = der.sequence(info, der.sequence(der.oid(oids.ecdsaWithSha256)), signature)
  return { csr: pem('CERTIFICATE REQUEST', request), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

const publicKeyInfo = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

const nameOf = ({ commonName, organizations = [] }: Subject): Buffer =>
  der.sequence(...organizations.map(organization => attribute(oids.organization, organization)), attribute(oids.commonName, commonName))
const attribute = (oid: string, value: string): Buffer => der.set(der.sequence(der.oid(oid), der.text(value)))

function attributes(names: readonly string[]): Buffer {
  if (names.length === 0) return Buffer.alloc(0)
  const alternatives = der.sequence(...names.map(name => (isIP(name) ? der.tagged(7, addressBytes(name), false) : hostName(name))))
  const extension = der.sequence(der.oid(oids.subjectAltName), der.octets(alternatives))
  return der.sequence(der.oid(oids.extensionRequest), der.set(der.sequence(extension)))
}
const hostName = (name: string): Buffer => der.tagged(2, Buffer.from(name, 'ascii'), false)

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  // URLs write addresses in one way, without dots.
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string | undefined) => (text ? text.split(':') : [])
  const zeros = Array.from({ length: 8 - groups(before).length - groups(after).length }, () => '0')
  return Buffer.from([...groups(before), ...zeros, ...groups(after)].map(group => group.padStart(4, '0')).join(''), 'hex')
}

const pem = (label: string, bytes: Buffer): string =>
  [`-----BEGIN ${label}-----`, ...(bytes.toString('base64').match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join('\n')
