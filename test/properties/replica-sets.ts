import { ReplicaSet } from '../../api/apps/replica-set.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { controllerOf } from '../../api/owners.ts'
import { isPodActive } from '../../control-plane/controllers/pod-readiness.ts'
import { replicaSetController } from '../../control-plane/controllers/replica-set/replica-set.ts'
import type { Scenario, World } from '../simulator/history.ts'
import { Ceiling, Floor, must, mustEqual } from './limits.ts'
import { createsPod, deletesPod, hurtPod, isRunningReady, namespace, podsOf, templateOf } from './pods.ts'

const name = 'replicaset-controller'
const labels = { app: 'a' }

/** A ReplicaSet is scaled, and pods come into its labels and leave them. */
export const replicaSets: Scenario = {
  name,
  kinds: [ReplicaSet, Pod, Node],
  controllers: context => [replicaSetController(context)],
  begin(world) {
    const { api, chance, nodes, illness } = world
    for (const node of ['n1', 'n2']) nodes.addNode(node)
    const replicas = chance.whole(0, 5)
    const metadata = { name: 'set', namespace }
    const spec = { replicas, selector: { matchLabels: labels }, template: templateOf(labels, 'v1') }
    if (chance.happens(0.3)) addOrphan(world)
    const created = api.create(ReplicaSet, { metadata, spec } as never, 'user')
    const set = () => api.get(ReplicaSet, created.metadata)
    const active = () => podsOf(api, set()).filter(pod => isPodActive(pod) && pod.metadata.labels?.['app'] === 'a').length
    const isObserved = () => (set().status.observedGeneration ?? 0) === set().metadata.generation
    const most = new Ceiling(replicas)
    const least = new Floor()
    return {
      act() {
        const what = chance.pick('scale', 'orphan', 'hurt', 'relabel')
        if (what === 'scale') api.update(ReplicaSet, { ...set(), spec: { ...set().spec, replicas: chance.whole(0, 5) } }, { by: 'user' })
        else if (what === 'orphan') addOrphan(world)
        else if (illness && what === 'hurt') hurtPod(world, podsOf(api, set()))
        else if (illness) relabel(world)
      },
      changed(change) {
        const count = active()
        const wanted = set().spec.replicas ?? 1
        if (createsPod(change, name)) must(count <= most.value, () => `${count} pods where ${most.value} are the most`)
        if (!illness && deletesPod(change, name)) must(count >= least.value, () => `${count} pods where ${least.value} are the least`)
        most.wish(wanted, isObserved() && count <= wanted)
        least.wish(wanted, isObserved() && count >= wanted)
      },
      settled() {
        const wanted = set().spec.replicas ?? 1
        const pods = podsOf(api, set())
        mustEqual(pods.filter(isPodActive).filter(isRunningReady).length, wanted, 'ready pods')
        mustEqual(pods.filter(pod => pod.metadata.labels?.['app'] !== 'a').length, 0, 'pods that should have been released')
        const lost = api.all(Pod).filter(pod => isPodActive(pod) && pod.metadata.labels?.['app'] === 'a' && !controllerOf(pod))
        mustEqual(lost.length, 0, 'pods that should have been adopted')
        const { replicas, readyReplicas, availableReplicas, fullyLabeledReplicas, terminatingReplicas } = set().status
        const told = [replicas, readyReplicas, availableReplicas, fullyLabeledReplicas, terminatingReplicas]
        mustEqual(
          told.map(count => count ?? 0),
          [wanted, wanted, wanted, wanted, 0],
          'status',
        )
        must(isObserved(), () => 'the last generation was not observed')
      },
    }
  },
}

function addOrphan({ api, chance }: World): void {
  const { metadata, spec } = templateOf(labels, 'v1')
  api.create(Pod, { metadata: { ...metadata, name: `orphan-${chance.letters(4)}`, namespace }, spec } as never, 'user')
}

/** A pod leaves the labels, or comes back into them. */
function relabel({ api, chance }: World): void {
  const pod = chance.one(api.all(Pod).filter(isPodActive))
  if (!pod) return
  const next = pod.metadata.labels?.['app'] === 'a' ? 'b' : 'a'
  api.update(Pod, { ...pod, metadata: { ...pod.metadata, labels: { app: next } } }, { by: 'user' })
}
