import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  AppsV1Api,
  Attach,
  CoreV1Api,
  Cp,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  Watch,
  type V1ConfigMap,
  type V1Status,
} from '@kubernetes/client-node'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace, testCluster } from '../support/test-cluster.ts'

const namespace = `client-node-${process.pid}`
const config = new KubeConfig()
let core: CoreV1Api
let own: AsyncDisposable

/** Keeps what is written to it. */
class Kept extends Writable {
  text = ''
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

beforeAll(async () => {
  config.loadFromFile(testCluster.kubeconfig)
  core = config.makeApiClient(CoreV1Api)
  own = await ownNamespace(kubectlOfCluster(), namespace)
  const container = {
    name: 'c',
    image: 'busybox:1.36',
    command: ['sh', '-c', 'httpd -p 8080 -h /etc; while :; do echo tick; sleep 0.3; done'],
  }
  const pod = { metadata: { name: 'server' }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } }
  await eventually(async () => core.createNamespacedPod({ namespace, body: pod }), { seconds: 30 })
  await eventually(async () => (await core.readNamespacedPod({ namespace, name: 'server' })).status?.phase === 'Running', { seconds: 60 })
}, 120_000)
afterAll(async () => {
  await own[Symbol.asyncDispose]()
}, 120_000)

describe('@kubernetes/client-node', () => {
  it('keeps an informer true', async () => {
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () => core.listNamespacedConfigMap({ namespace }))
    const seen: string[] = []
    const note = (type: string) => (map: V1ConfigMap) => {
      if (map.metadata?.name === 'watched') seen.push(`${type} ${map.data?.['a']}`)
    }
    informer.on('add', note('add'))
    informer.on('update', note('update'))
    informer.on('delete', note('delete'))
    await informer.start()
    const name = 'watched'
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { a: '1' } } })
    await core.replaceNamespacedConfigMap({ namespace, name, body: { metadata: { name }, data: { a: '2' } } })
    await core.deleteNamespacedConfigMap({ namespace, name })
    await eventually(async () => seen.includes('delete 2'), { seconds: 30 })
    await informer.stop()
    expect(seen).toEqual(['add 1', 'update 2', 'delete 2'])
  }, 60_000)

  it('watches', async () => {
    const events: string[] = []
    const hear = (type: string, object: { metadata: { name: string } }) => void events.push(`${type} ${object.metadata.name}`)
    const request = await new Watch(config).watch(`/api/v1/namespaces/${namespace}/pods`, {}, hear, () => undefined)
    await eventually(async () => events.includes('ADDED server'), { seconds: 30 })
    request.abort()
  }, 60_000)

  it('applies on the server, and is told of conflicts', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config)
    const map = (a: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace }, data: { a } })
    const apply = (a: string, manager: string, force = false) =>
      objects.patch(map(a), undefined, undefined, manager, force, PatchStrategy.ServerSideApply)
    await apply('1', 'one')
    await expect(apply('2', 'two')).rejects.toMatchObject({ code: 409 })
    await apply('2', 'two', true)
    const { data, metadata } = await core.readNamespacedConfigMap({ namespace, name: 'applied' })
    expect([data, metadata?.managedFields?.map(({ manager }) => manager)]).toEqual([{ a: '2' }, ['two']])
  }, 60_000)

  it('scales a deployment and reads its scale', async () => {
    const apps = config.makeApiClient(AppsV1Api)
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'busybox:1.36' }] } }
    const body = { metadata: { name: 'd' }, spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template } }
    await apps.createNamespacedDeployment({ namespace, body })
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'd' })
    expect([scale.metadata?.name, scale.status?.replicas]).toEqual(['d', 0])
  }, 60_000)

  it('runs commands, with their output and exit code', async () => {
    const [out, errors] = [new Kept(), new Kept()]
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(config)
        .exec(namespace, 'server', 'c', ['sh', '-c', 'echo out; echo err >&2; exit 3'], out, errors, null, false, resolve)
        .catch(reject)
    })
    expect([out.text, errors.text, status.status]).toEqual(['out\n', 'err\n', 'Failure'])
    expect(status.details?.causes).toEqual([{ reason: 'ExitCode', message: '3' }])
  }, 60_000)

  it('follows logs and attaches', async () => {
    const [logs, attached] = [new Kept(), new Kept()]
    const following = await new Log(config).log(namespace, 'server', 'c', logs, { follow: true })
    const socket = await new Attach(config).attach(namespace, 'server', 'c', attached, null, null, false)
    await eventually(async () => /tick\ntick\n/.test(logs.text) && /tick\n/.test(attached.text), { seconds: 30 })
    following.abort()
    socket.close()
  }, 60_000)

  it('forwards a port', async () => {
    const [answered, errors, input] = [new Kept(), new Kept(), new PassThrough()]
    await new PortForward(config).portForward(namespace, 'server', [8080], answered, errors, input)
    input.write('GET /hostname HTTP/1.0\r\n\r\n')
    await eventually(async () => answered.text.endsWith('\r\n\r\nserver\n'), { seconds: 30 })
    expect(answered.text).toMatch(/^HTTP\/1\.\d 200 OK\r\n/)
    expect(errors.text).toBe('')
  }, 60_000)

  it('says why a port cannot be forwarded', async () => {
    const [answered, errors] = [new Kept(), new Kept()]
    await new PortForward(config).portForward(namespace, 'server', [8081], answered, errors, new PassThrough())
    await eventually(async () => errors.text.includes('error forwarding port 8081 to pod'), { seconds: 30 })
    expect(answered.text).toBe('')
  }, 60_000)

  it('copies files to a pod and back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'client-node-'))
    try {
      writeFileSync(join(folder, 'note.txt'), 'from here\n')
      await new Cp(config).cpToPod(namespace, 'server', 'c', folder, '/tmp')
      // Its way back does not unpack what it has compressed; this is the same without that.
      const archive = new Kept()
      const command = ['sh', '-c', 'until [ -s /tmp/note.txt ]; do sleep 0.1; done; tar cf - -C /tmp note.txt']
      await new Promise<V1Status>((resolve, reject) => {
        new Exec(config).exec(namespace, 'server', 'c', command, archive, null, null, false, resolve).catch(reject)
      })
      const { stdout } = spawnSync('tar', ['-xOf', '-'], { input: archive.text, encoding: 'utf8' })
      expect(stdout).toBe('from here\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 60_000)
})
