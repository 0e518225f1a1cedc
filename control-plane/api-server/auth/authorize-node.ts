import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { Pod } from '../../../api/core/pod.ts'
import { isNodeDirectory, nodeOfDirectory } from '../../../api/storage/node-directory.ts'
import type { Attributes, Decision, Lookup } from '../interfaces.ts'
import { neededBy } from './pod-needs.ts'
import { read, ruleAllows, write, type Rule } from '../rbac/rules.ts'

type Request = Extract<Attributes, { type: 'resource' }>

/** What every node may do. Writes to nodes and pods are narrowed to its own by the NodeRestriction admission. */
const everyNode: readonly Rule[] = [
  { verbs: ['create', ...read], groups: [''], resources: ['nodes'] },
  { verbs: read, groups: [''], resources: ['services', 'endpoints', 'pods'] },
  { verbs: read, groups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  // What upstream's network plugins see under names of their own: here the node is its own.
  { verbs: read, groups: ['networking.k8s.io'], resources: ['networkpolicies'] },
  { verbs: read, groups: [''], resources: ['namespaces'] },
  { verbs: read, groups: ['node.k8s.io'], resources: ['runtimeclasses'] },
  { verbs: read, groups: ['storage.k8s.io'], resources: ['csidrivers'] },
  // Not upstream's: nodes see which of the volumes that they keep are to be deleted.
  { verbs: ['list', 'watch'], groups: [''], resources: ['persistentvolumes'] },
  { verbs: ['create', 'delete'], groups: [''], resources: ['pods'] },
  { verbs: ['update', 'patch'], groups: [''], resources: ['pods/status'] },
  { verbs: ['create'], groups: [''], resources: ['pods/eviction'] },
  // One node opens ports of the machine for services, and tells which: upstream's cloud controller does that (decision 43).
  { verbs: ['patch'], groups: [''], resources: ['services/status'] },
  { verbs: write, groups: ['', 'events.k8s.io'], resources: ['events'] },
  { verbs: ['create', ...read], groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'] },
  { verbs: ['create'], groups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
  { verbs: ['create'], groups: ['authorization.k8s.io'], resources: ['subjectaccessreviews', 'localsubjectaccessreviews'] },
]

/** What a node may do to the objects that bear its name. */
const itself = (node: string): readonly Rule[] => [
  { verbs: ['update', 'patch', 'delete'], groups: [''], resources: ['nodes'], names: [node] },
  { verbs: ['get', 'update', 'patch'], groups: [''], resources: ['nodes/status'], names: [node] },
  {
    verbs: ['get', 'update', 'patch', 'delete'],
    groups: ['coordination.k8s.io'],
    resources: ['leases'],
    names: [node],
    namespaces: ['kube-node-lease'],
  },
  { verbs: ['create'], groups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['kube-node-lease'] },
]

/** Objects that a node may see one by one, as long as a pod on it refers to them. */
const referable: Readonly<Record<string, readonly string[]>> = {
  secrets: read,
  configmaps: read,
  persistentvolumeclaims: ['get'],
  persistentvolumes: ['get'],
  serviceaccounts: ['get'],
}

const allowed: Decision = { allowed: true, reason: '' }
const refused = (reason: string): Decision => ({ allowed: false, reason })

/** Upstream's node authorizer: a node's own business and what the pods bound to it need, nothing else. */
export function authorizeNode(node: string, attributes: Attributes, lookup: Lookup): Decision {
  if ([...everyNode, ...itself(node)].some(rule => ruleAllows(rule, attributes))) return allowed
  if (attributes.type === 'path') return refused('')
  const isToken = attributes.resource === 'serviceaccounts' && attributes.subresource === 'token' && attributes.verb === 'create'
  const verbs = isToken ? ['create'] : referable[attributes.resource]
  if (attributes.group !== '' || !verbs || (attributes.subresource && !isToken)) return refused('')
  if (keepsVolume(node, attributes, lookup)) return allowed
  if (!verbs.includes(attributes.verb)) return refused(`can only ${verbs.join('/')} resources of this type`)
  if (!attributes.name) return refused('No Object name found')
  return isReferred(node, attributes, lookup) ? allowed : refused(`no relationship found between node '${node}' and this object`)
}

/** Not upstream's: the node that keeps a volume says on it when its data is deleted, and nothing else (NodeRestriction). */
function keepsVolume(node: string, { resource, verb, name }: Request, lookup: Lookup): boolean {
  if (resource !== 'persistentvolumes' || verb !== 'update' || !name) return false
  const volume = lookup.get(PersistentVolume, { namespace: '', name })
  return volume !== undefined && isNodeDirectory(volume) && nodeOfDirectory(volume) === node
}

function isReferred(node: string, { resource, namespace, name }: Request, lookup: Lookup): boolean {
  const pods = lookup.list(Pod, namespace || undefined).filter(pod => pod.spec.nodeName === node)
  return pods.some(pod => neededBy(pod, lookup).some(reference => reference.resource === resource && reference.name === name))
}
