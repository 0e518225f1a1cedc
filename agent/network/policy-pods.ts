import type { Pod } from '../../api/core/pod.ts'
import type { NetworkPolicyPeer } from '../../api/networking/network-policy.ts'
import { matches, selectorFromObject } from '../../api/label-selector.ts'
import type { LabelSelector } from '../../api/meta.ts'
import { isPodFinished } from '../../api/pod-phase.ts'

type Labels = Readonly<Record<string, string>>

/** What policies ask of a pod. */
export interface PolicyPod {
  readonly uid: string
  readonly namespace: string
  readonly labels: Labels
  readonly address: string
  readonly node: string
  readonly ports: readonly PolicyPort[]
}
export interface PolicyPort {
  readonly name: string
  /** As nftables calls it: `tcp`. */
  readonly protocol: string
  readonly port: number
}

/**
 * The pod as policies see it. One on the network of its node is the node to them, as in the usual implementations; one without
 * an address, or whose address may be somebody else's by now, is nobody.
 */
export function policyPod(pod: Pod, address = pod.status.podIP ?? ''): PolicyPod | undefined {
  if (pod.spec.hostNetwork || !address || isPodFinished(pod)) return undefined
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const ports = [...pod.spec.containers, ...sidecars].flatMap(container => container.ports ?? [])
  return {
    uid: pod.metadata.uid,
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? {},
    address,
    node: pod.spec.nodeName ?? '',
    ports: ports.flatMap(({ name, protocol = 'TCP', containerPort }) =>
      name ? [{ name, protocol: protocol.toLowerCase(), port: containerPort }] : [],
    ),
  }
}

/**
 * Who answers for names is a pod of kube-system to policies, as it is upstream, although the node itself does so here: what
 * denies all egress denies questions about names, and what lets them through does so in the words that everybody writes.
 */
export const dnsPod = (address: string): PolicyPod => ({
  uid: 'kube-dns',
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns' },
  address,
  node: '',
  ports: [
    { name: 'dns', protocol: 'udp', port: 53 },
    { name: 'dns-tcp', protocol: 'tcp', port: 53 },
  ],
})

/** The pods of a namespace that a selector picks. */
export function podsIn(pods: readonly PolicyPod[], namespace: string, podSelector: LabelSelector | undefined): PolicyPod[] {
  const selector = selectorFromObject(podSelector)
  return pods.filter(pod => pod.namespace === namespace && matches(selector, pod.labels))
}

/** The pods that a peer of a policy in `namespace` means; `namespaces` are labels by name. */
export function podsOfPeer(
  { podSelector, namespaceSelector }: NetworkPolicyPeer,
  { pods, namespaces, namespace }: { pods: readonly PolicyPod[]; namespaces: ReadonlyMap<string, Labels>; namespace: string },
): PolicyPod[] {
  const selector = selectorFromObject(podSelector ?? {})
  const inNamespace = namespaceSelector && selectorFromObject(namespaceSelector)
  const chosen = (name: string) => {
    const labels = namespaces.get(name)
    return inNamespace ? labels !== undefined && matches(inNamespace, labels) : name === namespace
  }
  return pods.filter(pod => chosen(pod.namespace) && matches(selector, pod.labels))
}
