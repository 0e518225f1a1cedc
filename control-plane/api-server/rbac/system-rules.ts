import { authenticated, bootstrappers, serviceAccounts, unauthenticated } from './groups.ts'
import { read, write, type Rule } from './rules.ts'

/** What everybody may read without saying who they are. */
export const publicPaths: readonly string[] = ['/healthz', '/livez', '/readyz', '/version', '/version/']

export const everybody: readonly Rule[] = [{ verbs: ['get'], paths: publicPaths }]

/** Upstream's system:discovery. */
export const discovery: readonly Rule[] = [
  {
    verbs: ['get'],
    paths: [...publicPaths, '/healthz/*', '/livez/*', '/readyz/*', '/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
  },
]

/** Upstream's system:basic-user. */
export const basicUser: readonly Rule[] = [
  { verbs: ['create'], groups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
  { verbs: ['create'], groups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
]

const issuerDiscovery: readonly Rule[] = [{ verbs: ['get'], paths: ['/.well-known/openid-configuration', '/openid/v1/jwks'] }]

/** Upstream's system:node-bootstrapper: ask for a certificate, and look whether it has come. */
export const bootstrapping: readonly Rule[] = [
  { verbs: ['create', 'get', 'list', 'watch'], groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'] },
]

/** Upstream's system:kube-scheduler and system:volume-scheduler. */
const scheduler: readonly Rule[] = [
  { verbs: write, groups: ['', 'events.k8s.io'], resources: ['events'] },
  { verbs: ['*'], groups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['kube-system'] },
  { verbs: read, groups: [''], resources: ['nodes', 'namespaces', 'services', 'replicationcontrollers'] },
  { verbs: [...read, 'delete'], groups: [''], resources: ['pods'] },
  { verbs: ['create'], groups: [''], resources: ['bindings', 'pods/binding'] },
  { verbs: ['patch', 'update'], groups: [''], resources: ['pods/status'] },
  { verbs: [...read, 'patch', 'update'], groups: [''], resources: ['persistentvolumeclaims', 'persistentvolumes'] },
  { verbs: read, groups: ['apps', 'policy', 'scheduling.k8s.io', 'storage.k8s.io', 'resource.k8s.io'], resources: ['*'] },
  { verbs: ['create'], groups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
  { verbs: ['create'], groups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'] },
]

/**
 * Upstream gives each controller an account of its own; here they share one, and between them (garbage collection, namespace
 * deletion, quota) they need every resource. What they do not get is to become somebody else.
 */
const controllerManager: readonly Rule[] = [
  { verbs: [...read, ...write, 'delete', 'deletecollection', 'approve', 'sign'], groups: ['*'], resources: ['*'] },
  { verbs: ['get'], paths: ['/metrics'] },
  // The rules of aggregated roles are other roles' rules.
  { verbs: ['escalate'], groups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] },
]

export const rulesByGroup: Readonly<Record<string, readonly Rule[]>> = {
  [unauthenticated]: everybody,
  [authenticated]: [...discovery, ...basicUser],
  [serviceAccounts]: issuerDiscovery,
  [bootstrappers]: bootstrapping,
}
export const rulesByUser: Readonly<Record<string, readonly Rule[]>> = {
  'system:kube-scheduler': scheduler,
  'system:kube-controller-manager': controllerManager,
}
