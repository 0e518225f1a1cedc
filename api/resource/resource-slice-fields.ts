import type { Device, DeviceAttribute } from './device.ts'
import type { ResourceSlice } from './resource-slice.ts'

const withDevices = (slice: ResourceSlice, change: (device: Device) => Device): ResourceSlice =>
  slice.spec.devices ? { ...slice, spec: { ...slice.spec, devices: slice.spec.devices.map(change) } } : slice

/** What of the node goes with a device goes once (upstream's SetDefaults_Device). */
export const withDeviceDefaults = (slice: ResourceSlice): ResourceSlice =>
  withDevices(slice, device => {
    const { nodeAllocatableResourceMappings: mappings } = device
    if (!mappings) return device
    const filled = Object.entries(mappings).map(([name, mapping]) => [name, { allocationMultiplier: '1', ...mapping }] as const)
    return { ...device, nodeAllocatableResourceMappings: Object.fromEntries(filled) }
  })

function withoutLists({ ints: _i, bools: _b, strings: _s, versions: _v, ...single }: DeviceAttribute): DeviceAttribute {
  return single
}

const hasList = ({ ints, bools, strings, versions }: DeviceAttribute): boolean =>
  [ints, bools, strings, versions].some(values => values !== undefined)

/** Whether any attribute of any device has several values. */
export const haveListAttributes = (devices: readonly Device[]): boolean =>
  devices.some(({ attributes = {} }) => Object.values(attributes).some(hasList))

/**
 * Without the fields of features that upstream has switched off by default, DRAListTypeAttributes and
 * DRANodeAllocatableResources: new objects lose them, as they do there.
 */
export function withoutDisabledFields(slice: ResourceSlice, current?: ResourceSlice): ResourceSlice {
  const before = current?.spec.devices ?? []
  const keepsLists = haveListAttributes(before)
  const keepsMappings = before.some(device => device.nodeAllocatableResourceMappings !== undefined)
  return withDevices(slice, device => {
    const { nodeAllocatableResourceMappings: mappings, attributes, ...rest } = device
    const single = keepsLists
      ? attributes
      : attributes && Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, withoutLists(v)]))
    return {
      ...rest,
      ...(single ? { attributes: single } : {}),
      ...(keepsMappings && mappings ? { nodeAllocatableResourceMappings: mappings } : {}),
    }
  })
}
