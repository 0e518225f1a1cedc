import type { Plugin } from '../plugin.ts'

/** There are no PersistentVolumeClaims in this API: a pod that names one waits for it, as for any claim that does not exist. */
export const volumeBinding: Plugin = {
  name: 'VolumeBinding',
  preFilter({ spec }) {
    const claim = (spec.volumes ?? []).find(({ persistentVolumeClaim }) => persistentVolumeClaim)?.persistentVolumeClaim?.claimName
    return claim === undefined ? undefined : `persistentvolumeclaim "${claim}" not found. not found`
  },
}
