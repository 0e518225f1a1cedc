import { Namespace } from '../../api/core/namespace.ts'
import { Node } from '../../api/core/node.ts'
import { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { PersistentVolume } from '../../api/core/persistent-volume.ts'
import { Pod } from '../../api/core/pod.ts'
import { Service } from '../../api/core/service.ts'
import { PodDisruptionBudget } from '../../api/policy/pod-disruption-budget.ts'
import { CSINode } from '../../api/storage/csi-node.ts'
import { StorageClass } from '../../api/storage/storage-class.ts'
import type { Informer, Listener } from '../../client/informer.ts'
import type { Informers } from '../../client/informers.ts'
import { assigned, couldHelp, type ClusterEvent } from './cluster-event.ts'
import type { Cluster } from './plugin.ts'
import { Snapshot } from './snapshot.ts'
import type { VolumeBinder } from './volumes/volume-binder.ts'

export interface ClusterWatchOptions {
  readonly informers: Informers
  /** Claims and volumes as they will be when what was decided is written. */
  readonly volumes: VolumeBinder
  /** Something happened that a rule could care about. */
  readonly happened: (event: ClusterEvent) => void
  /** A pod is new or changed, after everything else knows about it. */
  readonly observed: (pod: Pod, previous?: Pod) => void
  readonly gone: (pod: Pod) => void
}

/** Everything that the rules look at, as the API shows it and as it has been decided since; tells what happens to it. */
export class ClusterWatch {
  readonly snapshot = new Snapshot()
  /** What has to be there before anything can be decided. */
  readonly sources: readonly Informer<never>[]
  readonly #options: ClusterWatchOptions

  constructor(options: ClusterWatchOptions) {
    this.#options = options
    const { informers } = options
    this.sources = [
      this.#watchNodes(),
      this.#watchPods(),
      informers.for(Namespace),
      informers.for(Service),
      ...this.#watchStorage(),
      informers.for(PodDisruptionBudget),
    ].map(informer => informer as unknown as Informer<never>)
  }

  pod(key: string): Pod | undefined {
    return this.#options.informers.for(Pod).cache.get(key)
  }

  /** The cluster as it is now. Lists that no rule asks for are not made. */
  now(): Cluster {
    const { informers, volumes } = this.#options
    const { snapshot } = this
    const claims = once(() => volumes.claims())
    return {
      nodes: snapshot.nodes,
      affine: snapshot.affine,
      images: snapshot.images,
      get namespaces() {
        return informers.for(Namespace).cache.list()
      },
      get services() {
        return informers.for(Service).cache.list()
      },
      get claims() {
        return claims()
      },
      storage: volumes.storage(),
    }
  }

  budgets(): readonly PodDisruptionBudget[] {
    return this.#options.informers.for(PodDisruptionBudget).cache.list()
  }

  #watchNodes() {
    const informer = this.#options.informers.for(Node)
    informer.addListener({
      added: after => {
        this.snapshot.setNode(after)
        this.#happened({ of: 'Node', after })
      },
      updated: (after, before) => {
        this.snapshot.setNode(after)
        this.#happened({ of: 'Node', before, after })
      },
      deleted: before => {
        this.snapshot.removeNode(before.metadata.name)
        this.#happened({ of: 'Node', before })
      },
    })
    return informer
  }

  #watchStorage() {
    const { informers } = this.#options
    const listener = <O>(eventOf: (change: { readonly before?: O; readonly after?: O }) => ClusterEvent): Listener<O> => ({
      added: after => this.#happened(eventOf({ after })),
      updated: (after, before) => this.#happened(eventOf({ before, after })),
      deleted: before => this.#happened(eventOf({ before })),
    })
    const claims = informers.for(PersistentVolumeClaim)
    claims.addListener(listener(change => ({ of: 'PersistentVolumeClaim', ...change })))
    const volumes = informers.for(PersistentVolume)
    volumes.addListener(listener(change => ({ of: 'PersistentVolume', ...change })))
    const classes = informers.for(StorageClass)
    classes.addListener(listener(change => ({ of: 'StorageClass', ...change })))
    const nodes = informers.for(CSINode)
    nodes.addListener(listener(change => ({ of: 'CSINode', ...change })))
    return [claims, volumes, classes, nodes] as const
  }

  #watchPods() {
    const informer = this.#options.informers.for(Pod)
    informer.addListener({
      added: pod => this.#observe(pod),
      updated: (pod, previous) => this.#observe(pod, previous),
      deleted: pod => {
        this.snapshot.removePod(pod.metadata.uid)
        this.#options.gone(pod)
        // One that was promised a place kept it from others, too.
        this.#happened({ of: 'AssignedPod', before: pod.status.nominatedNodeName ? pod : assigned(pod) })
      },
    })
    return informer
  }

  #observe(pod: Pod, previous?: Pod): void {
    this.snapshot.setPod(pod)
    this.#options.observed(pod, previous)
    this.#happened({ of: 'AssignedPod', before: assigned(previous), after: assigned(pod) })
  }

  #happened(event: ClusterEvent): void {
    if (couldHelp(event)) this.#options.happened(event)
  }
}

/** Made when somebody asks for it, and then kept. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
