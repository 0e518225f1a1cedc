import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { isEqual } from '../../common/equal.ts'
import { accountedSpec } from './accounted-spec.ts'
import { addAmounts, amountsOf, podRequests, scoringRequests, subtractAmounts, type Amounts } from './resources.ts'

export interface UsedPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

/** A node and what runs, or is about to run, on it. */
export interface NodeInfo {
  readonly node: Node
  readonly pods: ReadonlyMap<string, Pod>
  readonly allocatable: Amounts
  readonly requested: Amounts
  /** As `requested`, with small amounts for pods that ask for nothing. */
  readonly weighed: Amounts
  readonly ports: readonly UsedPort[]
  /** Those of `pods` that have something to say about others: pod affinity or anti-affinity of any kind. */
  readonly affine: readonly Pod[]
}

export const hostPortsOf = (pod: Pod): UsedPort[] =>
  [...(pod.spec.initContainers ?? []).filter(container => container.restartPolicy === 'Always'), ...pod.spec.containers].flatMap(
    container =>
      (container.ports ?? []).flatMap(port =>
        port.hostPort ? [{ ip: port.hostIP || '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort }] : [],
      ),
  )

const isAffine = ({ spec: { affinity } }: Pod): boolean => affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined

const offerOf = ({ status }: Node) => status.allocatable ?? status.capacity

/** Most news about a pod are about other things. */
function takesTheSame(a: Pod, b: Pod): boolean {
  const takes = (pod: Pod) => [podRequests(accountedSpec(pod)), pod.spec.containers.length, hostPortsOf(pod), pod.spec.affinity]
  return isEqual(takes(a), takes(b))
}

export const nodeInfoOf = (node: Node, pods: readonly Pod[]): NodeInfo =>
  pods.reduce(withPod, {
    node,
    pods: new Map(),
    allocatable: amountsOf(offerOf(node)),
    requested: {},
    weighed: {},
    ports: [],
    affine: [],
  })

export const withNode = (info: NodeInfo, node: Node): NodeInfo => ({
  ...info,
  node,
  allocatable: isEqual(offerOf(node), offerOf(info.node)) ? info.allocatable : amountsOf(offerOf(node)),
})

/** With a pod that is new there, or another version of one that is there already. */
export function withPod(info: NodeInfo, pod: Pod): NodeInfo {
  const previous = info.pods.get(pod.metadata.uid)
  if (previous && !takesTheSame(previous, pod)) return withPod(withoutPod(info, pod.metadata.uid), pod)
  const pods = new Map(info.pods).set(pod.metadata.uid, pod)
  if (previous) return { ...info, pods, affine: info.affine.map(each => (each === previous ? pod : each)) }
  return {
    ...info,
    pods,
    requested: addAmounts(info.requested, podRequests(accountedSpec(pod))),
    weighed: addAmounts(info.weighed, scoringRequests(accountedSpec(pod))),
    ports: [...info.ports, ...hostPortsOf(pod)],
    affine: isAffine(pod) ? [...info.affine, pod] : info.affine,
  }
}

export function withoutPod(info: NodeInfo, uid: string): NodeInfo {
  const pod = info.pods.get(uid)
  if (!pod) return info
  const pods = new Map(info.pods)
  pods.delete(uid)
  return {
    ...info,
    pods,
    requested: subtractAmounts(info.requested, podRequests(accountedSpec(pod))),
    weighed: subtractAmounts(info.weighed, scoringRequests(accountedSpec(pod))),
    ports: info.ports.length === 0 ? info.ports : [...pods.values()].flatMap(hostPortsOf),
    affine: info.affine.filter(({ metadata }) => metadata.uid !== uid),
  }
}
