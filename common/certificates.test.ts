import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { describe, expect, it } from '@jest/globals'
import { createCsr } from './certificate-request.ts'
import { createAuthority, issueCertificate, parseCsr, signCsr } from './certificates.ts'

describe('certificates', () => {
  it('issues what TLS accepts on both sides', async () => {
    const authority = await createAuthority('test-ca')
    const serving = await issueCertificate(authority, { commonName: 'server', names: ['localhost', '127.0.0.1'], usages: ['server'] })
    const mine = await issueCertificate(authority, {
      commonName: 'kubernetes-admin',
      organizations: ['system:masters', 'x'],
      usages: ['client'],
    })
    const server = createServer({ ...serving, ca: authority.cert, requestCert: true, rejectUnauthorized: false }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>
    const client = connect({ ...mine, ca: authority.cert, host: '127.0.0.1', port, servername: 'localhost' })
    await once(client, 'secureConnect')
    const [socket] = await accepted
    expect(client.authorized).toBe(true)
    expect(socket.authorized).toBe(true)
    expect(socket.getPeerCertificate().subject).toMatchObject({ CN: 'kubernetes-admin', O: ['system:masters', 'x'] })
    client.destroy()
    server.close()
  })

  it('signs a request with the subject and names it asks for, and the lifetime it is given', async () => {
    const authority = await createAuthority('test-ca')
    const subject = { commonName: 'system:node:node-1', organizations: ['system:nodes'], names: ['node-1', '10.0.0.1'] }
    const { csr } = await createCsr(subject)
    expect(await parseCsr(csr)).toEqual({
      commonName: 'system:node:node-1',
      organizations: ['system:nodes'],
      dnsNames: ['node-1'],
      ipAddresses: ['10.0.0.1'],
      otherNames: [],
    })
    const cert = new X509Certificate(await signCsr(authority, { csr, usages: ['server'], milliseconds: 3_600_000 }))
    expect(cert.subject).toBe('O=system:nodes\nCN=system:node:node-1')
    expect(cert.subjectAltName).toBe('DNS:node-1, IP Address:10.0.0.1')
    expect(cert.checkIssued(new X509Certificate(authority.cert))).toBe(true)
    expect(Date.parse(cert.validTo) - Date.now()).toBeLessThan(3_700_000)
  })

  it('refuses a request that was tampered with', async () => {
    const { csr } = await createCsr({ commonName: 'system:node:aaaa' })
    const bytes = Buffer.from(csr.replace(/-----.*-----/g, ''), 'base64')
    const at = bytes.indexOf('aaaa')
    bytes.write('bbbb', at)
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----`
    await expect(parseCsr(forged)).rejects.toThrow('not signed with its own key')
  })
})
