import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { Secret } from '../../../api/core/secret.ts'
import { ServiceAccount } from '../../../api/core/service-account.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import type { Lookup, User } from '../interfaces.ts'
import { authenticated, serviceAccounts, serviceAccountUserName } from '../rbac/groups.ts'
import type { TokenBinding, TokenClaims } from './service-account-token.ts'

/** How long a token outlives the object it is bound to once that is being deleted. */
const deletionLeeway = 60_000

/** The user that a token stands for, as long as the service account and what the token is bound to are the ones it was made for. */
export function serviceAccountUser(claims: TokenClaims, lookup: Lookup, now: Date): User | undefined {
  const binding = claims['kubernetes.io']
  const { namespace, serviceaccount, pod, node } = binding
  if (!bindingHolds(binding, lookup, now)) return undefined
  const extra = {
    ...(claims.jti ? { 'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`] } : {}),
    ...(node ? { 'authentication.kubernetes.io/node-name': [node.name], 'authentication.kubernetes.io/node-uid': [node.uid] } : {}),
    ...(pod ? { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] } : {}),
  }
  return {
    name: serviceAccountUserName(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: [serviceAccounts, `${serviceAccounts}:${namespace}`, authenticated],
    extra,
  }
}

function bindingHolds({ namespace, serviceaccount, pod, secret, node }: TokenBinding, lookup: Lookup, now: Date): boolean {
  const lives = (kind: Kind, reference: { name: string; uid: string } | undefined, inNamespace = namespace) =>
    reference === undefined || isStill(lookup.get(kind, { namespace: inNamespace, name: reference.name }), reference.uid, now)
  return (
    lives(ServiceAccount, serviceaccount) &&
    lives(Pod, pod) &&
    lives(Secret, secret) &&
    // A token of a pod ends with the pod, whatever becomes of the node's object.
    (pod !== undefined || lives(Node, node, ''))
  )
}

function isStill(object: KubernetesObject | undefined, uid: string, now: Date): boolean {
  if (object?.metadata.uid !== uid) return false
  const { deletionTimestamp } = object.metadata
  return deletionTimestamp === undefined || Date.parse(deletionTimestamp) + deletionLeeway > now.getTime()
}
