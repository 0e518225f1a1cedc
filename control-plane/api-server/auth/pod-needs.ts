import { findKind } from '../../../api/kinds.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { podReferences, type PodReference } from '../../../api/core/pod-references.ts'
import type { Lookup } from '../interfaces.ts'

interface Reference {
  readonly resource: PodReference['resource'] | 'persistentvolumes'
  readonly name: string
}

/** Everything a kubelet must read to run the pod. */
export function neededBy(pod: Pod, lookup: Lookup): Reference[] {
  const direct = podReferences(pod)
  const claims = direct.filter(({ resource }) => resource === 'persistentvolumeclaims')
  return [...direct, ...claims.flatMap(({ name }) => boundVolume(pod.metadata.namespace ?? '', name, lookup))]
}

function boundVolume(namespace: string, name: string, lookup: Lookup): Reference[] {
  const kind = findKind('', 'v1', 'persistentvolumeclaims')
  const claim = kind && lookup.get(kind, { namespace, name })
  const spec = claim && 'spec' in claim ? (claim.spec as { volumeName?: string }) : undefined
  return spec?.volumeName ? [{ resource: 'persistentvolumes', name: spec.volumeName }] : []
}
