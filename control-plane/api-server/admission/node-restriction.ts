import type { TokenRequest } from '../../../api/authentication/token-request.ts'
import { Lease } from '../../../api/coordination/lease.ts'
import { Node } from '../../../api/core/node.ts'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { Pod } from '../../../api/core/pod.ts'
import { ServiceAccount } from '../../../api/core/service-account.ts'
import { forbidden } from '../../../api/errors.ts'
import { isEqual } from '../../../common/equal.ts'
import type { AdmissionContext, Lookup } from '../interfaces.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { isMirrorPod } from '../../../api/static-pods.ts'
import { isDataToDelete, withDataFinalizer } from '../../../api/storage/node-directory.ts'
import { changedRestrictedLabels } from './node-labels.ts'
import { concerns, type AdmissionRule } from './rule.ts'

/** What is wrong, in upstream's words, or nothing. */
type Verdict = string | undefined

/** Upstream's NodeRestriction: a kubelet writes its own node, its lease and the pods bound to it, whatever else it may read. */
export const nodeRestriction = (lookup: Lookup): AdmissionRule => ({
  validate(context) {
    const node = nodeOf(context)
    if (node === undefined) return
    const verdict = judge(context, node, lookup)
    if (verdict) throw forbidden(context.kind, context.name, verdict)
  },
})

function nodeOf({ user }: AdmissionContext): string | undefined {
  const prefix = 'system:node:'
  return user.groups.includes('system:nodes') && user.name.startsWith(prefix) ? user.name.slice(prefix.length) : undefined
}

function judge(context: AdmissionContext, node: string, lookup: Lookup): Verdict {
  if (concerns(context, Pod)) return judgePod(context, node)
  if (concerns(context, Pod, 'status')) return judgePodStatus(context, node)
  if (concerns(context, Pod, 'eviction')) {
    const pod = lookup.get(Pod, context)
    return pod?.spec.nodeName === node ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`
  }
  if (concerns(context, Node) || concerns(context, Node, 'status')) return judgeNode(context, node)
  if (concerns(context, PersistentVolume)) return judgeVolume(context, node)
  if (concerns(context, Lease)) return judgeLease(context, node)
  if (concerns(context, ServiceAccount, 'token')) return judgeToken(context, node, lookup)
  return undefined
}

const quoted = (text: string) => JSON.stringify(text)
const nodeNameOf = (pod: unknown) => (pod as Pod | undefined)?.spec.nodeName

function judgePod({ verb, object, current }: AdmissionContext, node: string): Verdict {
  if (verb === 'delete')
    return nodeNameOf(current) === node ? undefined : `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`
  if (verb !== 'create') return `unexpected operation ${quoted(verb)}`
  if (!isMirrorPod(object as Pod))
    return `pod does not have "kubernetes.io/config.mirror" annotation, node ${quoted(node)} can only create mirror pods`
  return nodeNameOf(object) === node ? undefined : `node ${quoted(node)} can only create pods with spec.nodeName set to itself`
}

function judgePodStatus({ object, current }: AdmissionContext, node: string): Verdict {
  if (nodeNameOf(current) !== node) return `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`
  if (!isEqual(object?.metadata.labels ?? {}, current?.metadata.labels ?? {}))
    return `node ${quoted(node)} cannot update labels through pod status`
  return undefined
}

function judgeNode({ verb, name, object, current }: AdmissionContext, node: string): Verdict {
  if (name !== node) return `node ${quoted(node)} is not allowed to modify node ${quoted(name)}`
  if (!object) return undefined
  const next = object as Node
  const labels = changedRestrictedLabels(next.metadata.labels ?? {}, current?.metadata.labels ?? {})
  if (labels.length > 0) return `is not allowed to ${verb === 'create' ? 'set' : 'modify'} the following labels: ${labels.join(', ')}`
  const previous = current as Node | undefined
  const taintsChanged = previous !== undefined && !isEqual(next.spec?.taints ?? [], previous.spec?.taints ?? [])
  return taintsChanged ? `node ${quoted(node)} is not allowed to modify taints` : undefined
}

function judgeLease({ namespace, name }: AdmissionContext, node: string): Verdict {
  if (namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace'
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node'
}

/** Volumes that the node keeps: all that it may say is that their data is gone. */
function judgeVolume({ verb, object, current }: AdmissionContext, node: string): Verdict {
  const onlyLetsGo =
    verb === 'update' &&
    isDataToDelete(current as PersistentVolume) &&
    isEqual((object as PersistentVolume).spec, (current as PersistentVolume).spec) &&
    isEqual(withoutFinalizers(object), withoutFinalizers(withDataFinalizer(current as PersistentVolume, false))) &&
    isEqual(object?.metadata.finalizers ?? [], withDataFinalizer(current as PersistentVolume, false).metadata.finalizers)
  return onlyLetsGo ? undefined : `node ${quoted(node)} can only remove its finalizer from volumes that are being deleted`
}

const withoutFinalizers = (object: KubernetesObject | undefined) => {
  const { finalizers: _, managedFields: __, ...metadata } = object?.metadata ?? {}
  return metadata
}

function judgeToken({ namespace, object }: AdmissionContext, node: string, lookup: Lookup): Verdict {
  const reference = (object as TokenRequest | undefined)?.spec.boundObjectRef
  if (reference?.apiVersion !== 'v1' || reference.kind !== 'Pod' || !reference.name) return 'node requested token not bound to a pod'
  if (!reference.uid) return 'node requested token with a pod binding without a uid'
  const pod = lookup.get(Pod, { namespace, name: reference.name })
  if (pod && pod.metadata.uid !== reference.uid)
    return `the UID in the bound object reference (${reference.uid}) does not match the UID in record (${pod.metadata.uid}). The object might have been deleted and then recreated`
  return pod?.spec.nodeName === node ? undefined : 'node requested token bound to a pod scheduled on a different node'
}
