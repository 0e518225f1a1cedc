import { claimNamesOf } from '../../../api/core/pod-claims.ts'
import { resolvable, type Plugin } from '../plugin.ts'
import { isOwnClaim } from '../volumes/helps-volumes.ts'

const reason = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'

/** What only one pod may use is used by no second one, on whatever node the first one is. */
export const volumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  filter(pod, cluster) {
    const { namespace } = pod.metadata
    const names = claimNamesOf(pod)
    if (names.length === 0) return undefined
    const { claims, nodes } = cluster
    const exclusive = claims
      .filter(({ metadata, spec }) => names.includes(metadata.name) && metadata.namespace === namespace && isExclusive(spec.accessModes))
      .map(({ metadata }) => metadata.name)
    if (exclusive.length === 0) return undefined
    const isTaken = nodes.some(({ pods }) =>
      [...pods.values()].some(
        other =>
          other.metadata.namespace === namespace &&
          other.metadata.uid !== pod.metadata.uid &&
          claimNamesOf(other).some(name => exclusive.includes(name)),
      ),
    )
    return () => (isTaken ? resolvable(reason) : undefined)
  },
  helps(pod, event) {
    if (event.of !== 'AssignedPod') return isOwnClaim(pod, event)
    const { before, after } = event
    if (!before || after || before.metadata.namespace !== pod.metadata.namespace) return false
    const freed = claimNamesOf(before)
    return claimNamesOf(pod).some(name => freed.includes(name))
  },
}

const isExclusive = (modes: readonly string[] = []): boolean => modes.includes('ReadWriteOncePod')
