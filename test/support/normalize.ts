const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the server makes up: identity, time, addresses, random suffixes. */
const generated = [
  'uid',
  'creationTimestamp',
  'resourceVersion',
  'managedFields',
  'selfLink',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'healthCheckNodePort',
  'lastPhaseTransitionTime',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
]

/** A JSON value without what differs from one run to the next. */
export function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(item => !isForeign(item)).map(normalize)
  if (typeof value === 'string') return value.replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-xxxxx')
  if (!isRecord(value)) return value
  const kept = Object.entries(value).filter(([name, item]) => !generated.includes(name) && item !== null)
  return Object.fromEntries(kept.map(([name, item]) => [name, normalize(item)]))
}

/** The recorded cluster knew a config map of another distribution. */
const isForeign = (item: unknown): boolean =>
  isRecord(item) && isRecord(item['configMap']) && item['configMap']['name'] === 'openshift-service-ca.crt'
