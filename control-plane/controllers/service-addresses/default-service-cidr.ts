import { isAlreadyExists } from '../../../api/errors.ts'
import { defaultServiceCidr, withDefaultRangeReady } from '../../../api/networking/service-address.ts'
import { ServiceCIDR } from '../../../api/networking/service-cidr.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ControllerContext } from '../context.ts'

/** Makes the ServiceCIDR of the cluster's own range anew when it goes, and says once when it is another than the flag's or not ready. */
export const defaultServiceCidrController = ({ client, informers, events, clock }: ControllerContext, serviceCidr: string): Controller => {
  const cidrs = [serviceCidr]
  const said = new Set<string>()
  const warnOnce = (range: ServiceCIDR, reason: string, message: string): void => {
    if (said.has(reason)) return
    said.add(reason)
    events.event(range, { type: 'Warning', reason, message })
  }
  return {
    name: 'kubernetes-service-cidr-controller',
    watches: [watching(ServiceCIDR, ({ metadata: { name } }) => (name === defaultServiceCidr ? [name] : []))],
    workers: 1,
    async reconcile(key) {
      const range = informers.for(ServiceCIDR).cache.get(key)
      if (!range) {
        try {
          await client.create(ServiceCIDR, { metadata: { name: key }, spec: { cidrs } })
        } catch (error) {
          if (!isAlreadyExists(error)) throw error
        }
        return
      }
      if (range.metadata.deletionTimestamp) return
      if (!isEqual(range.spec.cidrs, cidrs)) {
        const message = `The default ServiceCIDR [${(range.spec.cidrs ?? []).join(' ')}] does not match the controller flag configurations [${cidrs.join(' ')}]`
        warnOnce(range, 'KubernetesDefaultServiceCIDRInconsistent', message)
        return
      }
      const ready = range.status.conditions?.find(({ type }) => type === 'Ready')
      if (ready?.status === 'False') warnOnce(range, ready.reason, `Configuration matches, but ${ready.message}`)
      const next = withDefaultRangeReady(range, { cidrs, now: clock.now() })
      if (next !== range) await client.updateStatus(ServiceCIDR, next)
    },
  }
}
