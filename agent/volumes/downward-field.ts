import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { ResourceFieldSelector } from '../../api/core/environment.ts'
import { containersOf } from '../../api/pod-containers.ts'
import { milliValue, parseQuantity } from '../../api/quantity.ts'

export interface Surroundings {
  readonly hostIp: string
  readonly podIp?: string | undefined
  readonly allocatable: Readonly<Record<string, string>>
}

const goEscapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const quoted = (text: string) => `"${text.replace(/["\\\n\r\t]/g, found => goEscapes[found] ?? found)}"`

/** Labels or annotations as the downward API writes them into a file: `key="value"` per line, by key. */
const formatMap = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map(key => `${key}=${quoted(map[key] ?? '')}`)
    .join('\n')

/** The value of a fieldRef. Throws with upstream's words when the path is not supported. */
export function fieldValue(pod: Pod, fieldPath: string, { hostIp, podIp }: Surroundings): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath)
  if (subscript) return pod.metadata[subscript[1] === 'labels' ? 'labels' : 'annotations']?.[subscript[2] ?? ''] ?? ''
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid
    case 'metadata.labels':
      return formatMap(pod.metadata.labels)
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations)
    case 'spec.nodeName':
      return pod.spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIp
    case 'status.podIP':
    case 'status.podIPs':
      return podIp ?? ''
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`)
  }
}

/** True when the value can only be known once the pod has its address. */
export const needsPodIp = (fieldPath: string | undefined): boolean => fieldPath === 'status.podIP' || fieldPath === 'status.podIPs'

const divided = (milli: number, divisor: string | undefined, fallback: string) => {
  const by = divisor === undefined || milliValue(parseQuantity(divisor)) === 0 ? fallback : divisor
  return String(Math.ceil(milli / milliValue(parseQuantity(by))))
}

/** The value of a resourceFieldRef; what has no limit gets its pod's, and where that has none the node's allocatable amount. */
export function resourceValue(
  pod: Pod,
  ref: ResourceFieldSelector,
  { own, allocatable }: { own?: Container } & Pick<Surroundings, 'allocatable'>,
): string {
  const container = ref.containerName
    ? containersOf(pod.spec).find(({ container }) => container.name === ref.containerName)?.container
    : own
  if (!container) throw new Error(`container ${ref.containerName ?? ''} not found`)
  const [kind, ...rest] = ref.resource.split('.')
  const name = rest.join('.')
  if (kind !== 'limits' && kind !== 'requests') throw new Error(`unsupported container resource : ${ref.resource}`)
  const limits = container.resources?.limits ?? {}
  const amount =
    kind === 'limits'
      ? (limits[name] ?? pod.spec.resources?.limits?.[name] ?? allocatable[name] ?? '0')
      : (container.resources?.requests?.[name] ?? limits[name] ?? '0')
  return divided(milliValue(parseQuantity(amount)), ref.divisor, '1')
}
