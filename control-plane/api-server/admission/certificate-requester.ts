import { CertificateSigningRequest } from '../../../api/certificates/certificate-signing-request.ts'
import type { AdmissionContext } from '../interfaces.ts'
import { concerns, type AdmissionRule } from './rule.ts'

type Spec = CertificateSigningRequest['spec']

/** A certificate request says who made it; the server writes that down and nobody else, then or later. */
export const certificateRequester: AdmissionRule = {
  mutate(context) {
    if (!concerns(context, CertificateSigningRequest)) return context.object
    const request = context.object as CertificateSigningRequest
    if (context.verb === 'create') return { ...request, spec: { ...request.spec, ...requester(context) } } as CertificateSigningRequest
    const current = context.current as CertificateSigningRequest | undefined
    return current ? ({ ...request, spec: current.spec } as CertificateSigningRequest) : request
  },
}

const requester = ({ user }: AdmissionContext): Partial<Spec> => ({
  username: user.name,
  ...(user.uid ? { uid: user.uid } : {}),
  groups: [...user.groups],
  ...(user.extra ? { extra: Object.fromEntries(Object.entries(user.extra).map(([key, values]) => [key, [...values]])) } : {}),
})
