import { describe, expect, it } from '@jest/globals'
import { CertificateSigningRequest } from './certificate-signing-request.ts'
import { decode } from '../schema/decode.ts'

const pem = '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n'
const spec = { request: Buffer.from(pem).toString('base64'), signerName: 'kubernetes.io/kubelet-serving', usages: ['server auth'] }

const request = (fields: Record<string, unknown> = {}, status: Record<string, unknown> = {}): CertificateSigningRequest =>
  decode(CertificateSigningRequest.schema, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'r' },
    spec: { ...spec, ...fields },
    status,
  }).value
const says = (fields: Record<string, unknown>, status?: Record<string, unknown>) =>
  (CertificateSigningRequest.validate?.(request(fields, status)) ?? []).map(({ field, message }) => `${field}: ${message}`)
const decided = (...types: string[]) => ({ conditions: types.map(type => ({ type, status: 'True' })) })

describe('a certificate signing request', () => {
  it('says what it wants', () => {
    expect(says({})).toEqual([])
    expect(says({ usages: [], signerName: 'nobody' })).toEqual([
      'spec.usages: Required value',
      'spec.signerName: Invalid value: "nobody": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
    ])
    expect(says({ expirationSeconds: 60 })).toEqual([
      'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)',
    ])
    expect(says({ request: 'eA==' })).toEqual(['spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST'])
  })

  it('is approved or denied, not both', () => {
    expect(says({}, decided('Approved', 'Denied'))).toEqual([
      'status.conditions[1].type: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    ])
  })

  it('lets approvers decide and nothing else', () => {
    const approve = CertificateSigningRequest.prepareSubresource?.['approval']
    const next = approve?.(request({ usages: ['client auth'] }, { ...decided('Approved'), certificate: 'eA==' }), request())
    expect(next).toEqual(request({}, decided('Approved')))
  })

  it('is shown with what became of it', () => {
    const shown = (object: CertificateSigningRequest) =>
      CertificateSigningRequest.columns.map(column => column.cell(object, new Date(0))).slice(2)
    expect(shown(request())).toEqual(['kubernetes.io/kubelet-serving', '', '<none>', 'Pending'])
    const issued = request({ username: 'system:node:n', expirationSeconds: 3600 }, { ...decided('Approved'), certificate: 'eA==' })
    expect(shown(issued)).toEqual(['kubernetes.io/kubelet-serving', 'system:node:n', '60m', 'Approved,Issued'])
  })
})
