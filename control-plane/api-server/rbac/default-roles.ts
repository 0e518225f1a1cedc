import type { ClusterRoleBinding } from '../../../api/rbac/cluster-role-binding.ts'
import type { ClusterRole } from '../../../api/rbac/cluster-role.ts'
import type { PolicyRule } from '../../../api/rbac/policy-rule.ts'
import { authenticated, bootstrappers, masters, unauthenticated } from './groups.ts'
import type { Rule } from './rules.ts'
import { basicUser, bootstrapping, discovery, everybody } from './system-rules.ts'

const read = ['get', 'list', 'watch']
const write = ['create', 'delete', 'deletecollection', 'patch', 'update']
const readWrite = [...write, ...read].sort()

/** Some verbs on resources of a group, separated by blanks; '' is the core group. */
const on = (verbs: readonly string[], apiGroup: string, resources: string): PolicyRule => ({
  verbs: [...verbs],
  apiGroups: [apiGroup],
  resources: resources.split(' '),
})

const workloads = 'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale'
const statuses = 'daemonsets/status deployments/status replicasets/status statefulsets/status'
const streams = 'pods/attach pods/exec pods/portforward pods/proxy'

/** What an administrator of a namespace may do besides editing. */
const adminRules = [
  on(readWrite, 'rbac.authorization.k8s.io', 'rolebindings roles'),
  on(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
]
const editRules = [
  on(read, '', `${streams} secrets services/proxy`),
  on(['impersonate'], '', 'serviceaccounts'),
  on(write, '', `pods ${streams}`),
  on(['create'], '', 'pods/eviction'),
  on(
    write,
    '',
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
  ),
  on(['create'], '', 'serviceaccounts/token'),
  on(write, 'apps', `${workloads} deployments/rollback`),
  on(write, 'autoscaling', 'horizontalpodautoscalers'),
  on(write, 'batch', 'cronjobs jobs'),
  on(write, 'policy', 'poddisruptionbudgets'),
  on(write, 'networking.k8s.io', 'ingresses networkpolicies'),
  on(readWrite, 'coordination.k8s.io', 'leases'),
]
/** Everything of a namespace but secrets, whose contents give access to more, and who may do what. */
const viewRules = [
  on(
    read,
    '',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
  ),
  on(
    read,
    '',
    'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
  ),
  on(read, '', 'namespaces'),
  on(read, 'discovery.k8s.io', 'endpointslices'),
  on(read, 'apps', `controllerrevisions ${workloads} ${statuses}`),
  on(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  on(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
  on(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  on(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
]

const policyRuleOf = ({ verbs, groups, resources, names, paths }: Rule): PolicyRule => ({
  verbs: [...verbs],
  ...(groups ? { apiGroups: [...groups] } : {}),
  ...(resources ? { resources: [...resources] } : {}),
  ...(names ? { resourceNames: [...names] } : {}),
  ...(paths ? { nonResourceURLs: [...paths] } : {}),
})

const labelOf = (role: string) => `rbac.authorization.k8s.io/aggregate-to-${role}`
const metadataOf = (name: string, aggregatesTo?: string) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...(aggregatesTo ? { [labelOf(aggregatesTo)]: 'true' } : {}) },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
})

type NewRole = Pick<ClusterRole, 'rules' | 'aggregationRule'> & { readonly metadata: ReturnType<typeof metadataOf> }
type NewBinding = Pick<ClusterRoleBinding, 'roleRef' | 'subjects'> & { readonly metadata: ReturnType<typeof metadataOf> }

const role = (name: string, rules: readonly PolicyRule[], aggregatesTo?: string): NewRole => ({
  metadata: metadataOf(name, aggregatesTo),
  rules: [...rules],
})
/** Put together by a controller from all roles that bear its label. */
const aggregated = (name: string, aggregatesTo?: string): NewRole => ({
  metadata: metadataOf(name, aggregatesTo),
  rules: [],
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [labelOf(name)]: 'true' } }] },
})

/** Upstream's roles for people, and those that everybody has by being known to the API server. */
export const defaultClusterRoles: readonly NewRole[] = [
  role('cluster-admin', [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]),
  aggregated('admin'),
  aggregated('edit', 'admin'),
  aggregated('view', 'edit'),
  role('system:aggregate-to-admin', adminRules, 'admin'),
  role('system:aggregate-to-edit', editRules, 'edit'),
  role('system:aggregate-to-view', viewRules, 'view'),
  // What servers behind this one ask it about those who come to them.
  role('system:auth-delegator', [
    on(['create'], 'authentication.k8s.io', 'tokenreviews'),
    on(['create'], 'authorization.k8s.io', 'subjectaccessreviews'),
  ]),
  role('system:aggregated-metrics-reader', [on(read, 'metrics.k8s.io', 'nodes pods')], 'view'),
  role('system:discovery', discovery.map(policyRuleOf)),
  role('system:basic-user', basicUser.map(policyRuleOf)),
  role('system:public-info-viewer', everybody.map(policyRuleOf)),
  role('system:node-bootstrapper', bootstrapping.map(policyRuleOf)),
]

const bound = (name: string, ...groups: readonly string[]): NewBinding => ({
  metadata: metadataOf(name),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
  subjects: groups.map(group => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: group })),
})

export const defaultClusterRoleBindings: readonly NewBinding[] = [
  bound('cluster-admin', masters),
  bound('system:discovery', authenticated),
  bound('system:basic-user', authenticated),
  bound('system:public-info-viewer', authenticated, unauthenticated),
  bound('system:node-bootstrapper', bootstrappers),
]

/** In namespaces: whom servers behind this one may trust, for those of their accounts that are bound to it. */
export const defaultRoles = [
  {
    metadata: { ...metadataOf('extension-apiserver-authentication-reader'), namespace: 'kube-system' },
    rules: [{ ...on(read, '', 'configmaps'), resourceNames: ['extension-apiserver-authentication'] }],
  },
]
