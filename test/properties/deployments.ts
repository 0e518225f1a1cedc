import { Deployment } from '../../api/apps/deployment.ts'
import { ReplicaSet } from '../../api/apps/replica-set.ts'
import { findCondition } from '../../api/conditions.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { controllerOf } from '../../api/owners.ts'
import { deploymentController } from '../../control-plane/controllers/deployment/deployment.ts'
import { rollingLimits } from '../../control-plane/controllers/deployment/limits.ts'
import { availableIn, isPodActive } from '../../control-plane/controllers/pod-readiness.ts'
import { replicaSetController } from '../../control-plane/controllers/replica-set/replica-set.ts'
import type { Rules, Scenario, World } from '../simulator/history.ts'
import type { Change } from '../simulator/simulated-api.ts'
import { Ceiling, Floor, must, mustEqual } from './limits.ts'
import { createsPod, deletesPod, hurtPod, namespace, templateOf } from './pods.ts'

const name = 'deployment-controller'
const labels = { app: 'a' }
const revision = 'deployment.kubernetes.io/revision'

/** A Deployment gets new templates and old ones again, is scaled and paused, in the middle of its rollouts. */
export const deployments: Scenario = {
  name,
  kinds: [Deployment, ReplicaSet, Pod, Node],
  controllers: context => [deploymentController(context), replicaSetController(context)],
  begin: world => new DeploymentRules(world),
}

class DeploymentRules implements Rules {
  readonly #world: World
  readonly #created: Deployment
  readonly #most: Ceiling
  readonly #least = new Floor()

  constructor(world: World) {
    const { api, chance, nodes } = world
    this.#world = world
    for (const node of ['n1', 'n2']) nodes.addNode(node)
    const maxSurge = chance.pick(0, 1, 2, '25%', '50%')
    const rollingUpdate = { maxSurge, maxUnavailable: maxSurge === 0 ? chance.pick(1, 2, '50%') : chance.pick(0, 1, 2, '25%') }
    const spec = {
      replicas: chance.whole(1, 6),
      selector: { matchLabels: labels },
      template: templateOf(labels, 'v1'),
      strategy: chance.happens(0.2) ? { type: 'Recreate' } : { type: 'RollingUpdate', rollingUpdate },
      minReadySeconds: chance.pick(0, 0, 2),
      revisionHistoryLimit: chance.pick(0, 1, 10),
      progressDeadlineSeconds: 600,
    }
    this.#created = api.create(Deployment, { metadata: { name: 'd', namespace }, spec } as never, 'user')
    this.#most = new Ceiling(this.#wantedMost())
  }

  act(): void {
    const { chance, illness } = this.#world
    const what = chance.pick('template', 'template', 'scale', 'pause', 'hurt')
    if (what === 'template') this.#change({ template: templateOf(labels, chance.pick('v1', 'v2', 'v3', 'v4')) as never })
    else if (what === 'scale') this.#change({ replicas: chance.whole(0, 6) })
    else if (what === 'pause') this.#change({ paused: !this.#deployment.spec.paused })
    else if (illness) hurtPod(this.#world, this.#pods())
  }

  changed(change: Change): void {
    const total = this.#pods().filter(isPodActive).length
    const available = this.#available()
    if (createsPod(change, name)) {
      must(total <= this.#most.value, () => `${total} pods where ${this.#most.value} are the most`)
      if (this.#isRecreated()) this.#mustBeAlone(change.object as Pod)
    }
    if (!this.#world.illness && deletesPod(change, name))
      must(available >= this.#least.value, () => `${available} available pods where ${this.#least.value} are the least`)
    const known = this.#isObserved()
    const most = this.#wantedMost()
    const planned = this.#sets().reduce((sum, set) => sum + (set.spec.replicas ?? 1), 0)
    this.#most.wish(most, known && total <= most && planned <= most)
    const least = this.#wantedLeast()
    this.#least.wish(least, known && available >= least)
  }

  calm(): void {
    this.#change({ paused: false })
  }

  settled(): void {
    const { spec, status, metadata } = this.#deployment
    const replicas = spec.replicas ?? 1
    const sets = this.#sets()
    const image = (each: { spec: { template?: Deployment['spec']['template'] } }) => each.spec.template?.spec.containers[0]?.image
    const current = sets.filter(set => image(set) === image(this.#deployment))
    const old = sets.filter(set => !current.includes(set))
    mustEqual(
      current.map(set => set.spec.replicas),
      [replicas],
      'the size of the set of the last template',
    )
    mustEqual(
      old.map(set => set.spec.replicas),
      old.map(() => 0),
      'sizes of old sets',
    )
    must(old.length <= (spec.revisionHistoryLimit ?? 10), () => `${old.length} old sets`)
    const active = this.#pods().filter(isPodActive)
    mustEqual(
      active.map(pod => pod.spec.containers[0]?.image),
      active.map(() => image(this.#deployment)),
      'images of pods',
    )
    mustEqual([active.length, this.#available()], [replicas, replicas], 'pods, and available ones')
    const { updatedReplicas = 0, availableReplicas = 0, unavailableReplicas = 0, terminatingReplicas = 0 } = status
    const told = [status.replicas ?? 0, updatedReplicas, availableReplicas, unavailableReplicas, terminatingReplicas]
    mustEqual(told, [replicas, replicas, replicas, 0, 0], 'status')
    mustEqual(status.observedGeneration, metadata.generation, 'observed generation')
    mustEqual(findCondition(status.conditions, 'Available')?.status, 'True', 'condition Available')
    mustEqual(findCondition(status.conditions, 'Progressing')?.reason, 'NewReplicaSetAvailable', 'condition Progressing')
    const revisions = sets.map(set => Number(set.metadata.annotations?.[revision]))
    mustEqual(new Set(revisions).size, sets.length, 'different revisions')
    mustEqual(Number(current[0]?.metadata.annotations?.[revision]), Math.max(...revisions), 'the newest revision')
    mustEqual(metadata.annotations?.[revision], current[0]?.metadata.annotations?.[revision], 'the revision of the Deployment')
  }

  get #deployment(): Deployment {
    return this.#world.api.get(Deployment, this.#created.metadata)
  }
  #change(spec: Partial<Deployment['spec']>): void {
    const deployment = this.#deployment
    this.#world.api.update(Deployment, { ...deployment, spec: { ...deployment.spec, ...spec } }, { by: 'user' })
  }
  #sets(): ReplicaSet[] {
    return this.#world.api.all(ReplicaSet).filter(set => controllerOf(set)?.uid === this.#created.metadata.uid)
  }
  #pods(): Pod[] {
    return this.#world.api.all(Pod)
  }
  #available(): number {
    const { minReadySeconds = 0 } = this.#deployment.spec
    const now = this.#world.time.now()
    return this.#pods().filter(pod => isPodActive(pod) && availableIn(pod, minReadySeconds, now) === 0).length
  }
  #isRecreated(): boolean {
    return this.#deployment.spec.strategy?.type === 'Recreate'
  }
  #wantedMost(): number {
    return (this.#deployment.spec.replicas ?? 1) + rollingLimits(this.#deployment).maxSurge
  }
  #wantedLeast(): number {
    if (this.#isRecreated()) return 0
    return Math.max(0, (this.#deployment.spec.replicas ?? 1) - rollingLimits(this.#deployment).maxUnavailable)
  }
  /** Whether both controllers have heard of everything that is wanted. */
  #isObserved(): boolean {
    return [this.#deployment, ...this.#sets()].every(
      ({ metadata, status }) => (status.observedGeneration ?? 0) >= (metadata.generation ?? 0),
    )
  }
  /** Recreate: never two templates at the same time. */
  #mustBeAlone(pod: Pod): void {
    const others = this.#pods().filter(
      each => controllerOf(each)?.uid !== controllerOf(pod)?.uid && each.status.phase !== 'Failed' && each.status.phase !== 'Succeeded',
    )
    must(others.length === 0, () => `${pod.metadata.name} beside ${others.map(({ metadata }) => metadata.name).join(', ')}`)
  }
}
