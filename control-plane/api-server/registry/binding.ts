import { conflict } from '../../../api/errors.ts'
import { setCondition } from '../../../api/conditions.ts'
import type { Binding } from '../../../api/core/binding.ts'
import type { Pod } from '../../../api/core/pod.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { timestamp } from '../../../api/time.ts'
import { success } from './success.ts'
import type { ActionRequest } from '../interfaces.ts'
import type { Registry } from './registry.ts'
import { update } from './update.ts'

const resource = { group: '', plural: 'pods/binding' }

/** Puts a pod on a node, once and for all (upstream's assignPod). */
export async function bind(registry: Registry, request: ActionRequest): Promise<object> {
  const { kind, namespace, name, subresource, user, dryRun, warn } = request
  const binding = request.body as unknown as Binding
  await update(registry, {
    kind,
    namespace,
    name,
    subresource,
    preconditions: { uid: binding.metadata.uid, resourceVersion: binding.metadata.resourceVersion },
    next: current => assign(current as Pod, binding, registry.clock.now()),
    keepsGeneration: true,
    // Nobody owns where a pod is: upstream's binding goes past the managers of its fields.
    managed: true,
    context: { user, dryRun, fieldValidation: 'Ignore', warn },
  })
  return success(201)
}

function assign(pod: Pod, { target, metadata }: Binding, now: Date): KubernetesObject {
  const { name } = pod.metadata
  if (pod.metadata.deletionTimestamp) throw conflict(resource, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (pod.spec.nodeName) throw conflict(resource, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`)
  if (pod.spec.schedulingGates?.length) throw conflict(resource, name, `pod ${name} has non-empty .spec.schedulingGates`)
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(now) }
  const { annotations, labels } = metadata
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(labels ? { labels: { ...pod.metadata.labels, ...labels } } : {}),
      ...(annotations ? { annotations: { ...pod.metadata.annotations, ...annotations } } : {}),
    },
    spec: { ...pod.spec, nodeName: target.name ?? '' },
    // The promise is kept: nobody has to remember it (upstream's ClearingNominatedNodeNameAfterBinding).
    status: {
      ...withoutNomination(pod.status),
      conditions: setCondition(pod.status.conditions as (typeof scheduled)[] | undefined, scheduled, now),
    },
  } as unknown as Pod
}

const withoutNomination = ({ nominatedNodeName: _, ...status }: Pod['status']) => status
