import type { Pod } from '../../../api/core/pod.ts'
import { isPodFinished } from '../../../api/pod-phase.ts'
import { gotoChain, key, pick, type ProxyFacts } from './base-rules.ts'
import type { Frontend, RulePart } from './rule-set.ts'

/** Leads the host ports of the node's pods to them, as upstream's portmap plugin does. Pods on the node's network have theirs anyway. */
export function hostPortRules(pods: readonly Pod[], { nodeAddresses }: Pick<ProxyFacts, 'nodeAddresses'>): RulePart {
  const frontends = new Map<string, Frontend>()
  const hairpins = new Set<string>()
  for (const { spec, status } of pods.filter(hasHostPorts)) {
    const ip = status.podIP ?? ''
    for (const { hostPort, hostIP, containerPort, protocol } of portsOf(spec)) {
      if (!hostPort) continue
      hairpins.add(ip)
      const frontend: Frontend = { verdict: gotoChain(pick('', 1).name), endpoints: [`${ip} . ${containerPort}`] }
      const udp = protocol === 'UDP' ? { serving: new Set(frontend.endpoints) } : {}
      const addresses = hostIP && hostIP !== '0.0.0.0' ? [hostIP] : nodeAddresses
      for (const address of addresses) frontends.set(key(address, (protocol ?? 'TCP').toLowerCase(), hostPort), { ...frontend, ...udp })
    }
  }
  const { name, lines } = pick('', 1)
  return { frontends, hairpins, chains: new Map(frontends.size > 0 ? [[name, lines]] : []), clients: new Map() }
}

const portsOf = ({ containers, initContainers = [] }: Pod['spec']) => [...containers, ...initContainers].flatMap(({ ports = [] }) => ports)

/** Whether the node has to do something for it. */
export const hasHostPorts = (pod: Pod): boolean =>
  !pod.spec.hostNetwork && !isPodFinished(pod) && Boolean(pod.status.podIP) && portsOf(pod.spec).some(({ hostPort }) => hostPort)
