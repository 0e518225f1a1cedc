import type { Node, NodeStatus } from './node.ts'

/** podCIDR and podCIDRs say the same thing; where they differ the older, singular one counts. A node offers all it has unless told otherwise. */
export function applyNodeDefaults(node: Node): Node {
  const { podCIDR, podCIDRs = [] } = node.spec
  const ranges = podCIDR && podCIDR !== podCIDRs[0] ? [podCIDR] : podCIDRs
  const { capacity, allocatable } = node.status ?? {}
  const first = ranges[0]
  return {
    ...node,
    ...(first ? { spec: { ...node.spec, podCIDR: first, podCIDRs: ranges } } : {}),
    ...(capacity && !allocatable ? { status: { ...node.status, allocatable: { ...capacity } } } : {}),
  }
}

/** Kubelets no longer take their configuration from the API; upstream drops the field without a word. */
export function withoutConfigSource(node: Node): Node {
  if (!node.spec.configSource) return node
  const { configSource: _, ...spec } = node.spec
  return { ...node, spec }
}

/** What is known of a node before its kubelet has reported: nothing, in the shape that readers may rely on. */
const unreported: NodeStatus = {
  daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: '',
    containerRuntimeVersion: '',
    kubeletVersion: '',
    kubeProxyVersion: '',
    operatingSystem: '',
    architecture: '',
  },
}

export const prepareNodeForCreate = (node: Node): Node => ({ ...withoutConfigSource(node), status: { ...unreported, ...node.status } })
