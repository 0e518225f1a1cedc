import type { CertificateSigningRequest } from './certificate-signing-request.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import type { Column } from '../kind.ts'
import { humanDuration } from '../time.ts'

/** Denied wins over Approved; then what became of it. */
function condition({ status }: CertificateSigningRequest): string {
  const types = new Set((status.conditions ?? []).map(({ type }) => type))
  const decision = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending'
  return [decision, ...(types.has('Failed') ? ['Failed'] : []), ...(status.certificate ? ['Issued'] : [])].join(',')
}

export const certificateRequestColumns: readonly Column<CertificateSigningRequest>[] = [
  nameColumn,
  ageColumn,
  { name: 'SignerName', type: 'string', description: 'Who should sign.', cell: request => request.spec.signerName || '<none>' },
  { name: 'Requestor', type: 'string', description: 'Who asks.', cell: request => request.spec.username ?? '' },
  {
    name: 'RequestedDuration',
    type: 'string',
    description: 'For how long the certificate should hold.',
    cell: ({ spec }) => (spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000)),
  },
  { name: 'Condition', type: 'string', description: 'What became of the request.', cell: condition },
]
