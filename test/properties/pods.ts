import { Pod } from '../../api/core/pod.ts'
import type { KubernetesObject } from '../../api/kind.ts'
import { controllerOf } from '../../api/owners.ts'
import { isPodActive, isPodReady } from '../../control-plane/controllers/pod-readiness.ts'
import { isSameKind, type Change, type SimulatedApi } from '../simulator/simulated-api.ts'
import type { World } from '../simulator/history.ts'

export const namespace = 'default'

export const podsOf = (api: SimulatedApi, owner: KubernetesObject): Pod[] =>
  api.all(Pod).filter(pod => controllerOf(pod)?.uid === owner.metadata.uid)

export const isRunningReady = (pod: Pod): boolean => pod.status.phase === 'Running' && isPodReady(pod)

/** A template as the API server would have completed it. */
export const templateOf = (labels: Record<string, string>, image: string) => ({
  metadata: { labels },
  spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, containers: [{ name: 'c', image, resources: {} }] },
})

/** Whether the change is the creation of a pod, or its deletion, by this program. */
export const createsPod = ({ kind, type, by }: Change, program: string): boolean =>
  isSameKind(kind, Pod) && type === 'ADDED' && by === program
export const deletesPod = ({ kind, previous, object, by }: Change, program: string): boolean =>
  isSameKind(kind, Pod) && by === program && !isDeleted(previous) && (isDeleted(object) || previous !== undefined)
const isDeleted = (object: KubernetesObject | undefined) => object?.metadata.deletionTimestamp !== undefined

/** Something bad that happens to one of the pods, if there are any. */
export function hurtPod({ api, chance, nodes }: World, pods: readonly Pod[]): void {
  const victim = chance.one(pods.filter(isPodActive))
  if (!victim) return
  const what = chance.pick('disturb', 'fail', 'delete')
  if (what === 'delete') api.delete(Pod, victim.metadata, { by: 'user' })
  else nodes[what](victim)
}
