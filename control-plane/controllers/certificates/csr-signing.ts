import { CertificateSigningRequest } from '../../../api/certificates/certificate-signing-request.ts'
import { findCondition } from '../../../api/conditions.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { CertificatePair, Usage } from '../../../common/certificates.ts'
import type { ControllerContext } from '../context.ts'
import { clientSigner, servingSigner } from './csr-approval.ts'

const usages: Readonly<Record<string, readonly Usage[]>> = {
  [clientSigner]: ['client'],
  'kubernetes.io/kube-apiserver-client': ['client'],
  [servingSigner]: ['server'],
}
const year = 365 * 24 * 3600
const shortest = 600

/** Signs what has been approved, with the cluster's authority. */
export const csrSigningController = ({ client, informers }: ControllerContext, authority: CertificatePair): Controller => ({
  name: 'certificatesigningrequest-signing-controller',
  watches: [watching(CertificateSigningRequest)],
  async reconcile(key) {
    const request = informers.for(CertificateSigningRequest).cache.get(key)
    const allowed = usages[request?.spec.signerName ?? '']
    if (!request || !allowed || request.status.certificate) return
    const { conditions } = request.status
    if (!findCondition(conditions, 'Approved') || findCondition(conditions, 'Denied') || findCondition(conditions, 'Failed')) return
    const seconds = Math.max(shortest, Math.min(request.spec.expirationSeconds ?? year, year))
    const csr = Buffer.from(request.spec.request, 'base64').toString('utf8')
    const { signCsr } = await import('../../../common/certificates.ts')
    const pem = await signCsr(authority, { csr, usages: allowed, milliseconds: seconds * 1000 })
    const certificate = Buffer.from(pem).toString('base64')
    await client.updateStatus(CertificateSigningRequest, { ...request, status: { ...request.status, certificate } })
  },
})
