import { CertificateSigningRequest } from '../../../api/certificates/certificate-signing-request.ts'
import { findCondition } from '../../../api/conditions.ts'
import { isNotFound } from '../../../api/errors.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'

const hour = 3_600_000

/** When a request has served its purpose, in milliseconds: answered ones after an hour, others after a day. */
function expiryOf({ metadata, status }: CertificateSigningRequest): number {
  const answered = ['Approved', 'Denied', 'Failed'].flatMap(type => findCondition(status.conditions, type)?.lastUpdateTime ?? [])
  const [time] = answered.sort()
  return time === undefined ? Date.parse(metadata.creationTimestamp) + 24 * hour : Date.parse(time) + hour
}

export const csrCleaner = ({ client, informers, clock }: ControllerContext): Controller => ({
  name: 'certificatesigningrequest-cleaner-controller',
  watches: [watching(CertificateSigningRequest)],
  async reconcile(key) {
    const request = informers.for(CertificateSigningRequest).cache.get(key)
    if (!request) return undefined
    const left = expiryOf(request) - clock.now().getTime()
    if (left > 0) return left
    try {
      await client.delete(CertificateSigningRequest, request.metadata)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    return undefined
  },
})
