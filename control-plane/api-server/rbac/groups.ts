/** Names of users and groups that the system itself gives a meaning. */
export const anonymous = 'system:anonymous'
export const unauthenticated = 'system:unauthenticated'
export const authenticated = 'system:authenticated'
export const masters = 'system:masters'
export const nodes = 'system:nodes'
export const bootstrappers = 'system:bootstrappers'
export const serviceAccounts = 'system:serviceaccounts'

const nodePrefix = 'system:node:'

/** The node that a user is, when it is one. */
export const nodeNameOf = (user: { readonly name: string; readonly groups: readonly string[] }): string | undefined =>
  user.name.startsWith(nodePrefix) && user.groups.includes(nodes) ? user.name.slice(nodePrefix.length) : undefined

export const serviceAccountUserName = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`
