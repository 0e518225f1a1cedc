import { NodeSelector } from '../core/affinity.ts'
import { boolean, int64, list, map, message, optional, quantity, required, requiredPointer, string, type Static } from '../schema/schema.ts'
import { DeviceTaint } from './device-selector.ts'

const pointer = { presence: 'pointer' } as const

export const DeviceAttribute = message('io.k8s.api.resource.v1.DeviceAttribute', 'The value of an attribute: exactly one of these.', {
  int: optional(2, int64(pointer), 'A number.'),
  bool: optional(3, boolean(pointer), 'True or false.'),
  string: optional(4, string(pointer), 'A text.'),
  version: optional(5, string(pointer), 'A version, as semver.org says.'),
  ints: optional(6, list(int64()), 'Numbers.'),
  bools: optional(7, list(boolean()), 'Several times true or false.'),
  strings: optional(8, list(string()), 'Texts.'),
  versions: optional(9, list(string()), 'Versions.'),
})
export type DeviceAttribute = Static<typeof DeviceAttribute>

export const CapacityRequestPolicyRange = message(
  'io.k8s.api.resource.v1.CapacityRequestPolicyRange',
  'How much of a capacity may be asked for: from, to, in steps of.',
  {
    min: requiredPointer(1, quantity(), 'The least.'),
    max: optional(2, quantity(), 'The most.'),
    step: optional(3, quantity(), 'What amounts above the least are rounded up to.'),
  },
)
export type CapacityRequestPolicyRange = Static<typeof CapacityRequestPolicyRange>

export const CapacityRequestPolicy = message('io.k8s.api.resource.v1.CapacityRequestPolicy', 'How much of a capacity may be asked for.', {
  default: optional(1, quantity(), 'How much those get who do not say.'),
  validValues: optional(3, list(quantity()), 'The amounts that there are, in ascending order.'),
  validRange: optional(4, CapacityRequestPolicyRange, 'Between which amounts.'),
})
export type CapacityRequestPolicy = Static<typeof CapacityRequestPolicy>

export const DeviceCapacity = message('io.k8s.api.resource.v1.DeviceCapacity', 'How much a device has of something.', {
  value: required(1, quantity(), 'How much.'),
  requestPolicy: optional(2, CapacityRequestPolicy, 'How much may be asked for, where several may share the device.'),
})
export type DeviceCapacity = Static<typeof DeviceCapacity>

export const Counter = message('io.k8s.api.resource.v1.Counter', 'An amount of something.', { value: required(1, quantity(), 'How much.') })
export type Counter = Static<typeof Counter>

export const CounterSet = message(
  'io.k8s.api.resource.v1.CounterSet',
  'What several devices have in common, and how much there is of it.',
  {
    name: required(1, string(), 'Name of the set, by which devices refer to it.'),
    counters: required(2, map(Counter), 'How much there is.'),
  },
)
export type CounterSet = Static<typeof CounterSet>

export const DeviceCounterConsumption = message(
  'io.k8s.api.resource.v1.DeviceCounterConsumption',
  'How much a device takes of what it has in common with others.',
  {
    counterSet: required(1, string(), 'The set that it takes from.'),
    counters: required(2, map(Counter), 'How much it takes.'),
  },
)
export type DeviceCounterConsumption = Static<typeof DeviceCounterConsumption>

export const NodeAllocatableResourceMapping = message(
  'io.k8s.api.resource.v1.NodeAllocatableResourceMapping',
  'How much of a resource of the node goes with a device.',
  {
    capacityKey: optional(1, string(pointer), 'The capacity of the device that it is counted by.'),
    allocationMultiplier: optional(2, quantity(), 'By how much that is multiplied.'),
  },
)
export type NodeAllocatableResourceMapping = Static<typeof NodeAllocatableResourceMapping>

export const Device = message('io.k8s.api.resource.v1.Device', 'A device, and what is known of it.', {
  name: required(1, string(), 'Name, unique within its pool.'),
  attributes: optional(2, map(DeviceAttribute), 'What it is like.'),
  capacity: optional(3, map(DeviceCapacity), 'How much it has.'),
  consumesCounters: optional(4, list(DeviceCounterConsumption), 'What it takes of what it has in common with others.'),
  nodeName: optional(5, string(pointer), 'The node that it is on.'),
  nodeSelector: optional(6, NodeSelector, 'The nodes that can reach it.'),
  allNodes: optional(7, boolean(pointer), 'True when all nodes can reach it.'),
  taints: optional(8, list(DeviceTaint), 'What keeps claims away from it.'),
  bindsToNode: optional(9, boolean(pointer), 'Whether who uses it has to stay on the node where it was given.'),
  bindingConditions: optional(10, list(string()), 'Conditions that must be true before a pod is bound.'),
  bindingFailureConditions: optional(11, list(string()), 'Conditions any of which says that no pod can be bound.'),
  allowMultipleAllocations: optional(12, boolean(pointer), 'Whether several may share it.'),
  nodeAllocatableResourceMappings: optional(13, map(NodeAllocatableResourceMapping), 'What of the node goes with it.'),
})
export type Device = Static<typeof Device>
