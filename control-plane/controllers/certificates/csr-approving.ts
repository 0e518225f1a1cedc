import { CertificateSigningRequest } from '../../../api/certificates/certificate-signing-request.ts'
import { findCondition } from '../../../api/conditions.ts'
import { Node } from '../../../api/core/node.ts'
import { Service } from '../../../api/core/service.ts'
import { timestamp } from '../../../api/time.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { approvalOf, clientSigner, servingSigner } from './csr-approval.ts'

const isUndecided = ({ status: { conditions } }: CertificateSigningRequest): boolean =>
  !findCondition(conditions, 'Approved') && !findCondition(conditions, 'Denied')

/** One that stopped reporting has lost its address to whoever has it now. */
const isSilent = ({ status }: Node): boolean => findCondition(status.conditions, 'Ready')?.status === 'Unknown'

/** Approves what nodes ask for themselves; everything else waits for `kubectl certificate approve`. */
export const csrApprovingController = ({ client, informers, clock, log }: ControllerContext): Controller => {
  /** Names of the other nodes, addresses of those that report, and addresses of all services. */
  const addressesOfOthers = (name: string): ReadonlySet<string> => {
    const others = informers
      .for(Node)
      .cache.list()
      .filter(({ metadata }) => metadata.name !== name)
    const nodes = others.flatMap(node => [
      node.metadata.name,
      ...(isSilent(node) ? [] : (node.status.addresses ?? []).map(({ address }) => address)),
    ])
    const services = informers
      .for(Service)
      .cache.list()
      .flatMap(({ spec }) => spec.clusterIPs ?? [])
    return new Set([...nodes, ...services.filter(address => address !== 'None')])
  }
  /** A node that tells another address may make room for one that waits to be certified for the old one. */
  const waiting = () => informers.for(CertificateSigningRequest).cache.list().filter(isUndecided).map(keyOf)
  return {
    name: 'certificatesigningrequest-approving-controller',
    watches: [watching(CertificateSigningRequest), watching(Node, waiting), watching(Service, () => [])],
    async reconcile(key) {
      const request = informers.for(CertificateSigningRequest).cache.get(key)
      if (!request || ![clientSigner, servingSigner].includes(request.spec.signerName)) return
      if (!isUndecided(request)) return
      // Loaded only when needed: most starts of a control plane see no new node, and the X.509 library is large.
      const { parseCsr } = await import('../../../common/certificates.ts')
      const csr = await parseCsr(Buffer.from(request.spec.request, 'base64').toString('utf8'))
      const message = approvalOf(request.spec, csr, { addressesOfOthers })
      if (message === undefined) {
        log.debug('certificate request waits for approval', { request: key, signer: request.spec.signerName, user: request.spec.username })
        return
      }
      const now = timestamp(clock.now())
      const condition = {
        type: 'Approved',
        status: 'True' as const,
        reason: 'AutoApproved',
        message,
        lastUpdateTime: now,
        lastTransitionTime: now,
      }
      const approved = { ...request, status: { ...request.status, conditions: [...(request.status.conditions ?? []), condition] } }
      await client.update(CertificateSigningRequest, approved, 'approval')
    },
  }
}
