import type { PersistentVolume } from './persistent-volume.ts'

/** A volume that says nothing of its phase is still being looked at. */
export const withVolumeDefaults = (volume: PersistentVolume): PersistentVolume => ({
  ...volume,
  status: { ...volume.status, phase: volume.status?.phase || 'Pending' },
})
