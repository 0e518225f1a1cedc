import { Pod } from '../../../api/core/pod.ts'
import { ApiError, isConflict, isNotFound } from '../../../api/errors.ts'
import { matches, selectorFromObject } from '../../../api/label-selector.ts'
import { withSyncFailed } from '../../../api/policy/disruption-allowed.ts'
import { PodDisruptionBudget } from '../../../api/policy/pod-disruption-budget.ts'
import { keyOf } from '../../../client/cache.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { ConnectionError } from '../../../client/status-error.ts'
import { isEqual } from '../../../common/equal.ts'
import { messageOf } from '../../../common/error-message.ts'
import type { ControllerContext } from '../context.ts'
import { expectedPods, needsScale, planBudget, type BudgetPlan } from './plan-budget.ts'
import { scaleOf } from './scale.ts'

type Status = PodDisruptionBudget['status']

/** Says on every disruption budget how many of its pods may be evicted now. Upstream's disruption controller. */
export const disruptionController = (context: ControllerContext): Controller => {
  const { client, informers, events, clock } = context
  const budgets = informers.for(PodDisruptionBudget).cache

  /** Of several budgets the first has the pod. */
  const keysFor = (pod: Pod): string[] => {
    const [first, ...others] = budgets
      .inNamespace(pod.metadata.namespace ?? '')
      .filter(({ spec }) => matches(selectorFromObject(spec.selector), pod.metadata.labels))
    if (!first) return []
    if (others.length > 0) {
      const { namespace, name } = pod.metadata
      const message = `Pod ${JSON.stringify(namespace)}/${JSON.stringify(name)} matches multiple PodDisruptionBudgets.  Chose ${JSON.stringify(first.metadata.name)} arbitrarily.`
      events.event(pod, { type: 'Warning', reason: 'MultiplePodDisruptionBudgets', message })
    }
    return [keyOf(first)]
  }
  const podsOf = ({ metadata, spec }: PodDisruptionBudget): Pod[] => {
    const selector = selectorFromObject(spec.selector)
    const pods = informers.for(Pod).cache.inNamespace(metadata.namespace ?? '')
    return pods.filter(pod => matches(selector, pod.metadata.labels))
  }
  const write = async (budget: PodDisruptionBudget, status: Status) => {
    try {
      await client.updateStatus(PodDisruptionBudget, { ...budget, status })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  const plan = async (budget: PodDisruptionBudget): Promise<BudgetPlan> => {
    const pods = podsOf(budget)
    if (pods.length === 0) events.event(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' })
    try {
      const scale = needsScale(budget) ? await scaleOf(client, pods) : { total: 0, unmanaged: [] }
      if (scale.unmanaged.length > 0) events.event(budget, { type: 'Warning', reason: 'UnmanagedPods', message: unmanagedPods(budget) })
      return planBudget(budget, pods, { ...expectedPods(budget, pods.length, scale.total), now: clock.now() })
    } catch (error) {
      const message = `Failed to calculate the number of expected pods: ${messageOf(error)}`
      events.event(budget, { type: 'Warning', reason: 'CalculateExpectedPodCountFailed', message })
      throw error
    }
  }

  return {
    name: 'disruption-controller',
    watches: [watching(PodDisruptionBudget), watching(Pod, keysFor)],
    workers: 1,
    async reconcile(key) {
      const budget = budgets.get(key)
      if (!budget) return undefined
      let planned: BudgetPlan
      try {
        planned = await plan(budget)
      } catch (error) {
        if (isConflict(error)) throw error
        const failed = withSyncFailed(budget.status, messageOf(error), clock.now())
        if (!isEqual(failed, budget.status)) await write(budget, failed)
        // What the server could not say now it may say later; upstream waits until a pod changes.
        if (error instanceof ApiError || error instanceof ConnectionError) throw error
        return undefined
      }
      const { namespace = '' } = budget.metadata
      // Upstream names the namespace twice, and not the budget.
      const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
      for (const pod of planned.notDeleted) events.event(pod, { type: 'Warning', reason: 'NotDeleted', message })
      if (!isEqual(planned.status, budget.status)) await write(budget, planned.status)
      return planned.recheckAfter
    },
  }
}

const unmanagedPods = ({ spec: { selector } }: PodDisruptionBudget): string => {
  const labels = Object.entries(selector?.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const expressions = (selector?.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`,
  )
  // As Go prints a selector.
  const printed = `&LabelSelector{MatchLabels:map[string]string{${labels.map(([name, value]) => `${name}: ${value},`).join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.map(each => `${each},`).join('')}},}`
  return `Pods selected by this PodDisruptionBudget (selector: ${printed}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`
}
