import { ControllerRevision } from '../../api/apps/controller-revision.ts'
import { DaemonSet } from '../../api/apps/daemon-set.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { allowsSurge } from '../../control-plane/controllers/daemon-set/daemon-pods.ts'
import { daemonSetController } from '../../control-plane/controllers/daemon-set/daemon-set.ts'
import { nodeFit, targetNode } from '../../control-plane/controllers/daemon-set/node-fit.ts'
import { isPodActive } from '../../control-plane/controllers/pod-readiness.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import type { Change } from '../simulator/simulated-api.ts'
import { must, mustEqual } from './limits.ts'
import { createsPod, hurtPod, isRunningReady, namespace, podsOf, templateOf } from './pods.ts'

const name = 'daemonset-controller'
const labels = { app: 'a' }
const taint = { key: 'away', effect: 'NoExecute' }

/** A DaemonSet gets new templates while nodes come, go, and stop or begin to fit. */
export const daemonSets: Scenario = {
  name,
  kinds: [DaemonSet, ControllerRevision, Pod, Node],
  controllers: context => [daemonSetController(context)],
  begin: world => new DaemonSetRules(world),
}

class DaemonSetRules implements Rules {
  readonly #world: World
  readonly #created: DaemonSet
  #nodes = 0

  constructor(world: World) {
    const { api, chance } = world
    this.#world = world
    for (let nodes = chance.whole(1, 4); nodes > 0; nodes--) this.#addNode()
    const surge = chance.happens(0.4)
    const rollingUpdate = surge ? { maxSurge: chance.pick(1, 2, '50%'), maxUnavailable: 0 } : { maxUnavailable: chance.pick(1, 2, '50%') }
    const template = templateOf(labels, 'v1')
    const spec = {
      selector: { matchLabels: labels },
      template: chance.happens(0.4) ? { ...template, spec: { ...template.spec, nodeSelector: { zone: 'a' } } } : template,
      updateStrategy: chance.happens(0.1) ? { type: 'OnDelete' } : { type: 'RollingUpdate', rollingUpdate },
      minReadySeconds: chance.pick(0, 0, 2),
      revisionHistoryLimit: chance.pick(0, 1, 10),
    }
    this.#created = api.create(DaemonSet, { metadata: { name: 'd', namespace }, spec } as never, 'user')
  }

  act(): void {
    const { api, chance, illness } = this.#world
    const what = chance.pick('template', 'template', 'add', 'taint', 'label', 'remove', 'hurt')
    const node = chance.one(api.all(Node))
    if (what === 'template') this.#changeImage(chance.pick('v1', 'v2', 'v3'))
    else if (what === 'add') this.#addNode()
    else if (!illness || !node) return
    else if (what === 'hurt') hurtPod(this.#world, this.#pods())
    else if (what === 'taint') api.update(Node, { ...node, spec: node.spec.taints ? {} : { taints: [taint] } } as Node, { by: 'user' })
    else if (what === 'label') {
      const zone = node.metadata.labels?.['zone'] === 'a' ? 'b' : 'a'
      api.update(Node, { ...node, metadata: { ...node.metadata, labels: { zone } } }, { by: 'user' })
    } else this.#removeNode(node)
  }

  changed(change: Change): void {
    // How many are missing is not looked at: old pods that do not look available in the cache go uncounted, as upstream's.
    if (createsPod(change, name)) this.#mustBelong(change.object as Pod)
  }

  settled(): void {
    const set = this.#set
    const { status, metadata, spec } = set
    const active = this.#pods().filter(isPodActive)
    const fitting = this.#fitting().map(node => node.metadata.name)
    mustEqual(active.map(targetNode).sort(), [...fitting].sort(), 'nodes with a pod')
    mustEqual(active.filter(isRunningReady).length, fitting.length, 'ready pods')
    const image = spec.template.spec.containers[0]?.image
    const isUpdated = (pod: Pod) => pod.spec.containers[0]?.image === image
    if (spec.updateStrategy.type === 'RollingUpdate') mustEqual(active.filter(isUpdated).length, active.length, 'updated pods')
    const { desiredNumberScheduled, currentNumberScheduled, numberReady, numberAvailable = 0, numberMisscheduled } = status
    const told = [desiredNumberScheduled, currentNumberScheduled, numberReady, numberAvailable, numberMisscheduled]
    mustEqual(told, [...Array<number>(4).fill(fitting.length), 0], 'status')
    mustEqual(status.observedGeneration, metadata.generation, 'observed generation')
    const live = new Set(this.#pods().map(pod => pod.metadata.labels?.['controller-revision-hash']))
    const revisions = this.#world.api.all(ControllerRevision)
    const newest = Math.max(...revisions.map(({ revision }) => revision))
    const old = revisions.filter(
      ({ revision, metadata }) => revision !== newest && !live.has(metadata.labels?.['controller-revision-hash']),
    )
    must(old.length <= (spec.revisionHistoryLimit ?? 10), () => `${old.length} old revisions`)
  }

  get #set(): DaemonSet {
    return this.#world.api.get(DaemonSet, this.#created.metadata)
  }
  #pods(): Pod[] {
    return podsOf(this.#world.api, this.#created)
  }
  #fitting(): Node[] {
    return this.#world.api.all(Node).filter(node => nodeFit(this.#set, node).shouldRun)
  }
  #changeImage(image: string): void {
    const set = this.#set
    const { template } = set.spec
    const spec = { ...template.spec, containers: template.spec.containers.map(container => ({ ...container, image })) }
    this.#world.api.update(DaemonSet, { ...set, spec: { ...set.spec, template: { ...template, spec } } }, { by: 'user' })
  }
  #addNode(): void {
    const { chance, nodes } = this.#world
    const taints = chance.happens(0.2) ? { taints: [taint] } : {}
    nodes.addNode(`n${this.#nodes++}`, { labels: { zone: chance.pick('a', 'a', 'b') }, ...taints })
  }
  /** With its pods, which the garbage collector of pods sees to. */
  #removeNode(node: Node): void {
    const { api } = this.#world
    api.delete(Node, node.metadata, { by: 'user' })
    for (const pod of api.all(Pod))
      if (pod.spec.nodeName === node.metadata.name) api.delete(Pod, pod.metadata, { by: 'user', options: { gracePeriodSeconds: 0 } })
  }

  /** One pod on a node, two while one takes over from the other, and none where it does not fit. */
  #mustBelong(pod: Pod): void {
    const name = targetNode(pod)
    const there = this.#pods().filter(each => isPodActive(each) && targetNode(each) === name)
    const most = allowsSurge(this.#set) ? 2 : 1
    must(there.length <= most, () => `${there.length} pods on ${name}`)
    if (this.#world.illness) return
    must(
      this.#fitting().some(node => node.metadata.name === name),
      () => `a pod on ${name}, which does not fit`,
    )
  }
}
