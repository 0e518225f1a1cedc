import { Pod } from '../../../api/core/pod.ts'
import { forbidden } from '../../../api/errors.ts'
import type { Lookup } from '../interfaces.ts'
import { defaultPriorityClass, findPriorityClass } from './priority-classes.ts'
import { onCreate, type AdmissionRule } from './rule.ts'

/** Upstream's Priority admission: resolves the class to numbers, which users may not choose themselves. */
export const podPriority = (lookup: Lookup): AdmissionRule =>
  onCreate(Pod, (pod, { name }) => {
    const { priorityClassName, priority, preemptionPolicy } = pod.spec
    const found = priorityClassName ? findPriorityClass(priorityClassName, lookup) : defaultPriorityClass(lookup)
    if (priorityClassName && !found) throw forbidden(Pod, name, `no PriorityClass with name ${priorityClassName} was found`)
    const resolved = { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' as const, ...found }
    if (priority !== undefined && priority !== resolved.value) {
      const why = `the integer value of priority (${priority}) must not be provided in pod spec; priority admission controller computed ${resolved.value} from the given PriorityClass name`
      throw forbidden(Pod, name, why)
    }
    if (preemptionPolicy !== undefined && preemptionPolicy !== resolved.preemptionPolicy) {
      const why = `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${resolved.preemptionPolicy} from the given PriorityClass name`
      throw forbidden(Pod, name, why)
    }
    return {
      ...pod,
      spec: {
        ...pod.spec,
        ...(resolved.name ? { priorityClassName: resolved.name } : {}),
        priority: resolved.value,
        preemptionPolicy: resolved.preemptionPolicy,
      },
    }
  })
