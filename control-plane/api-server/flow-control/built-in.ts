import type { FlowSchemaSpec, PolicyRulesWithSubjects, Subject } from '../../../api/flowcontrol/flow-schema.ts'
import type { PriorityLevelConfigurationSpec } from '../../../api/flowcontrol/priority-level-configuration.ts'
import { authenticated, unauthenticated } from '../rbac/groups.ts'

export interface NamedSchema {
  readonly name: string
  /** '' for one that is no object. */
  readonly uid: string
  readonly spec: FlowSchemaSpec
}
export interface NamedLevel {
  readonly name: string
  readonly uid: string
  readonly spec: PriorityLevelConfigurationSpec
}

const all = ['*']
const anything: Omit<PolicyRulesWithSubjects, 'subjects'> = {
  resourceRules: [{ verbs: all, apiGroups: all, resources: all, clusterScope: true, namespaces: all }],
  nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
}
const resources = (verbs: string[], apiGroup: string, names: string) => ({
  verbs,
  apiGroups: [apiGroup],
  resources: names.split(' '),
  namespaces: all,
})
const groups = (...names: string[]): Subject[] => names.map(name => ({ kind: 'Group', group: { name } }))
const user = (name: string): Subject => ({ kind: 'User', user: { name } })
const systemAccounts: Subject = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } }
const everybody = groups(unauthenticated, authenticated)

interface Place {
  readonly level: string
  readonly precedence: number
  readonly by?: 'ByUser' | 'ByNamespace'
}
const schema = (name: string, { level, precedence, by }: Place, rule: PolicyRulesWithSubjects): NamedSchema => ({
  name,
  uid: '',
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(by ? { distinguisherMethod: { type: by } } : {}),
    rules: [rule],
  },
})

const high = { level: 'workload-high', precedence: 800, by: 'ByNamespace' } as const

/** Which requests belong together, as upstream's bootstrap has it. */
export const builtInSchemas: readonly NamedSchema[] = [
  schema('exempt', { level: 'exempt', precedence: 1 }, { subjects: groups('system:masters'), ...anything }),
  schema(
    'probes',
    { level: 'exempt', precedence: 2 },
    { subjects: everybody, nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] },
  ),
  schema(
    'system-leader-election',
    { level: 'leader-election', precedence: 100, by: 'ByUser' },
    {
      subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), systemAccounts],
      resourceRules: [resources(['get', 'create', 'update'], 'coordination.k8s.io', 'leases')],
    },
  ),
  schema(
    'system-node-high',
    { level: 'node-high', precedence: 400, by: 'ByUser' },
    {
      subjects: groups('system:nodes'),
      resourceRules: [{ ...resources(all, '', 'nodes nodes/status'), clusterScope: true }, resources(all, 'coordination.k8s.io', 'leases')],
    },
  ),
  schema('system-nodes', { level: 'system', precedence: 500, by: 'ByUser' }, { subjects: groups('system:nodes'), ...anything }),
  schema('kube-controller-manager', high, { subjects: [user('system:kube-controller-manager')], ...anything }),
  schema('kube-scheduler', high, { subjects: [user('system:kube-scheduler')], ...anything }),
  schema('kube-system-service-accounts', { ...high, precedence: 900 }, { subjects: [systemAccounts], ...anything }),
  schema(
    'service-accounts',
    { level: 'workload-low', precedence: 9000, by: 'ByUser' },
    { subjects: groups('system:serviceaccounts'), ...anything },
  ),
  schema('global-default', { level: 'global-default', precedence: 9900, by: 'ByUser' }, { subjects: everybody, ...anything }),
  schema('catch-all', { level: 'catch-all', precedence: 10_000, by: 'ByUser' }, { subjects: everybody, ...anything }),
]

interface Shares {
  readonly shares: number
  readonly lendable: number
  /** Queues, and how many of them each flow may use; absent: what is too much is refused. */
  readonly queues?: readonly [number, number]
}
const level = (name: string, { shares, lendable, queues }: Shares): NamedLevel => ({
  name,
  uid: '',
  spec: {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      lendablePercent: lendable,
      limitResponse: queues
        ? { type: 'Queue', queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 } }
        : { type: 'Reject' },
    },
  },
})

/** How much each of them may have of the server at a time, as upstream's bootstrap has it. */
export const builtInLevels: readonly NamedLevel[] = [
  { name: 'exempt', uid: '', spec: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } } },
  level('leader-election', { shares: 10, lendable: 0, queues: [16, 4] }),
  level('node-high', { shares: 40, lendable: 25, queues: [64, 6] }),
  level('system', { shares: 30, lendable: 33, queues: [64, 6] }),
  level('workload-high', { shares: 40, lendable: 50, queues: [128, 6] }),
  level('workload-low', { shares: 100, lendable: 90, queues: [128, 6] }),
  level('global-default', { shares: 20, lendable: 50, queues: [128, 6] }),
  level('catch-all', { shares: 5, lendable: 0 }),
]

/** Upstream keeps these whatever anybody deletes: every request has to belong somewhere. */
export const mandatory: readonly string[] = ['exempt', 'catch-all']
