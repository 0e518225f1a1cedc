import { createPrivateKey } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { createCsr } from './certificate-request.ts'
import { parseCsr } from './certificates.ts'

describe('createCsr', () => {
  it.each([
    { subject: { commonName: 'alone' }, dnsNames: [], ipAddresses: [] },
    { subject: { commonName: 'several', organizations: ['a', 'b'], names: ['x.example'] }, dnsNames: ['x.example'], ipAddresses: [] },
    { subject: { commonName: 'Zoë' }, dnsNames: [], ipAddresses: [] },
    { subject: { commonName: 'a'.repeat(64), names: ['b'.repeat(63), '10.0.0.1'] }, dnsNames: ['b'.repeat(63)], ipAddresses: ['10.0.0.1'] },
    // Long enough for lengths of two bytes.
    { subject: { commonName: 'many', names: names(20) }, dnsNames: names(20), ipAddresses: [] },
    {
      subject: { commonName: 'six', names: ['fd00::12', '::1', '2001:db8:1:2:3:4:5:6'] },
      dnsNames: [],
      ipAddresses: ['fd00::12', '::1', '2001:db8:1:2:3:4:5:6'],
    },
  ])('asks for $subject.commonName as the X.509 library reads it', async ({ subject, dnsNames, ipAddresses }) => {
    const { csr } = await createCsr(subject)
    const { commonName, organizations = [] } = { organizations: [], ...subject }
    expect(await parseCsr(csr)).toEqual({ commonName, organizations, dnsNames, ipAddresses, otherNames: [] })
  })

  it('gives the key that the request is for', async () => {
    const { key } = await createCsr({ commonName: 'x' })
    expect(createPrivateKey(key).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  })
})

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `name-${index}.default.svc.cluster.local`)
}
