import { ReplicaSet } from '../../api/apps/replica-set.ts'
import { findCondition } from '../../api/conditions.ts'
import { Lease } from '../../api/coordination/lease.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { nodeLifecycleController } from '../../control-plane/controllers/node-lifecycle/node-lifecycle.ts'
import { gracePeriod } from '../../control-plane/controllers/node-lifecycle/plan-node.ts'
import { taintEvictionController } from '../../control-plane/controllers/node-lifecycle/taint-eviction.ts'
import { podGarbageCollector } from '../../control-plane/controllers/pod-garbage.ts'
import { isPodActive } from '../../control-plane/controllers/pod-readiness.ts'
import { replicaSetController } from '../../control-plane/controllers/replica-set/replica-set.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import type { Change } from '../simulator/simulated-api.ts'
import { must, mustEqual } from './limits.ts'
import { deletesPod, isRunningReady, namespace, templateOf } from './pods.ts'

const name = 'node-controller'
const labels = { app: 'a' }
const minute = 60_000
const taintKey = 'node.kubernetes.io/unreachable'
/** What a sign of life, or a decision that was right when it was made, may take on its way. */
const onItsWay = 45_000

/** Nodes fall silent, come back and are taken away; their pods leave them when they have waited long enough, and no sooner. */
export const nodeLife: Scenario = {
  name,
  kinds: [Node, Lease, ReplicaSet, Pod],
  controllers: context => [
    nodeLifecycleController(context),
    taintEvictionController(context),
    podGarbageCollector(context),
    replicaSetController(context),
  ],
  longestStorm: 4 * minute,
  calm: 6 * minute,
  begin: world => new NodeRules(world),
}

interface Silence {
  readonly from: number
  until: number
}

class NodeRules implements Rules {
  readonly #world: World
  readonly #set: ReplicaSet
  /** For how many seconds pods stay on an unreachable node. */
  readonly #patience: number
  /** The last silence of each node that ever was silent, or taken away. */
  readonly #silences = new Map<string, Silence>()
  #nodes = 0

  constructor(world: World) {
    const { api, chance } = world
    this.#world = world
    for (let nodes = chance.whole(2, 3); nodes > 0; nodes--) this.#addNode()
    this.#patience = chance.pick(0, 10, 40)
    const toleration = { key: taintKey, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: this.#patience }
    const template = templateOf(labels, 'v1')
    const spec = {
      replicas: chance.whole(1, 4),
      selector: { matchLabels: labels },
      template: { ...template, spec: { ...template.spec, tolerations: [toleration] } },
    }
    this.#set = api.create(ReplicaSet, { metadata: { name: 'set', namespace }, spec } as never, 'user')
  }

  act(): void {
    const { api, chance } = this.#world
    const what = chance.pick('silence', 'silence', 'silence', 'back', 'remove', 'add')
    const node = chance.one(api.all(Node))
    if (what === 'add' || !node) this.#addNode()
    else if (what === 'remove') this.#removeNode(node.metadata.name)
    else if (what === 'back') this.#comeBack(node.metadata.name)
    else this.#silence(node.metadata.name)
  }

  /** One node lives at least; the others may stay away. */
  calm(): void {
    const { api, chance } = this.#world
    if (api.all(Node).length === 0) this.#addNode()
    const [first, ...others] = api.all(Node).map(({ metadata }) => metadata.name)
    for (const each of [first, ...others.filter(() => chance.happens(0.5))]) if (each) this.#comeBack(each)
  }

  changed(change: Change): void {
    const { object, type } = change
    const isGone = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined
    if (!isGone || !deletesPod(change, name)) return
    const pod = change.previous as Pod
    const { nodeName } = pod.spec
    // Pods that have failed are the ReplicaSet's to replace, and nobody's to protect.
    if (nodeName === undefined || !isPodActive(pod)) return
    this.#mayLeave(pod.metadata.name, nodeName)
  }

  settled(): void {
    const { api } = this.#world
    const nodes = api.all(Node)
    for (const node of nodes) this.#mustBeMarked(node)
    const pods = api.all(Pod)
    const living = new Set(nodes.map(({ metadata }) => metadata.name).filter(each => !this.#isSilent(each)))
    const active = pods.filter(isPodActive)
    mustEqual(active.filter(isRunningReady).length, this.#set.spec.replicas ?? 1, 'ready pods')
    for (const { metadata, spec } of active)
      must(living.has(spec.nodeName ?? ''), () => `${metadata.name} counts, and is on ${spec.nodeName}`)
    // What is deleted on a node that does not answer is there until it does.
    for (const { metadata, spec } of pods.filter(pod => !isPodActive(pod)))
      must(this.#isSilent(spec.nodeName ?? ''), () => `${metadata.name} is left on ${spec.nodeName}`)
    const names = new Set(nodes.map(({ metadata }) => metadata.name))
    for (const { metadata, spec } of pods)
      must(names.has(spec.nodeName ?? ''), () => `${metadata.name} is on ${spec.nodeName}, which is gone`)
  }

  #addNode(): void {
    this.#world.nodes.addNode(`n${this.#nodes++}`, { reports: true })
  }
  #removeNode(node: string): void {
    this.#silence(node)
    this.#world.api.delete(Node, { name: node }, { by: 'user' })
  }
  #silence(node: string): void {
    if (this.#isSilent(node)) return
    this.#world.nodes.silence(node)
    this.#silences.set(node, { from: this.#world.time.milliseconds, until: Infinity })
  }
  #comeBack(node: string): void {
    const silence = this.#silences.get(node)
    if (silence && silence.until === Infinity) silence.until = this.#world.time.milliseconds
    this.#world.nodes.comeBack(node)
  }
  #isSilent(node: string): boolean {
    return this.#silences.get(node)?.until === Infinity
  }

  /** A pod is taken from a node that has been silent long enough, and then as long as the pod may wait. */
  #mayLeave(pod: string, node: string): void {
    const silence = this.#silences.get(node)
    must(silence !== undefined, () => `${pod} leaves ${node}, which was never silent`)
    const now = this.#world.time.milliseconds
    const gone = this.#world.api.find(Node, { name: node }) === undefined
    // Times of taints are whole seconds, and the last sign of life was up to ten seconds before the silence.
    const waited = now - silence.from + 11_000
    const least = gone ? gracePeriod : gracePeriod + this.#patience * 1000
    must(waited >= least, () => `${pod} leaves ${node} after ${now - silence.from} ms of silence`)
    must(now - silence.until < onItsWay, () => `${pod} leaves ${node}, which is back since ${now - silence.until} ms`)
  }

  #mustBeMarked(node: Node): void {
    const silent = this.#isSilent(node.metadata.name)
    const { status } = findCondition(node.status.conditions, 'Ready') ?? {}
    mustEqual(status, silent ? 'Unknown' : 'True', `Ready of ${node.metadata.name}`)
    const taints = (node.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort()
    mustEqual(taints, silent ? [`${taintKey}:NoExecute`, `${taintKey}:NoSchedule`] : [], `taints of ${node.metadata.name}`)
  }
}
