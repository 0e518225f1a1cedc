import { CertificateSigningRequest } from '../../../api/certificates/certificate-signing-request.ts'
import { forbidden } from '../../../api/errors.ts'
import { parseCsr } from '../../../common/certificates.ts'
import { isEqual } from '../../../common/equal.ts'
import type { AdmissionContext, Authorizer } from '../interfaces.ts'
import { concerns, type AdmissionRule } from './rule.ts'

/** Whether a user may do something with a signer: it alone, or all of its domain. */
function mayUse({ user }: AdmissionContext, signerName: string, { verb, authorizer }: { verb: string; authorizer: Authorizer }): boolean {
  const domain = `${signerName.slice(0, signerName.indexOf('/'))}/*`
  return [signerName, domain].some(
    name =>
      authorizer.authorize(user, {
        type: 'resource',
        verb,
        group: CertificateSigningRequest.group,
        version: '*',
        resource: 'signers',
        namespace: '',
        name,
      }).allowed,
  )
}

const signerOf = ({ current }: AdmissionContext): string => (current as CertificateSigningRequest).spec.signerName

/** Upstream's CertificateApproval: whoever approves or denies needs leave for the signer. */
export const certificateApproval = (authorizer: Authorizer): AdmissionRule => ({
  validate(context) {
    if (context.verb !== 'update' || !concerns(context, CertificateSigningRequest, 'approval')) return
    const signer = signerOf(context)
    if (mayUse(context, signer, { verb: 'approve', authorizer })) return
    throw forbidden(
      CertificateSigningRequest,
      context.name,
      `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`,
    )
  },
})

/** Upstream's CertificateSigning: whoever gives a certificate or says that it failed needs leave too. */
export const certificateSigning = (authorizer: Authorizer): AdmissionRule => ({
  validate(context) {
    if (context.verb !== 'update' || !concerns(context, CertificateSigningRequest, 'status')) return
    const [next, current] = [context.object as CertificateSigningRequest, context.current as CertificateSigningRequest]
    if (isEqual(next.status.certificate, current.status.certificate) && isEqual(next.status.conditions, current.status.conditions)) return
    const signer = signerOf(context)
    if (mayUse(context, signer, { verb: 'sign', authorizer })) return
    throw forbidden(
      CertificateSigningRequest,
      context.name,
      `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`,
    )
  },
})

/** Upstream's CertificateSubjectRestriction: nobody becomes an administrator by a client certificate of the API server. */
export const certificateSubjectRestriction: AdmissionRule = {
  validate(context) {
    if (context.verb !== 'create' || !concerns(context, CertificateSigningRequest)) return
    return refuseAdministrators(context.name, context.object as CertificateSigningRequest)
  },
}

async function refuseAdministrators(name: string, { spec }: CertificateSigningRequest): Promise<void> {
  const signer = 'kubernetes.io/kube-apiserver-client'
  if (spec.signerName !== signer) return
  const { organizations } = await parseCsr(Buffer.from(String(spec.request), 'base64').toString())
  if (!organizations.includes('system:masters')) return
  throw forbidden(CertificateSigningRequest, name, `use of ${signer} signer with system:masters group is not allowed`)
}
