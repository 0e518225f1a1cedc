import type { ObservedPod } from '../runtime/runtime.ts'

/** /runningpods: what the runtime runs, as far as it knows of it, whether it is wanted or not. */
export function runningPods(observed: readonly ObservedPod[]): unknown {
  const items = observed
    .map(pod => ({ ...pod, running: pod.containers.filter(({ state }) => state === 'running') }))
    .filter(({ running, sandboxes }) => running.length > 0 || sandboxes.some(({ state }) => state === 'ready'))
    .map(({ identity: { name, namespace, uid }, running }) => ({
      metadata: { name, namespace, uid, creationTimestamp: null },
      spec: { containers: running.map(({ name, image }) => ({ name, image, resources: {} })) },
      status: {},
    }))
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items }
}
