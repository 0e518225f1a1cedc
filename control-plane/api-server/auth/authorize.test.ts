import { describe, expect, it } from '@jest/globals'
import { PersistentVolume } from '../../../api/core/persistent-volume.ts'
import { Pod } from '../../../api/core/pod.ts'
import { onlyFrom } from '../../../api/storage/testing.ts'
import type { Attributes, User } from '../interfaces.ts'
import { anonymousUser, createAuthorizer } from './authorize.ts'
import { lookupOf, stored } from '../rbac/lookup-testing.ts'

const pod = stored(Pod, 'p', {
  spec: {
    nodeName: 'node-1',
    serviceAccountName: 'default',
    containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'in-env' } }] }],
    volumes: [
      { name: 'a', projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] } },
      { name: 'b', secret: { secretName: 'in-volume' } },
    ],
  },
})
const keptBy = (node: string) =>
  stored(PersistentVolume, `on-${node}`, {
    metadata: { annotations: { 'pv.kubernetes.io/provisioned-by': 'kubeling.io/node-directory' } },
    spec: onlyFrom(node),
  })
const authorizer = createAuthorizer(lookupOf(pod, keptBy('node-1'), keptBy('node-2')))

const users: Record<string, User> = {
  anonymous: anonymousUser,
  admin: { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
  alice: { name: 'alice', groups: ['system:authenticated'] },
  scheduler: { name: 'system:kube-scheduler', groups: ['system:authenticated'] },
  controllers: { name: 'system:kube-controller-manager', groups: ['system:authenticated'] },
  node: { name: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated'] },
  otherNode: { name: 'system:node:node-2', groups: ['system:nodes', 'system:authenticated'] },
  pretender: { name: 'system:node:node-1', groups: ['system:authenticated'] },
  bootstrapper: { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:authenticated'] },
}

/** `get /version` or `verb group/resource/subresource namespace/name`. */
function attributes(text: string): Attributes {
  const [verb = '', what = '', where = ''] = text.split(' ')
  if (what.startsWith('/')) return { type: 'path', verb, path: what }
  const [group = '', resource = '', subresource] = what.split('|')
  const [namespace = '', name = ''] = where.split('/')
  return { type: 'resource', verb, group, version: 'v1', resource, ...(subresource ? { subresource } : {}), namespace, name }
}
const decide = (user: string, text: string) => authorizer.authorize(users[user] as User, attributes(text))

describe('authorization', () => {
  it.each([
    ['anonymous', 'get /healthz'],
    ['anonymous', 'get /version'],
    ['admin', 'delete |nodes /node-1'],
    ['alice', 'get /apis/apps/v1'],
    ['alice', 'create authorization.k8s.io|selfsubjectaccessreviews'],
    ['scheduler', 'create |pods|binding default/p'],
    ['scheduler', 'update coordination.k8s.io|leases kube-system/kube-scheduler'],
    ['controllers', 'delete apps|replicasets default/x'],
    ['node', 'list |pods'],
    ['node', 'patch |nodes|status /node-1'],
    ['node', 'update coordination.k8s.io|leases kube-node-lease/node-1'],
    ['node', 'get |secrets default/in-env'],
    ['node', 'watch |secrets default/in-volume'],
    ['node', 'get |configmaps default/kube-root-ca.crt'],
    ['node', 'create |serviceaccounts|token default/default'],
    ['node', 'create events.k8s.io|events default'],
    ['node', 'watch discovery.k8s.io|endpointslices'],
    ['node', 'watch |persistentvolumes'],
    ['node', 'update |persistentvolumes /on-node-1'],
    ['bootstrapper', 'create certificates.k8s.io|certificatesigningrequests'],
  ])('lets %s %s', (user, text) => {
    expect(decide(user, text)).toMatchObject({ allowed: true })
  })

  it.each([
    ['anonymous', 'get /api', ''],
    ['anonymous', 'list |pods', ''],
    ['alice', 'list |pods default', ''],
    ['alice', 'get /metrics', ''],
    ['scheduler', 'list |secrets', ''],
    ['controllers', 'impersonate |users /alice', ''],
    ['node', 'patch |nodes /node-2', ''],
    ['node', 'update coordination.k8s.io|leases kube-node-lease/node-2', ''],
    ['node', 'get |secrets default/other', "no relationship found between node 'node-1' and this object"],
    ['otherNode', 'get |secrets default/in-env', "no relationship found between node 'node-2' and this object"],
    ['node', 'list |secrets default', 'No Object name found'],
    ['node', 'create |pods|exec default/p', ''],
    ['node', 'update |persistentvolumes /on-node-2', 'can only get resources of this type'],
    ['node', 'delete |persistentvolumes /on-node-1', 'can only get resources of this type'],
    ['pretender', 'list |pods', ''],
    ['bootstrapper', 'list |nodes', ''],
    ['bootstrapper', 'update certificates.k8s.io|certificatesigningrequests|approval /x', ''],
  ])('does not let %s %s', (user, text, reason) => {
    expect(decide(user, text)).toEqual({ allowed: false, reason })
  })
})
