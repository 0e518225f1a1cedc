import type { ResourceClaim } from './resource-claim.ts'

interface DeviceName {
  readonly driver: string
  readonly pool: string
  readonly device: string
  readonly shareID?: string
}

/** How upstream names a device: driver, pool and name. */
export const deviceId = ({ driver, pool, device }: DeviceName): string => `${driver}/${pool}/${device}`

/** The same with the share of it that is meant. */
export const sharedDeviceId = (name: DeviceName): string => (name.shareID ? `${deviceId(name)}/${name.shareID}` : deviceId(name))

const resultsOf = ({ status }: ResourceClaim) => status.allocation?.devices.results ?? []

/** Devices that were given before and no longer are have no status either (upstream's dropDeallocatedStatusDevices). */
export function withoutDeallocated(next: ResourceClaim, current: ResourceClaim): ResourceClaim {
  const kept = new Set(resultsOf(next).map(deviceId))
  const gone = new Set(resultsOf(current).map(deviceId))
  const devices = next.status.devices?.filter(device => kept.has(deviceId(device)) || !gone.has(deviceId(device)))
  if (devices?.length === next.status.devices?.length) return next
  const { devices: _, ...status } = next.status
  return { ...next, status: devices?.length ? { ...status, devices } : status }
}
