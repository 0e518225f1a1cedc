import { isAlreadyExists, isNotFound } from '../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../api/kind.ts'
import { apiVersionOf } from '../../api/kind.ts'
import { formatAddress, parseCidr } from '../../common/cidr.ts'
import { defaultClusterRoleBindings, defaultClusterRoles } from './rbac/default-roles.ts'
import { create } from './registry/create.ts'
import { decodeObject } from './registry/decode-object.ts'
import { getObject, type Registry } from './registry/registry.ts'
import type { RequestContext } from './registry/request-context.ts'
import { update } from './registry/update.ts'

interface Options {
  readonly registry: Registry
  readonly kindOf: (group: string, plural: string) => Kind | undefined
  readonly serviceCidr: string
  /** Where this API server is reached from nodes and pods. */
  readonly advertise: { readonly address: string; readonly port: number }
}

const rbac = 'rbac.authorization.k8s.io'
const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const context: RequestContext = {
  user: { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  fieldValidation: 'Ignore',
  warn: () => undefined,
}

/** What a fresh cluster contains before anybody has said anything; what is there already is left alone. */
export async function bootstrap(options: Options): Promise<void> {
  for (const name of namespaces) await ensure(options, { group: '', plural: 'namespaces' }, { metadata: { name } })
  for (const role of defaultClusterRoles) await ensure(options, { group: rbac, plural: 'clusterroles' }, role)
  for (const binding of defaultClusterRoleBindings) await ensure(options, { group: rbac, plural: 'clusterrolebindings' }, binding)
  const labels = { component: 'apiserver', provider: 'kubernetes' }
  const metadata = { name: 'kubernetes', namespace: 'default', labels }
  const clusterIP = formatAddress(parseCidr(options.serviceCidr).first + 1)
  const { address, port } = options.advertise
  await ensure(
    options,
    { group: '', plural: 'services' },
    {
      metadata,
      spec: {
        type: 'ClusterIP',
        clusterIP,
        clusterIPs: [clusterIP],
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      },
    },
  )
  await ensure(options, { group: '', plural: 'services' }, clusterDns(options.serviceCidr))
  // Nobody else could reach a loopback address; the API refuses it as an endpoint.
  if (address.startsWith('127.')) return
  const mirrored = { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }
  await ensure(
    options,
    { group: '', plural: 'endpoints' },
    {
      metadata: mirrored,
      subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
    },
  )
  await ensure(
    options,
    { group: 'discovery.k8s.io', plural: 'endpointslices' },
    {
      metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [{ name: 'https', port, protocol: 'TCP' }],
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

interface NewObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object }
  readonly [field: string]: unknown
}

/** Creates it, or brings everything but its metadata up to date: the address may have changed since the last start. */
async function ensure(options: Options, { group, plural }: { group: string; plural: string }, wanted: NewObject): Promise<void> {
  const { registry, kindOf } = options
  const kind = kindOf(group, plural)
  if (!kind) return
  const { name, namespace = '' } = wanted.metadata
  const object = decodeObject(kind, { apiVersion: apiVersionOf(kind), kind: kind.kind, ...wanted }, context)
  if (!exists(registry, kind, { namespace, name })) {
    await ignoring(isAlreadyExists, create(registry, { kind, namespace, object, context }))
    return
  }
  if (!('subsets' in wanted) && !('endpoints' in wanted)) return
  const next = (current: KubernetesObject): KubernetesObject => ({ ...object, metadata: current.metadata })
  await update(registry, { kind, namespace, name, subresource: '', preconditions: {}, next, context })
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
