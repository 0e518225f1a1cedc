type Labels = Readonly<Record<string, string>>

/** Labels in Kubernetes' own domains that a kubelet may set on its node. */
const allowed: readonly string[] = [
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
]
const allowedDomains: readonly string[] = ['kubelet.kubernetes.io', 'node.kubernetes.io']

/** The labels that differ and are not the kubelet's to change, in order. */
export const changedRestrictedLabels = (next: Labels, current: Labels): string[] =>
  [...new Set([...Object.keys(next), ...Object.keys(current)])].filter(key => next[key] !== current[key] && isRestricted(key)).sort()

function isRestricted(key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : ''
  const within = (parent: string) => domain === parent || domain.endsWith(`.${parent}`)
  if (within('node-restriction.kubernetes.io')) return true
  return (within('kubernetes.io') || within('k8s.io')) && !allowed.includes(key) && !allowedDomains.some(within)
}
