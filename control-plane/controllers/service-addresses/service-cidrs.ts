import { IPAddress } from '../../../api/networking/ip-address.ts'
import { isServiceAddress, rangesOf, rangesOverlap, serviceCidrFinalizer, withReady } from '../../../api/networking/service-address.ts'
import { ServiceCIDR } from '../../../api/networking/service-cidr.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { planServiceCidr } from './plan-service-cidr.ts'

const inUse = 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR'

/** Keeps ranges of service addresses ready while they live, and alive while addresses need them. */
export const serviceCidrController = ({ client, informers, events, clock }: ControllerContext): Controller => {
  const ranges = () => informers.for(ServiceCIDR).cache
  const setReady = async (range: ServiceCIDR, ready: Omit<Parameters<typeof withReady>[1], 'now'>): Promise<void> => {
    const next = withReady(range, { ...ready, now: clock.now() })
    if (next !== range) await client.updateStatus(ServiceCIDR, next)
  }
  const withFinalizers = (range: ServiceCIDR, finalizers: readonly string[]) =>
    client.update(ServiceCIDR, { ...range, metadata: { ...range.metadata, finalizers: [...finalizers] } })
  return {
    name: 'service-cidr-controller',
    watches: [
      // A range that comes or goes may be what another one waits for.
      watching(ServiceCIDR, ({ metadata, spec }) => {
        const overlaps = (other: ServiceCIDR) =>
          (other.spec.cidrs ?? []).some(cidr => (spec.cidrs ?? []).some(own => rangesOverlap(own, cidr)))
        const others = ranges()
          .list()
          .filter(overlaps)
          .map(other => other.metadata.name)
        return [...new Set([metadata.name, ...others])]
      }),
      watching(IPAddress, address =>
        isServiceAddress(address) ? rangesOf(ranges().list(), address.metadata.name).map(({ metadata }) => metadata.name) : [],
      ),
    ],
    async reconcile(key) {
      const range = ranges().get(key)
      if (!range) return
      const addresses = () => informers.for(IPAddress).cache.list()
      // Only a range that is to go needs to know of them, and there may be many.
      const view = { ranges: ranges().list(), addresses: range.metadata.deletionTimestamp ? addresses() : [], now: clock.now() }
      const step = planServiceCidr(range, view)
      const { finalizers = [] } = range.metadata
      switch (step.type) {
        case 'protect':
          await withFinalizers(range, [...finalizers, serviceCidrFinalizer])
          return
        case 'ready':
          try {
            await setReady(range, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' })
          } catch (error) {
            const message = 'The ServiceCIDR Status can not be set to Ready=True'
            events.event(range, { type: 'Warning', reason: 'KubernetesServiceCIDRError', message })
            throw error
          }
          return
        case 'blocked':
          await setReady(range, { status: 'False', reason: 'Terminating', message: inUse })
          return
        case 'wait':
          return step.milliseconds
        case 'release':
          await withFinalizers(
            range,
            finalizers.filter(name => name !== serviceCidrFinalizer),
          )
          return
        case 'nothing':
          return
      }
    },
  }
}
