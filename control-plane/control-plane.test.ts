import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { TokenRequest } from '../api/authentication/token-request.ts'
import { ApiError } from '../api/errors.ts'
import { CertificateSigningRequest } from '../api/certificates/certificate-signing-request.ts'
import { Lease } from '../api/coordination/lease.ts'
import { ConfigMap } from '../api/core/config-map.ts'
import { Namespace } from '../api/core/namespace.ts'
import { Node } from '../api/core/node.ts'
import { Pod } from '../api/core/pod.ts'
import { ServiceAccount } from '../api/core/service-account.ts'
import type { Client } from '../client/client.ts'
import type { ClientConfig } from '../client/client-config.ts'
import { createClient } from '../client/http-client.ts'
import { createTransport } from '../client/transport.ts'
import { loadKubeconfig } from '../client/kubeconfig.ts'
import { createCsr, type Subject } from '../common/certificate-request.ts'
import { issueCertificate } from '../common/certificates.ts'
import { systemClock } from '../common/clock.ts'
import { silentLogger } from '../common/log.ts'
import { readConfig } from './config.ts'
import { startControlPlane, type ControlPlane } from './control-plane.ts'

/** A control plane on a directory of its own, without scheduler and controllers unless told otherwise. */
async function temporaryControlPlane({ controllers = false, more = async (_: string): Promise<string[]> => [] } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-control-plane-'))
  const flags = [
    '--port=0',
    '--listen-address=127.0.0.1',
    '--scheduler=false',
    `--controllers=${controllers}`,
    `--bootstrap-dir=${directory}/join`,
    ...(await more(directory)),
  ]
  const start = () => startControlPlane(readConfig([...flags, `--data-dir=${directory}/data`], {}), silentLogger)
  const box = {
    directory,
    current: await start(),
    async restart() {
      await box.current.stop()
      box.current = await start()
    },
    /** A client with whatever credentials. */
    clientWith(credentials: Partial<ClientConfig>) {
      const { port, identity } = box.current
      return createClient({ server: `https://127.0.0.1:${port}`, ca: identity.authority.cert, ...credentials })
    },
    async clientAs(subject: Subject) {
      return box.clientWith({ certificate: await issueCertificate(box.current.identity.authority, { ...subject, usages: ['client'] }) })
    },
    async [Symbol.asyncDispose]() {
      await box.current.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
  return box
}
const pod = (name: string, spec: object = {}) => ({
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
})

/** What the server shows of the keys it signs tokens with. */
async function keysOf({ port, identity }: ControlPlane, token: string): Promise<unknown[]> {
  const transport = createTransport({ server: `https://127.0.0.1:${port}`, ca: identity.authority.cert, token })
  const { keys } = (await transport.request({ method: 'GET', path: '/openid/v1/jwks' })) as { keys: unknown[] }
  return keys
}

async function certificateOf(client: Client, name: string): Promise<string> {
  for (;;) {
    const { status } = await client.get(CertificateSigningRequest, { name })
    if (status.certificate) return Buffer.from(status.certificate, 'base64').toString('utf8')
    await systemClock.sleep(20)
  }
}

describe('control plane', () => {
  it('contains what every cluster contains, and is the same after a restart', async () => {
    await using box = await temporaryControlPlane()
    const { items } = await box.current.client.list(Namespace)
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    const made = await box.current.client.create(ConfigMap, { metadata: { name: 'c', namespace: 'default' }, data: { a: 'b' } })
    const { identity } = box.current
    await box.restart()
    expect(box.current.identity).toEqual(identity)
    expect(await box.current.client.get(ConfigMap, { namespace: 'default', name: 'c' })).toEqual(made)
  })

  it('writes a kubeconfig that works and that only its owner may read', async () => {
    await using box = await temporaryControlPlane()
    const path = join(box.directory, 'data/admin.kubeconfig')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const client = createClient(await loadKubeconfig(path))
    expect((await client.list(Namespace)).items).toHaveLength(4)
  })

  it('writes down what is asked of it, and shows itself to administrators, where that is switched on', async () => {
    await using box = await temporaryControlPlane({
      async more(directory) {
        await writeFile(join(directory, 'policy.yaml'), 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n')
        return [`--audit-policy-file=${directory}/policy.yaml`, `--audit-log-path=${directory}/audit/audit.log`, '--profiling=true']
      },
    })
    await box.current.client.create(ConfigMap, { metadata: { name: 'noted', namespace: 'default' } })
    const configz = await box.current.client.getPath('/configz')
    expect(configz).toMatchObject({ 'kubeling-control-plane': { cluster: 'kubeling', profiling: true } })
    expect(JSON.stringify(configz)).not.toContain(box.current.identity.bootstrapToken)
    const node = await box.clientAs({ commonName: 'system:node:node-1', organizations: ['system:nodes'] })
    await expect(node.getPath('/configz')).rejects.toMatchObject({ code: 403 })
    await box.current.stop()
    const log = (await readFile(join(box.directory, 'audit/audit.log'), 'utf8')).trim().split('\n')
    const events = log.map(line => JSON.parse(line) as { stage: string; verb: string; objectRef?: { name?: string } })
    expect(events.filter(({ objectRef }) => objectRef?.name === 'noted')).toMatchObject([
      { stage: 'ResponseComplete', verb: 'create', user: { username: 'kubernetes-admin' }, sourceIPs: ['127.0.0.1'] },
    ])
  })

  it('counts what its parts do', async () => {
    await using box = await temporaryControlPlane({ controllers: true, more: async () => ['--scheduler=true'] })
    const { client } = box.current
    const transport = createTransport({
      server: `https://127.0.0.1:${box.current.port}`,
      ca: box.current.identity.authority.cert,
      certificate: box.current.identity.admin,
    })
    const text = async () => {
      let told = ''
      for await (const chunk of await transport.open({ method: 'GET', path: '/metrics' })) told += String(chunk)
      return told
    }
    const wanted = [
      /^workqueue_adds_total\{name="namespace"\} [1-9]/m,
      /^etcd_request_duration_seconds_count\{operation="create",group="",resource="namespaces"\} [1-9]/m,
      /^apiserver_storage_size_bytes\{storage_cluster_id="etcd-0"\} [1-9]/m,
      /^scheduler_schedule_attempts_total\{profile="default-scheduler",result="unschedulable"\} [1-9]/m,
      /^scheduler_pending_pods\{queue="unschedulable"\} 1/m,
      /^rest_client_requests_total\{code="200",host="loopback",method="GET"\} [1-9]/m,
    ]
    // Pods are let in once their account is there.
    const created = async () => {
      try {
        return Boolean(await client.create(Pod, pod('nowhere') as never))
      } catch (error) {
        if (error instanceof ApiError && error.code === 403) return false
        throw error
      }
    }
    for (let attempt = 0; attempt < 200 && !(await created()); attempt++) await systemClock.sleep(50)
    let told = ''
    for (let attempt = 0; attempt < 200 && !wanted.every(pattern => pattern.test(told)); attempt++) {
      await systemClock.sleep(50)
      told = await text()
    }
    transport.close()
    for (const pattern of wanted) expect(told).toMatch(pattern)
  })

  it('answers nobody whom it does not know', async () => {
    await using box = await temporaryControlPlane()
    await expect(box.clientWith({}).list(Pod)).rejects.toMatchObject({ code: 401 })
    await expect(box.clientWith({ token: 'abcdef.0123456789abcdef' }).list(Pod)).rejects.toMatchObject({ code: 401 })
    await using stranger = await temporaryControlPlane()
    const { admin } = stranger.current.identity
    await expect(box.clientWith({ certificate: admin }).list(Pod)).rejects.toMatchObject({ code: 401 })
  })

  it('lets the bearer of the join token ask for a certificate, in its own name, and nothing else', async () => {
    await using box = await temporaryControlPlane()
    const token = await readFile(join(box.directory, 'join/token'), 'utf8')
    const joiner = box.clientWith({ token })
    const { csr } = await createCsr({ commonName: 'system:node:node-1', organizations: ['system:nodes'] })
    const made = await joiner.create(CertificateSigningRequest, {
      metadata: { name: 'node-1' },
      spec: {
        request: Buffer.from(csr).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
        usages: ['digital signature', 'client auth'],
        username: 'root',
      },
    })
    expect(made.spec.username).toBe(`system:bootstrap:${token.slice(0, 6)}`)
    expect(made.spec.groups).toContain('system:bootstrappers:kubeadm:default-node-token')
    await expect(joiner.list(Node)).rejects.toMatchObject({
      code: 403,
      message: `nodes is forbidden: User "${made.spec.username}" cannot list resource "nodes" in API group "" at the cluster scope`,
    })
  })

  it('gives a joining node the certificate it asks for', async () => {
    await using box = await temporaryControlPlane({ controllers: true })
    const joiner = box.clientWith({ token: box.current.identity.bootstrapToken })
    const { csr, key } = await createCsr({ commonName: 'system:node:node-1', organizations: ['system:nodes'] })
    await joiner.create(CertificateSigningRequest, {
      metadata: { name: 'node-1' },
      spec: {
        request: Buffer.from(csr).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
        usages: ['digital signature', 'client auth'],
      },
    })
    const cert = await certificateOf(joiner, 'node-1')
    const node = box.clientWith({ certificate: { cert, key } })
    expect((await node.create(Node, { metadata: { name: 'node-1' }, spec: {} })).metadata.name).toBe('node-1')
  })

  it('lets a node be itself and no other', async () => {
    await using box = await temporaryControlPlane()
    const node = await box.clientAs({ commonName: 'system:node:node-1', organizations: ['system:nodes'] })
    const made = await node.create(Node, { metadata: { name: 'node-1' }, spec: {} })
    expect(made.spec?.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
    await node.create(Lease, { metadata: { name: 'node-1', namespace: 'kube-node-lease' }, spec: { holderIdentity: 'node-1' } })
    await expect(node.create(Node, { metadata: { name: 'node-2' }, spec: {} })).rejects.toThrow(
      'node "node-1" is not allowed to modify node "node-2"',
    )
    await expect(node.create(Pod, pod('p') as never)).rejects.toMatchObject({ code: 403 })
    await expect(node.list(ConfigMap)).rejects.toMatchObject({ code: 403 })
  })

  it('issues tokens to the accounts of pods, for as long as the pod lives', async () => {
    await using box = await temporaryControlPlane()
    const { client } = box.current
    await client.create(ServiceAccount, { metadata: { name: 'default', namespace: 'default' } })
    const made = await client.create(Pod, pod('p') as never)
    expect(made.spec.serviceAccountName).toBe('default')
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: made.metadata.uid }
    const target = { namespace: 'default', name: 'default', subresource: 'token' }
    const { status } = await client.post<TokenRequest>(ServiceAccount, target, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { boundObjectRef, expirationSeconds: 3607 },
    })
    const inPod = box.clientWith({ token: status.token ?? '' })
    expect(await keysOf(box.current, status.token ?? '')).toMatchObject([{ kty: 'EC', alg: 'ES256', use: 'sig' }])
    await expect(inPod.list(Pod, { namespace: 'default' })).rejects.toMatchObject({
      message:
        'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
    })
    await client.delete(Pod, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 })
    await expect(inPod.list(Pod, { namespace: 'default' })).rejects.toMatchObject({ code: 401 })
  })
})
