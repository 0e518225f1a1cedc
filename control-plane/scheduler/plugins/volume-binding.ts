import type { Plugin } from '../plugin.ts'

/** A pod waits for its claims: that they exist, are not on their way out, and are bound. */
export const volumeBinding: Plugin = {
  name: 'VolumeBinding',
  preFilter({ metadata, spec }, cluster) {
    const names = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
    for (const name of names) {
      const claim = cluster.claims.find(each => each.metadata.name === name && each.metadata.namespace === metadata.namespace)
      if (!claim) return `persistentvolumeclaim "${name}" not found. not found`
      if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted. not found`
      if (claim.status.phase === 'Lost')
        return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}". not found`
      if (!claim.spec.volumeName) return 'pod has unbound immediate PersistentVolumeClaims. not found'
    }
    return undefined
  },
  helps: ({ metadata, spec }, { of, after }) =>
    of === 'PersistentVolumeClaim' &&
    after?.metadata.namespace === metadata.namespace &&
    (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === after?.metadata.name),
}
