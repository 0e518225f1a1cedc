import { defaultNodePorts } from '../../../api/core/service-needs.ts'
import { Service } from '../../../api/core/service.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { nodePortsOf, portFaults } from './plan-port-repair.ts'

const INTERVAL_MILLISECONDS = 3 * 60_000
const all = 'node ports'

/**
 * Says which services have node ports that they cannot have: after a restore, or of another range. What is taken needs no repair:
 * the API server counts what is stored.
 */
export function nodePortRepair({ informers, events, clock }: ControllerContext): Controller {
  let next = 0
  return {
    name: 'portallocator-repair-controller',
    watches: [watching(Service, service => (nodePortsOf(service).length > 0 ? [all] : []))],
    workers: 1,
    async reconcile() {
      const now = clock.now().getTime()
      if (now < next) return next - now
      next = now + INTERVAL_MILLISECONDS
      const faults = portFaults(informers.for(Service).cache.list(), defaultNodePorts)
      for (const { service, reason, message } of faults) events.event(service, { type: 'Warning', reason, message })
      return faults.length > 0 ? INTERVAL_MILLISECONDS : undefined
    },
  }
}
