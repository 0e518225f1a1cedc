import type Docker from 'dockerode'

export interface VolumeMount {
  readonly volume: string
  readonly target: string
  readonly readOnly?: boolean
  /** The engine makes a volume that has just been removed again, and with these: it is found by them, and cleared away. */
  readonly labels?: Record<string, string>
}

/** A mount of a volume of the engine's; what the image has at that place is not copied into it. */
export const volumeMount = ({ volume, target, readOnly = false, labels = {} }: VolumeMount): Docker.MountSettings => ({
  Type: 'volume',
  Source: volume,
  Target: target,
  ReadOnly: readOnly,
  VolumeOptions: { NoCopy: true, Labels: labels, DriverConfig: { Name: 'local', Options: {} } },
})
