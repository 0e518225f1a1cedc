import type Docker from 'dockerode'
import { formatAddress, parseCidr } from '../../../common/cidr.ts'

export interface PodNetworkConfig {
  readonly cluster: string
  readonly nodeName: string
  /** The node's own container, which becomes the pods' router. */
  readonly nodeContainer: string
  readonly podCidr: string
}

export interface PodNetwork {
  readonly name: string
  /** The node's address on the pod side: the pods' default route. */
  readonly gateway: string
  /** Where the node itself sends what leaves the cluster: the gateway of its other network. */
  readonly nodeGateway: string | undefined
}

/**
 * Makes the Docker network of this node's pods and joins the node to it; does nothing when both are done. The network's own
 * gateway is the last address, not the node, so that Docker never claims the node's; containers get the node as default route
 * through the auxiliary address. Docker does not masquerade: the node does, and only what leaves the cluster.
 */
export async function ensurePodNetwork(docker: Docker, config: PodNetworkConfig): Promise<PodNetwork> {
  const name = podNetworkName(config)
  const { first, last } = parseCidr(config.podCidr)
  const gateway = formatAddress(first + 1)
  const existing = await inspect(docker, name)
  const current = existing?.IPAM?.Config?.[0]?.Subnet
  const isOld = existing !== undefined && current !== config.podCidr
  if (isOld) await dissolve(docker.getNetwork(existing.Id))
  if (!existing || isOld) {
    await docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { 'io.kubeling.cluster': config.cluster, 'io.kubeling.node': config.nodeName },
      Options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
      IPAM: {
        Config: [{ Subnet: config.podCidr, Gateway: formatAddress(last - 1), AuxiliaryAddresses: { DefaultGatewayIPv4: gateway } }],
      },
    } as unknown as Docker.NetworkCreateOptions)
  }
  const container = await docker.getContainer(config.nodeContainer).inspect()
  if (!container.NetworkSettings.Networks[name]) await docker.getNetwork(name).connect({ Container: config.nodeContainer })
  const others = Object.entries(container.NetworkSettings.Networks).filter(([network]) => network !== name)
  return { name, gateway, nodeGateway: others.map(([, { Gateway }]) => Gateway).find(Boolean) }
}

export const podNetworkName = ({ cluster, nodeName }: Pick<PodNetworkConfig, 'cluster' | 'nodeName'>): string =>
  `${cluster}-pods-${nodeName}`

/** Removes a network of which the node has lost the range; pods that are still in it lose their address, and are made anew. */
async function dissolve(network: Docker.Network): Promise<void> {
  const { Containers } = (await network.inspect()) as Docker.NetworkInspectInfo
  for (const id of Object.keys(Containers ?? {})) await network.disconnect({ Container: id, Force: true })
  await network.remove()
}

async function inspect(docker: Docker, name: string): Promise<Docker.NetworkInspectInfo | undefined> {
  // By name filter rather than by inspect: an inspect by name also takes ids that start with it.
  const networks = await docker.listNetworks({ filters: { name: [`^${name}$`] } })
  return networks.find(network => network.Name === name)
}
