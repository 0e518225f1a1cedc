import type { KubernetesObject } from '../../api/kind.ts'

/** The classes of pods that a cluster cannot do without. */
export const systemPriorityClasses = [
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
]

const autoUpdate = 'apf.kubernetes.io/autoupdate-spec'
const metadataOf = (name: string) => ({ name, annotations: { [autoUpdate]: 'true' } })

type Queuing = readonly [queues: number, handSize: number]

const limited = (name: string, [shares, lendable]: readonly [shares: number, lendable: number], queuing?: Queuing) => ({
  metadata: metadataOf(name),
  spec: {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      lendablePercent: lendable,
      limitResponse: queuing
        ? { type: 'Queue', queuing: { queues: queuing[0], handSize: queuing[1], queueLengthLimit: 50 } }
        : { type: 'Reject' },
    },
  },
})

/** Upstream's levels; nothing acts on them here. */
export const priorityLevels = [
  { metadata: metadataOf('exempt'), spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } } },
  limited('catch-all', [5, 0]),
  limited('system', [30, 33], [64, 6]),
  limited('node-high', [40, 25], [64, 6]),
  limited('leader-election', [10, 0], [16, 4]),
  limited('workload-high', [40, 50], [128, 6]),
  limited('workload-low', [100, 90], [128, 6]),
  limited('global-default', [20, 50], [128, 6]),
]

const group = (name: string) => ({ kind: 'Group', group: { name } })
const user = (name: string) => ({ kind: 'User', user: { name } })
const systemAccounts = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } }
const everybody = [group('system:unauthenticated'), group('system:authenticated')]

const on = (
  apiGroup: string,
  resources: readonly string[],
  more: { readonly verbs?: readonly string[]; readonly clusterScope?: true } = {},
) => ({
  verbs: ['*'],
  apiGroups: [apiGroup],
  resources,
  namespaces: ['*'],
  ...more,
})
const everything = {
  resourceRules: [on('*', ['*'], { clusterScope: true })],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
}

interface Schema {
  readonly level: string
  readonly precedence: number
  readonly by?: 'ByUser' | 'ByNamespace'
  readonly subjects: readonly object[]
  readonly rules?: object
}
const schema = (name: string, { level, precedence, by, subjects, rules = everything }: Schema) => ({
  metadata: metadataOf(name),
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(by ? { distinguisherMethod: { type: by } } : {}),
    rules: [{ subjects, ...rules }],
  },
})

const probes = { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] }
const leases = on('coordination.k8s.io', ['leases'])
const elections = { resourceRules: [{ ...leases, verbs: ['get', 'create', 'update'] }] }
const heartbeats = { resourceRules: [on('', ['nodes', 'nodes/status'], { clusterScope: true }), leases] }
const [manager, scheduler, nodes] = [user('system:kube-controller-manager'), user('system:kube-scheduler'), group('system:nodes')]

/** Upstream's ways into the levels. */
export const flowSchemas = [
  schema('exempt', { level: 'exempt', precedence: 1, subjects: [group('system:masters')] }),
  schema('probes', { level: 'exempt', precedence: 2, subjects: everybody, rules: probes }),
  schema('system-leader-election', {
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    subjects: [manager, scheduler, systemAccounts],
    rules: elections,
  }),
  schema('system-node-high', { level: 'node-high', precedence: 400, by: 'ByUser', subjects: [nodes], rules: heartbeats }),
  schema('system-nodes', { level: 'system', precedence: 500, by: 'ByUser', subjects: [nodes] }),
  schema('kube-controller-manager', { level: 'workload-high', precedence: 800, by: 'ByNamespace', subjects: [manager] }),
  schema('kube-scheduler', { level: 'workload-high', precedence: 800, by: 'ByNamespace', subjects: [scheduler] }),
  schema('kube-system-service-accounts', { level: 'workload-high', precedence: 900, by: 'ByNamespace', subjects: [systemAccounts] }),
  schema('service-accounts', { level: 'workload-low', precedence: 9000, by: 'ByUser', subjects: [group('system:serviceaccounts')] }),
  schema('global-default', { level: 'global-default', precedence: 9900, by: 'ByUser', subjects: everybody }),
  schema('catch-all', { level: 'catch-all', precedence: 10_000, by: 'ByUser', subjects: everybody }),
]

const mandatory = ['exempt', 'catch-all']

/** Mandatory objects are put right, the others as long as nobody has switched that off by their annotation. */
export function keepFlowControl(current: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const { name, annotations } = current.metadata
  if (!mandatory.includes(name) && annotations?.[autoUpdate] !== 'true') return current
  return { ...current, spec: (wanted as KubernetesObject & { spec: unknown }).spec } as KubernetesObject
}
