import { list, message, optional, required, string, type Static } from '../schema/schema.ts'

export const PolicyRule = message('io.k8s.api.rbac.v1.PolicyRule', 'Allows some verbs on some resources or paths.', {
  verbs: required(1, list(string()), 'What may be done, such as get; * is everything.'),
  apiGroups: optional(2, list(string()), 'Groups of the resources; empty text is the core group, * is all.'),
  resources: optional(3, list(string()), 'Resources, with a slash for a part of one; * is all.'),
  resourceNames: optional(4, list(string()), 'Names of the objects; all by default.'),
  nonResourceURLs: optional(5, list(string()), 'Paths that are no resources, such as /healthz; * at the end stands for anything.'),
})
export type PolicyRule = Static<typeof PolicyRule>
