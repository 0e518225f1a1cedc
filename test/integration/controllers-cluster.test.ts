import { describe, expect, it } from '@jest/globals'
import { CertificateSigningRequest } from '../../api/certificates/certificate-signing-request.ts'
import { ConfigMap } from '../../api/core/config-map.ts'
import { Endpoints } from '../../api/core/endpoints.ts'
import { Namespace } from '../../api/core/namespace.ts'
import { Node } from '../../api/core/node.ts'
import { Pod } from '../../api/core/pod.ts'
import { Secret } from '../../api/core/secret.ts'
import { Service } from '../../api/core/service.ts'
import { ServiceAccount } from '../../api/core/service-account.ts'
import { EndpointSlice } from '../../api/discovery/endpoint-slice.ts'
import { isNotFound } from '../../api/errors.ts'
import { createClient } from '../../client/http-client.ts'
import { createCsr } from '../../common/certificate-request.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'

describe('the controllers', () => {
  it('give every namespace its account and the CA, and every node its range', async () => {
    await using cluster = await startHollowCluster()
    const { client, plane } = cluster
    await client.create(Namespace, { metadata: { name: 'fresh' }, spec: {} })
    await eventually(async () => client.get(ServiceAccount, { name: 'default', namespace: 'fresh' }))
    const map = await eventually(async () => client.get(ConfigMap, { name: 'kube-root-ca.crt', namespace: 'fresh' }))
    expect(map.data).toEqual({ 'ca.crt': plane.identity.authority.cert })
    const nodes = await eventually(async () => {
      const { items } = await client.list(Node)
      return items.every(({ spec }) => spec?.podCIDR) && items
    })
    expect(nodes.map(({ spec }) => spec?.podCIDR).sort()).toEqual(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24'])
    await eventually(async () => nodes.length > 0 && (await client.list(Node)).items.every(({ spec }) => !spec?.taints?.length))
  }, 60_000)

  it('empty a namespace before it goes', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(Namespace, { metadata: { name: 'gone' }, spec: {} })
    await client.create(Secret, { metadata: { name: 's', namespace: 'gone' } } as never)
    await eventually(async () => client.get(ServiceAccount, { name: 'default', namespace: 'gone' }))
    await client.create(Pod, { metadata: { name: 'p', namespace: 'gone' }, spec: { containers: [{ name: 'c', image: 'x' }] } } as never)
    await client.delete(Namespace, { name: 'gone' })
    await eventually(async () => {
      try {
        await client.get(Namespace, { name: 'gone' })
        return false
      } catch (error) {
        if (isNotFound(error)) return true
        throw error
      }
    })
    await expect(client.get(Secret, { name: 's', namespace: 'gone' })).rejects.toMatchObject({ code: 404 })
  }, 60_000)

  it('evict pods from a node whose taints, made by hand, they do not tolerate, or only for a while', async () => {
    await using cluster = await startHollowCluster({ nodes: ['node-1'] })
    const { client } = cluster
    const tolerating = (seconds: object) => ({ tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', ...seconds }] })
    const specs = { plain: {}, brief: tolerating({ tolerationSeconds: 1 }), patient: tolerating({}) }
    for (const [name, spec] of Object.entries(specs)) {
      await client.create(Pod, { metadata: { name, namespace }, spec: { containers: [{ name: 'c', image: 'x' }], ...spec } } as never)
      await eventually(async () => (await client.get(Pod, { name, namespace })).status.phase === 'Running')
    }
    await client.patch(Node, { name: 'node-1' }, { type: 'merge', body: { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } } })
    const left = async () => (await client.list(Pod, { namespace })).items.map(({ metadata }) => metadata.name)
    await eventually(async () => (await left()).join() === 'patient')
  }, 60_000)

  it('name the pods of a service in Endpoints and EndpointSlices', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    await client.create(Service, {
      metadata: { name: 'web', namespace },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
    } as never)
    const spec = { containers: [{ name: 'c', image: 'x', ports: [{ name: 'http', containerPort: 8080 }] }] }
    await client.create(Pod, { metadata: { name: 'p', namespace, labels: { app: 'web' } }, spec } as never)
    const endpoints = await eventually(async () => {
      const current = await client.get(Endpoints, { name: 'web', namespace })
      return current.subsets?.[0]?.addresses?.length === 1 && current
    })
    const pod = await client.get(Pod, { name: 'p', namespace })
    expect(endpoints.subsets).toMatchObject([
      { addresses: [{ ip: pod.status.podIP, nodeName: pod.spec.nodeName }], ports: [{ port: 8080, protocol: 'TCP' }] },
    ])
    const slice = await eventually(async () => {
      const { items } = await client.list(EndpointSlice, { namespace, labelSelector: 'kubernetes.io/service-name=web' })
      return items.length === 1 && items[0]?.endpoints?.length === 1 && items[0]
    })
    expect(slice).toMatchObject({
      addressType: 'IPv4',
      ports: [{ port: 8080, protocol: 'TCP', name: '' }],
      endpoints: [
        { addresses: [pod.status.podIP], conditions: { ready: true, serving: true, terminating: false }, nodeName: pod.spec.nodeName },
      ],
    })
    await client.delete(Service, { name: 'web', namespace })
    await eventually(
      async () => (await client.list(EndpointSlice, { namespace, labelSelector: 'kubernetes.io/service-name=web' })).items.length === 0,
    )
  }, 60_000)

  it('certify a node that joins, and its own serving certificate', async () => {
    await using cluster = await startHollowCluster({ nodes: [] })
    const { client, plane } = cluster
    const server = { server: `https://127.0.0.1:${plane.port}`, ca: plane.identity.authority.cert }
    const certify = async (joiner: typeof client, request: { name: string; signerName: string; usage: string; names?: string[] }) => {
      const subject = { commonName: 'system:node:node-9', organizations: ['system:nodes'], names: request.names ?? [] }
      const { csr, key } = await createCsr(subject)
      await joiner.create(CertificateSigningRequest, {
        metadata: { name: request.name },
        spec: {
          request: Buffer.from(csr).toString('base64'),
          signerName: request.signerName,
          usages: ['digital signature', request.usage],
        },
      } as never)
      const certificate = await eventually(
        async () => (await client.get(CertificateSigningRequest, { name: request.name })).status?.certificate,
      )
      return { cert: Buffer.from(certificate, 'base64').toString('utf8'), key }
    }
    const joiner = createClient({ ...server, token: plane.identity.bootstrapToken })
    const certificate = await certify(joiner, {
      name: 'join',
      signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
      usage: 'client auth',
    })
    const node = createClient({ ...server, certificate })
    await node.create(Node, { metadata: { name: 'node-9' }, spec: {} })
    const serving = { signerName: 'kubernetes.io/kubelet-serving', usage: 'server auth' }
    await certify(node, { ...serving, name: 'serve', names: ['node-9', '10.0.0.9'] })
    // An address that another node still has by the API is not certified before that node has told its new one.
    const tellAddress = (address: string) => ({
      type: 'merge' as const,
      body: { status: { addresses: [{ type: 'InternalIP', address }] } },
    })
    const other = { name: 'node-8', subresource: 'status' }
    await client.create(Node, { metadata: { name: 'node-8' }, spec: {} })
    await client.patch(Node, other, tellAddress('10.0.0.8'))
    const waits = certify(node, { ...serving, name: 'moved', names: ['node-9', '10.0.0.8'] })
    await new Promise(resolve => setTimeout(resolve, 300))
    expect((await client.get(CertificateSigningRequest, { name: 'moved' })).status?.conditions).toBeUndefined()
    await client.patch(Node, other, tellAddress('10.0.0.7'))
    await waits
  }, 60_000)
})
