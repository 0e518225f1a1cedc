import type { CertificateSigningRequest } from '../../../api/certificates/certificate-signing-request.ts'
import type { ParsedCsr } from '../../../common/certificates.ts'

export const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
export const servingSigner = 'kubernetes.io/kubelet-serving'

type Spec = CertificateSigningRequest['spec']

/** Names that belong to other nodes, which a node may not have certified for itself. */
export interface Neighbours {
  addressesOfOthers(node: string): ReadonlySet<string>
}

const nodePrefix = 'system:node:'
const usagesAre = ({ usages = [] }: Spec, purpose: string): boolean =>
  usages.includes(purpose) && usages.every(usage => [purpose, 'digital signature', 'key encipherment'].includes(usage))

const isForNode = (csr: ParsedCsr): boolean =>
  csr.commonName.startsWith(nodePrefix) &&
  csr.organizations.length === 1 &&
  csr.organizations[0] === 'system:nodes' &&
  csr.otherNames.length === 0

/** The message of the approval that a request of a node deserves, or undefined when it must wait for a person. */
export function approvalOf(spec: Spec, csr: ParsedCsr, neighbours: Neighbours): string | undefined {
  if (!isForNode(csr)) return undefined
  const own = spec.username === csr.commonName
  if (spec.signerName === clientSigner) {
    if (!usagesAre(spec, 'client auth') || csr.dnsNames.length + csr.ipAddresses.length > 0) return undefined
    if (own) return 'Auto approving self kubelet client certificate after SubjectAccessReview.'
    return spec.groups?.includes('system:bootstrappers')
      ? 'Auto approving kubelet client certificate after SubjectAccessReview.'
      : undefined
  }
  if (spec.signerName !== servingSigner || !own || !usagesAre(spec, 'server auth')) return undefined
  if (csr.dnsNames.length + csr.ipAddresses.length === 0) return undefined
  const node = csr.commonName.slice(nodePrefix.length)
  const foreign = neighbours.addressesOfOthers(node)
  const names = [...csr.dnsNames, ...csr.ipAddresses]
  // A node speaks for itself only: with a certificate in the API server's or a neighbour's name it could speak for them.
  if (names.some(name => foreign.has(name)) || csr.dnsNames.some(name => name === 'kubernetes' || name.startsWith('kubernetes.')))
    return undefined
  return 'Auto approving kubelet serving certificate of the node itself.'
}
