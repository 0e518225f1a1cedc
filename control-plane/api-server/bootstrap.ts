import { isAlreadyExists, isNotFound } from '../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { apiVersionOf } from '../../api/kind.ts'
import { formatAddress, parseCidr } from '../../common/cidr.ts'
import type { APIService } from '../../api/apiregistration/api-service.ts'
import type { ClusterRoleBinding } from '../../api/rbac/cluster-role-binding.ts'
import type { ClusterRole } from '../../api/rbac/cluster-role.ts'
import { defaultServiceCidr, withDefaultRangeReady } from '../../api/networking/service-address.ts'
import type { ServiceCIDR } from '../../api/networking/service-cidr.ts'
import { standardStorageClass } from '../../api/storage/node-directory.ts'
import { planRegistration, type Registration } from './aggregator/plan-registration.ts'
import type { ServedVersion } from './aggregator/priorities.ts'
import { flowSchemas, keepFlowControl, priorityLevels, systemPriorityClasses } from './default-objects.ts'
import { defaultClusterRoleBindings, defaultClusterRoles, defaultRoles } from './rbac/default-roles.ts'
import { reconcileBinding, reconcileRole } from './rbac/reconcile.ts'
import { create } from './registry/create.ts'
import { decodeObject } from './registry/decode-object.ts'
import { getObject, type Registry } from './registry/registry.ts'
import type { RequestContext } from './registry/request-context.ts'
import { remove } from './registry/delete.ts'
import { update } from './registry/update.ts'

interface Options {
  readonly registry: Registry
  readonly kindOf: (group: string, plural: string) => Kind | undefined
  readonly serviceCidr: string
  /** Where this API server is reached from nodes and pods. */
  readonly advertise: { readonly address: string; readonly port: number }
  /** Who signs clients' certificates, and that of this server as a client of those behind it. */
  readonly clientCa: string
  readonly frontProxyCa: string | undefined
  /** The versions that this server has, and the APIServices that there are. */
  readonly served: readonly ServedVersion[]
  readonly apiServices: readonly APIService[]
}

const rbac = 'rbac.authorization.k8s.io'
const flowControl = 'flowcontrol.apiserver.k8s.io'
const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const context: RequestContext = {
  user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  fieldValidation: 'Ignore',
  warn: () => undefined,
}

/**
 * What a fresh cluster contains before anybody has said anything, and what a later version has besides. What is there already is
 * left alone but for what upstream's API server repairs at each start: default roles, bindings and flow control.
 */
export async function bootstrap(options: Options): Promise<void> {
  const all = (resource: Resource, objects: readonly NewObject[], upkeep: Upkeep = leave) =>
    objects.map(wanted => ensure(options, resource, { wanted, upkeep }))
  await Promise.all(namespaces.map(name => ensure(options, { group: '', plural: 'namespaces' }, { wanted: { metadata: { name } } })))
  // Written together, they are one transaction or a few.
  await Promise.all([
    ...all({ group: rbac, plural: 'clusterroles' }, defaultClusterRoles, (current, wanted) =>
      reconcileRole(current as ClusterRole, wanted as ClusterRole),
    ),
    ...all({ group: rbac, plural: 'clusterrolebindings' }, defaultClusterRoleBindings, (current, wanted) =>
      reconcileBinding(current as ClusterRoleBinding, wanted as ClusterRoleBinding),
    ),
    ...all({ group: rbac, plural: 'roles' }, defaultRoles, (current, wanted) =>
      reconcileRole(current as ClusterRole, wanted as ClusterRole),
    ),
    ...all({ group: 'scheduling.k8s.io', plural: 'priorityclasses' }, systemPriorityClasses),
    ...all({ group: 'storage.k8s.io', plural: 'storageclasses' }, [standardStorageClass]),
    ...all({ group: flowControl, plural: 'prioritylevelconfigurations' }, priorityLevels, keepFlowControl),
    ...all({ group: flowControl, plural: 'flowschemas' }, flowSchemas, keepFlowControl),
    ensure(options, { group: '', plural: 'configmaps' }, { wanted: extensionAuthentication(options), upkeep: replaceContent }),
    register(options),
  ])
  await ensureServiceCidr(options)
  const labels = { component: 'apiserver', provider: 'kubernetes' }
  const metadata = { name: 'kubernetes', namespace: 'default', labels }
  const clusterIP = formatAddress(parseCidr(options.serviceCidr).first + 1)
  const { address, port } = options.advertise
  await ensure(
    options,
    { group: '', plural: 'services' },
    {
      wanted: {
        metadata,
        spec: {
          type: 'ClusterIP',
          clusterIP,
          clusterIPs: [clusterIP],
          ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
        },
      },
    },
  )
  await ensure(options, { group: '', plural: 'services' }, { wanted: clusterDns(options.serviceCidr) })
  // Nobody else could reach a loopback address; the API refuses it as an endpoint.
  if (address.startsWith('127.')) return
  const mirrored = { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }
  await ensure(
    options,
    { group: '', plural: 'endpoints' },
    {
      wanted: { metadata: mirrored, subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }] },
      upkeep: replaceContent,
    },
  )
  await ensure(
    options,
    { group: 'discovery.k8s.io', plural: 'endpointslices' },
    {
      wanted: {
        metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
        ports: [{ name: 'https', port, protocol: 'TCP' }],
      },
      upkeep: replaceContent,
    },
  )
}

/**
 * The address that pods ask about names. Nodes answer there themselves as long as the selector finds nobody, as in a fresh
 * cluster; pods of a name server that have this label take over.
 */
function clusterDns(serviceCidr: string): NewObject {
  const clusterIP = formatAddress(parseCidr(serviceCidr).first + 10)
  const app = { 'k8s-app': 'kube-dns' }
  const labels = { ...app, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' }
  const ports = [
    { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
    { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
  ]
  return {
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
    spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], selector: app, ports },
  }
}

/** The range of the flag, ready at once: the first services get their addresses before any controller runs. */
async function ensureServiceCidr(options: Options): Promise<void> {
  const resource = { group: 'networking.k8s.io', plural: 'servicecidrs' }
  await ensure(options, resource, { wanted: { metadata: { name: defaultServiceCidr }, spec: { cidrs: [options.serviceCidr] } } })
  const { registry, kindOf, serviceCidr } = options
  const kind = kindOf(resource.group, resource.plural)
  if (!kind) return
  const next = (current: KubernetesObject): KubernetesObject =>
    withDefaultRangeReady(current as unknown as ServiceCIDR, {
      cidrs: [serviceCidr],
      now: registry.clock.now(),
    }) as unknown as KubernetesObject
  await update(registry, { kind, namespace: '', name: defaultServiceCidr, subresource: 'status', preconditions: {}, next, context })
}

interface NewObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object; readonly annotations?: object }
  readonly [field: string]: unknown
}
interface Resource {
  readonly group: string
  readonly plural: string
}
/** What an object that is there already has to become: the same one when it is to stay. */
type Upkeep = (current: KubernetesObject, wanted: KubernetesObject) => KubernetesObject

const leave: Upkeep = current => current
/** Everything but its metadata: the address may have changed since the last start. */
const replaceContent: Upkeep = (current, wanted) => ({ ...wanted, metadata: current.metadata })
const replaceSpec: Upkeep = (current, wanted) =>
  ({ ...current, spec: (wanted as KubernetesObject & { spec?: unknown }).spec }) as KubernetesObject

/** Creates it, or brings what is there up to date. */
async function ensure(
  options: Options,
  { group, plural }: Resource,
  { wanted, upkeep = leave }: { wanted: NewObject; upkeep?: Upkeep },
): Promise<void> {
  const { registry, kindOf } = options
  const kind = kindOf(group, plural)
  if (!kind) return
  const { name, namespace = '' } = wanted.metadata
  const object = decodeObject(kind, { apiVersion: apiVersionOf(kind), kind: kind.kind, ...wanted }, context)
  if (!exists(registry, kind, { namespace, name })) {
    await ignoring(isAlreadyExists, create(registry, { kind, namespace, object, context }))
    return
  }
  if (upkeep === leave) return
  const next = (current: KubernetesObject): KubernetesObject => upkeep(current, object)
  await update(registry, { kind, namespace, name, subresource: '', preconditions: {}, next, context })
}

async function register(options: Options): Promise<void> {
  const { registry, kindOf } = options
  const resource = { group: 'apiregistration.k8s.io', plural: 'apiservices' }
  const kind = kindOf(resource.group, resource.plural)
  if (!kind) return
  const act = async (registration: Registration): Promise<unknown> => {
    if (registration.type === 'create') return ensure(options, resource, { wanted: registration.object })
    const { name } = registration
    if (registration.type === 'delete') {
      return ignoring(isNotFound, remove(registry, { kind, namespace: '', name, options: {}, context }))
    }
    return ensure(options, resource, { wanted: { metadata: { name }, spec: registration.spec }, upkeep: replaceSpec })
  }
  await Promise.all(planRegistration(options.served, options.apiServices).map(act))
}

/** Where servers behind this one read whom to trust. */
function extensionAuthentication({ clientCa, frontProxyCa }: Options): NewObject {
  const requestHeader = {
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': frontProxyCa,
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-uid-headers': '["X-Remote-Uid"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  }
  return {
    metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
    data: { 'client-ca-file': clientCa, ...(frontProxyCa ? requestHeader : {}) },
  }
}

function exists(registry: Registry, kind: Kind, name: { namespace: string; name: string }): boolean {
  try {
    getObject(registry, kind, name)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

async function ignoring(expected: (error: unknown) => boolean, promise: Promise<unknown>): Promise<void> {
  try {
    await promise
  } catch (error) {
    if (!expected(error)) throw error
  }
}
