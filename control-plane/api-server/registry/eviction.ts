import { setCondition } from '../../../api/conditions.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { badRequest, conflict, isConflict } from '../../../api/errors.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { isTerminalPhase } from '../../../api/pod-phase.ts'
import type { Eviction } from '../../../api/policy/eviction.ts'
import { PodDisruptionBudget } from '../../../api/policy/pod-disruption-budget.ts'
import { isEqual } from '../../../common/equal.ts'
import type { ActionRequest } from '../interfaces.ts'
import { remove, type DeleteOptions } from './delete.ts'
import { budgetVerdict, budgetsOf, stillProcessing, withDisruption } from './eviction-budget.ts'
import { prefixOf } from './keys.ts'
import { getObject, type Registry } from './registry.ts'
import type { RequestContext } from './request-context.ts'
import { success } from './success.ts'
import { update } from './update.ts'

/** Whoever loses a race for a budget or a pod tries again so often. */
const retries = 20

interface Evicted {
  readonly request: ActionRequest
  readonly options: DeleteOptions
  readonly context: RequestContext
}

/** Deletes a pod as a DELETE would, once no disruption budget speaks against it (upstream's EvictionREST). */
export async function evict(registry: Registry, request: ActionRequest): Promise<object> {
  const evicted = readRequest(request)
  const pod = podOf(registry, request)
  if (mayIgnoreBudgets(pod)) {
    await removeFinished(registry, evicted)
    return success(201)
  }
  const [budget, ...others] = budgetsOf(pod, budgetsIn(registry, request.namespace))
  if (budget && others.length > 0) throw budgetVerdict(pod, budget, others)
  const guarded = budget !== undefined && (await takeFromBudget(registry, evicted, { pod, budget }))
  // The pod counts as unhealthy: it must not have become healthy meanwhile.
  const options = guarded ? withVersion(evicted.options, pod) : evicted.options
  try {
    await markAndRemove(registry, { ...evicted, options })
  } catch (error) {
    const asked = evicted.options.preconditions?.resourceVersion
    if (guarded && asked === undefined && isConflict(error)) throw stillProcessing(budget.metadata.name)
    throw error
  }
  return success(201)
}

function readRequest(request: ActionRequest): Evicted {
  const eviction = request.body as unknown as Eviction
  if (eviction.metadata.name && eviction.metadata.name !== request.name) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const options = (eviction.deleteOptions ?? {}) as DeleteOptions & { readonly dryRun?: readonly string[] }
  const inBody = options.dryRun ?? []
  if (request.dryRun && inBody.length > 0 && !isEqual(inBody, ['All']))
    throw badRequest(`Non-matching dry-run options in request and content: [All] and [${inBody.join(' ')}]`)
  const { user, warn } = request
  return { request, options, context: { user, dryRun: request.dryRun || inBody.length > 0, fieldValidation: 'Ignore', warn } }
}

const podOf = (registry: Registry, { kind, namespace, name }: ActionRequest) => getObject(registry, kind, { namespace, name }) as Pod

const budgetsIn = (registry: Registry, namespace: string): PodDisruptionBudget[] =>
  registry.store.list(prefixOf(PodDisruptionBudget, namespace)).entries.map(entry => registry.cache.of(entry).object as PodDisruptionBudget)

/** It does not run yet, or any more: nothing is disrupted. */
const mayIgnoreBudgets = ({ metadata, status }: Pod): boolean =>
  isTerminalPhase(status.phase) || status.phase === 'Pending' || metadata.deletionTimestamp !== undefined

const withVersion = (options: DeleteOptions, { metadata }: Pod): DeleteOptions => ({
  ...options,
  preconditions: { ...options.preconditions, resourceVersion: metadata.resourceVersion },
})

/** Removes a pod that budgets do not protect, as long as that stays so. */
async function removeFinished(registry: Registry, evicted: Evicted): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const pod = podOf(registry, evicted.request)
    const mayStart = pod.status.phase === 'Pending' && !pod.metadata.deletionTimestamp
    const unset = evicted.options.preconditions?.resourceVersion === undefined
    try {
      return await markAndRemove(registry, mayStart && unset ? { ...evicted, options: withVersion(evicted.options, pod) } : evicted)
    } catch (error) {
      if (!isConflict(error) || !unset || attempt === retries || !mayIgnoreBudgets(podOf(registry, evicted.request))) throw error
    }
  }
}

/** Enters the eviction in the budget; true where the pod is unhealthy and takes nothing from it. */
async function takeFromBudget(
  registry: Registry,
  { request, context }: Evicted,
  { pod, budget }: { pod: Pod; budget: PodDisruptionBudget },
): Promise<boolean> {
  const { namespace = '', name } = budget.metadata
  for (let attempt = 1; ; attempt++) {
    const current = getObject(registry, PodDisruptionBudget, { namespace, name }) as PodDisruptionBudget
    const verdict = budgetVerdict(pod, current, [])
    if (verdict instanceof Error) throw verdict
    if (verdict === 'unhealthy') return true
    // A dry run looks and takes nothing.
    if (context.dryRun) return false
    try {
      await update(registry, {
        kind: PodDisruptionBudget,
        namespace,
        name,
        subresource: 'status',
        preconditions: { resourceVersion: current.metadata.resourceVersion },
        next: budgetNow => withDisruption(budgetNow as PodDisruptionBudget, request.name, registry.clock.now()),
        context: { ...context, user: system },
      })
      return false
    } catch (error) {
      if (!isConflict(error) || attempt === retries) throw error
    }
  }
}

/** Who writes what an eviction brings with it: whoever may evict need not be allowed to write statuses. */
const system = { name: 'system:apiserver', groups: ['system:masters'] }

/** The pod says why it goes, then it goes (upstream's addConditionAndDeletePod). */
async function markAndRemove(registry: Registry, { request, options, context }: Evicted): Promise<void> {
  const { kind, namespace, name } = request
  const pod = podOf(registry, request)
  checkPreconditions(request, pod, options)
  let preconditions = options.preconditions
  if (!context.dryRun && !pod.metadata.deletionTimestamp && !isTerminalPhase(pod.status.phase)) {
    const marked = await update(registry, {
      kind,
      namespace,
      name,
      subresource: 'status',
      preconditions: { uid: preconditions?.uid, resourceVersion: preconditions?.resourceVersion },
      next: current => asTarget(current as Pod, registry.clock.now()),
      context: { ...context, user: system },
    })
    if (preconditions?.resourceVersion !== undefined) {
      preconditions = { ...preconditions, resourceVersion: String(marked.revision) }
    }
  }
  await remove(registry, { kind, namespace, name, options: { ...options, ...(preconditions ? { preconditions } : {}) }, context })
}

function checkPreconditions({ kind, name }: ActionRequest, { metadata }: Pod, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {}
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid})`
    throw conflict(kind, name, `${why}. The object might have been deleted and then recreated`)
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion})`
    throw conflict(kind, name, `${why}. The object might have been modified`)
  }
}

function asTarget(pod: Pod, now: Date): KubernetesObject {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True' as const,
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  return { ...pod, status: { ...pod.status, conditions: setCondition(pod.status.conditions, condition, now) } } as KubernetesObject
}
