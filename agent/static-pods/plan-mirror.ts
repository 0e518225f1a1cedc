import type { Pod } from '../../api/core/pod.ts'
import { isMirrorPod, staticPodAnnotations as annotations } from '../../api/static-pods.ts'

export type MirrorPlan = 'create' | 'delete' | 'show' | 'nothing'

/**
 * What has to be done so that the API shows what runs: a mirror that is missing is made; one that is being deleted, shows
 * another pod or nothing that runs goes; a pod of the API that has the name by chance is left alone. A pod that ends keeps
 * its mirror until it has ended.
 */
export function planMirror(running: Pod | undefined, found: Pod | undefined): MirrorPlan {
  if (!found) return running && !running.metadata.deletionTimestamp ? 'create' : 'nothing'
  if (!isMirrorPod(found)) return 'nothing'
  const shows = running !== undefined && found.metadata.annotations?.[annotations.mirror] === running.metadata.uid
  return shows && !found.metadata.deletionTimestamp ? 'show' : 'delete'
}

/** The object that shows a static pod, owned by the node that runs it. */
export function mirrorOf({ metadata, spec }: Pod, node: { readonly name: string; readonly uid: string }) {
  const { name, namespace = 'default', labels, uid } = metadata
  return {
    metadata: {
      name,
      namespace,
      ...(labels ? { labels } : {}),
      annotations: { ...metadata.annotations, [annotations.mirror]: uid },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }],
    },
    spec,
  }
}
