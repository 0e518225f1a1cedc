import { validateNetworkPolicy } from './network-policy-validation.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defineKind } from '../kind.ts'
import { formatLabelSelector } from '../label-selector.ts'
import { LabelSelector, ObjectMeta } from '../meta.ts'
import { embedded, int32, intOrString, list, message, oneOf, optional, required, stored, string, type Static } from '../schema/schema.ts'

export const IPBlock = message('io.k8s.api.networking.v1.IPBlock', 'A range of addresses.', {
  cidr: required(1, string(), 'The range, such as 10.0.0.0/8.'),
  except: optional(2, list(string()), 'Ranges within it that are left out.'),
})
export type IPBlock = Static<typeof IPBlock>

export const NetworkPolicyPeer = message('io.k8s.api.networking.v1.NetworkPolicyPeer', 'The other end of connections.', {
  podSelector: optional(1, LabelSelector, "Pods; those of the policy's namespace when no other is selected."),
  namespaceSelector: optional(2, LabelSelector, 'Namespaces in which the pods are, or all pods of which are meant.'),
  ipBlock: optional(3, IPBlock, 'A range of addresses; not together with the other two.'),
})
export type NetworkPolicyPeer = Static<typeof NetworkPolicyPeer>

export const NetworkPolicyPort = message('io.k8s.api.networking.v1.NetworkPolicyPort', 'Ports that connections may go to.', {
  protocol: optional(1, oneOf(['TCP', 'UDP', 'SCTP'], { default: 'TCP', presence: 'pointer' }), 'TCP, UDP or SCTP.'),
  port: optional(2, intOrString({ presence: 'pointer' }), 'Number or name of the port; all by default.'),
  endPort: optional(3, int32({ presence: 'pointer' }), 'Last port of a range that begins with port.'),
})
export type NetworkPolicyPort = Static<typeof NetworkPolicyPort>

export const NetworkPolicyIngressRule = message('io.k8s.api.networking.v1.NetworkPolicyIngressRule', 'Connections that may come in.', {
  ports: optional(1, list(NetworkPolicyPort), 'Ports that they may go to; all by default.'),
  from: optional(2, list(NetworkPolicyPeer), 'Where they may come from; anywhere by default.'),
})
export type NetworkPolicyIngressRule = Static<typeof NetworkPolicyIngressRule>

export const NetworkPolicyEgressRule = message('io.k8s.api.networking.v1.NetworkPolicyEgressRule', 'Connections that may go out.', {
  ports: optional(1, list(NetworkPolicyPort), 'Ports that they may go to; all by default.'),
  to: optional(2, list(NetworkPolicyPeer), 'Where they may go; anywhere by default.'),
})
export type NetworkPolicyEgressRule = Static<typeof NetworkPolicyEgressRule>

export const NetworkPolicySpec = message('io.k8s.api.networking.v1.NetworkPolicySpec', 'Which connections pods may have.', {
  podSelector: embedded(1, LabelSelector, 'The pods; an empty one selects all of the namespace.'),
  ingress: optional(2, list(NetworkPolicyIngressRule), 'Connections that may come in; none but these.'),
  egress: optional(3, list(NetworkPolicyEgressRule), 'Connections that may go out; none but these.'),
  policyTypes: optional(4, list(string()), 'Which directions it is about: Ingress, Egress or both.'),
})
export type NetworkPolicySpec = Static<typeof NetworkPolicySpec>

export const NetworkPolicySchema = message(
  'io.k8s.api.networking.v1.NetworkPolicy',
  'Says which connections pods of a namespace may have.',
  {
    apiVersion: stored(0, string(), 'Version of the schema that the object is written in.'),
    kind: stored(0, string(), 'What the object is: NetworkPolicy.'),
    metadata: embedded(1, ObjectMeta, 'Name, labels and other data that every object has.'),
    spec: embedded(2, NetworkPolicySpec, 'Which connections they may have.'),
  },
)
export type NetworkPolicy = Static<typeof NetworkPolicySchema>

export const NetworkPolicy = defineKind(NetworkPolicySchema, {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  generation: true,
  applyDefaults: withPolicyTypes,
  validate: validateNetworkPolicy,
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector',
      type: 'string',
      description: 'The pods that it is about.',
      cell: ({ spec }) => formatLabelSelector(spec.podSelector),
    },
    ageColumn,
  ],
})

/** It is about what comes in, and about what goes out where rules say so. */
function withPolicyTypes(policy: NetworkPolicy): NetworkPolicy {
  const { policyTypes = [], egress = [] } = policy.spec
  if (policyTypes.length > 0) return policy
  return { ...policy, spec: { ...policy.spec, policyTypes: egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'] } }
}
