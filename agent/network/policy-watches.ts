import { Namespace } from '../../api/core/namespace.ts'
import { Pod } from '../../api/core/pod.ts'
import type { Client } from '../../client/client.ts'
import { Informer } from '../../client/informer.ts'
import type { Logger } from '../../common/log.ts'
import { isEqual } from '../../common/equal.ts'

export interface PolicyWatchesOptions {
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly log: Logger
  readonly changed: () => void
  readonly gone: (pod: Pod) => void
  readonly signal: AbortSignal
}

/** Every pod and namespace of the cluster, watched only while there are policies that may speak of them. */
export class PolicyWatches {
  readonly pods: Informer<Pod>
  readonly namespaces: Informer<Namespace>
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>

  constructor({ client, log, changed, gone, signal }: PolicyWatchesOptions) {
    this.pods = new Informer({ client, log, kind: Pod, transform: essential })
    this.namespaces = new Informer({ client, log, kind: Namespace })
    this.pods.addListener({
      added: changed,
      deleted: pod => {
        gone(pod)
        changed()
      },
      // Most of what happens to a pod changes nothing here.
      updated: (pod, previous) => {
        if (!isEqual(newsOf(pod), newsOf(previous))) changed()
      },
    })
    this.namespaces.addListener({
      added: changed,
      deleted: changed,
      updated: ({ metadata }, previous) => {
        if (!isEqual(metadata.labels, previous.metadata.labels)) changed()
      },
    })
    const together = AbortSignal.any([signal, this.#stop.signal])
    this.#running = Promise.all([this.pods.run(together), this.namespaces.run(together)])
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }
}

const newsOf = ({ metadata: { labels }, spec, status }: Pod) => ({ labels, spec, status })

/** The pods of a whole cluster are many: of each, only what policies ask about is kept. */
function essential({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const { name, namespace, uid, resourceVersion, creationTimestamp, labels } = metadata
  const { nodeName, hostNetwork, containers, initContainers = [] } = spec
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp, labels },
    spec: {
      nodeName,
      hostNetwork,
      containers: containers.map(({ name, ports }) => ({ name, ports })),
      initContainers: initContainers.map(({ name, ports, restartPolicy }) => ({ name, ports, restartPolicy })),
    },
    status: { podIP: status.podIP, phase: status.phase },
  } as Pod
}
