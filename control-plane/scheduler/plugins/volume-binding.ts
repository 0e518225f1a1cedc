import { unresolvable, type Plugin } from '../plugin.ts'
import { helpsVolumes } from '../volumes/helps-volumes.ts'
import { placeVolumes } from '../volumes/place-volumes.ts'
import { missingClaim, podClaims } from '../volumes/pod-claims.ts'

/**
 * A pod waits for its claims: that they exist, are not on their way out, and are bound where that does not wait for the pod; and it
 * goes where its volumes can be reached, or can be made.
 */
export const volumeBinding: Plugin = {
  name: 'VolumeBinding',
  preFilter(pod, cluster) {
    const missing = missingClaim(pod, cluster)
    if (missing) return `${missing}. not found`
    return podClaims(pod, cluster).immediate.length > 0 ? 'pod has unbound immediate PersistentVolumeClaims. not found' : undefined
  },
  filter(pod, cluster) {
    const claims = podClaims(pod, cluster)
    const { storage } = cluster
    if (!storage || claims.bound.length + claims.delayed.length === 0) return undefined
    return ({ node }) => {
      const placed = placeVolumes(claims, node, storage)
      return 'bindings' in placed ? undefined : unresolvable(...placed)
    }
  },
  helps: helpsVolumes,
}
