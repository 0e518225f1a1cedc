import { randomUUID } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { silentLogger } from '../../../common/log.ts'
import { describeRuntime, programs } from '../runtime.contract.ts'
import type { ContainerConfig, PodIdentity } from '../runtime.ts'
import { connectDocker, disconnectDocker } from './connect.ts'
import { finished } from './volume-tar.ts'
import { DockerRuntime } from './docker-runtime.ts'
import { helperLabels, ownerFilter } from './labels.ts'

// Images that scripts/test provides.
const image = 'busybox:1.36'
const pauseImage = 'kubeling/pause'
const owner = { cluster: `kubeling-contract-${randomUUID().slice(0, 8)}`, nodeName: 'node-1' }

async function reach(): Promise<Docker | string> {
  try {
    const docker = await connectDocker({ socketPath: '/var/run/docker.sock' })
    await Promise.all([image, pauseImage].map(name => docker.getImage(name).inspect()))
    return docker
  } catch (error) {
    return `Docker or one of the images ${image} and ${pauseImage} cannot be reached: ${String(error)}`
  }
}

const engine = await reach()
if (typeof engine === 'string') {
  describe('DockerRuntime', () => {
    it.skip(`is not tested here: ${engine}`, () => undefined)
  })
} else {
  describeOn(engine)
}

function describeOn(docker: Docker): void {
  const podNetwork = `${owner.cluster}-pods`
  const runtime = new DockerRuntime({ docker, ...owner, podNetwork, pauseImage, log: silentLogger })
  const pod: PodIdentity = { uid: randomUUID(), name: 'extra', namespace: 'default' }
  const config = (sandboxId: string, more: Partial<ContainerConfig>): ContainerConfig => ({
    pod,
    sandboxId,
    name: 'main',
    attempt: 0,
    kind: 'app',
    image,
    command: programs.sleeps.command,
    env: [],
    mounts: [],
    resources: {},
    security: {},
    ...more,
  })

  beforeAll(async () => {
    await docker.createNetwork({
      Name: podNetwork,
      Labels: helperLabels(owner),
      IPAM: { Config: [{ Subnet: `10.201.${Math.floor(Math.random() * 256)}.0/24` }] },
    })
  })
  afterAll(async () => {
    const left = await docker.listContainers({ all: true, filters: { label: ownerFilter(owner) } })
    await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true })))
    const { Volumes } = await docker.listVolumes({ filters: JSON.stringify({ label: ownerFilter(owner) }) })
    await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove()))
    await docker.getNetwork(podNetwork).remove()
    disconnectDocker(docker)
  })

  const spareImage = async () => {
    const name = `kubeling-test/spare:${randomUUID()}`
    const tar = pack()
    tar.entry({ name: 'name' }, name)
    const [repo, tag] = name.split(':')
    await text((await docker.importImage(Readable.from([await finished(tar)]), { repo, tag })) as Readable)
    return name
  }
  describeRuntime('DockerRuntime', () => ({ runtime, image, spareImage }))

  describe('DockerRuntime in particular', () => {
    it('gives pods their files in /etc, memory volumes, sub-paths, limits and an identity', async () => {
      const [disk, memory] = [`${owner.cluster}-disk`, `${owner.cluster}-memory`]
      await runtime.prepareVolumes([
        {
          name: disk,
          pod,
          gid: 2000,
          mode: 0o2775,
          content: { files: [{ path: 'log', content: Buffer.from(''), mode: 0o666 }], atomic: false },
        },
        { name: memory, pod, memory: { sizeBytes: 1 << 20 } },
      ])
      const sandboxId = await runtime.createSandbox({
        pod,
        attempt: 0,
        hostname: 'extra',
        network: 'pod',
        dns: { servers: ['10.96.0.10'], searches: ['default.svc.cluster.local', 'svc.cluster.local'], options: ['ndots:5'] },
        extraHosts: [{ ip: '1.2.3.4', hostnames: ['foo.local', 'bar.local'] }],
        volumes: [disk, memory],
      })
      const ip = await (await runtime.startSandbox(sandboxId)).ip()
      const id = await runtime.createContainer(
        config(sandboxId, {
          mounts: [
            { target: '/disk', volume: disk, readOnly: false },
            { target: '/memory', volume: memory, readOnly: false },
            { target: '/dev/termination-log', volume: disk, subPath: 'log', readOnly: false },
          ],
          resources: { memoryBytes: 64 << 20, cpuShares: 102, cpuQuotaMicros: 50_000, oomScoreAdj: 500 },
          security: { user: '1000:3000', groups: ['2000'] },
        }),
      )
      await runtime.startContainer(id)
      const run = async (command: string) => (await runtime.execSync(id, { command: ['sh', '-c', command] })).output.toString()
      expect(await run('cat /etc/resolv.conf')).toBe(
        'search default.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
      )
      const hosts = await run('cat /etc/hosts')
      expect(hosts).toContain('# Kubernetes-managed hosts file.')
      expect(hosts).toContain(`${ip}\textra\n`)
      expect(hosts).toContain('1.2.3.4\tfoo.local\tbar.local')
      expect(await run('hostname')).toBe('extra\n')
      expect(await run('stat -c "%a %g" /disk')).toBe('2775 2000\n')
      expect(await run('stat -c "%a" /memory; stat -f -c %T /memory')).toBe('777\ntmpfs\n')
      expect(await run('id -u; id -g; id -G')).toContain('2000')
      await run('echo farewell > /dev/termination-log')
      await runtime.stopContainer(id, { graceSeconds: 0 })
      expect((await runtime.readFile(id, '/dev/termination-log', 4096))?.toString()).toBe('farewell\n')
    }, 90_000)

    it('hands the group of a volume on, also to what is written later', async () => {
      const volume = `${owner.cluster}-group`
      const files = [{ path: 'deep/key', content: Buffer.from('x'), mode: 0o640, gid: 2000 }]
      await runtime.prepareVolumes([{ name: volume, pod, gid: 2000, mode: 0o777, content: { files, atomic: true } }])
      const dns = { servers: [], searches: [], options: [] }
      const sandboxId = await runtime.createSandbox({ pod, attempt: 8, hostname: 'group', network: 'pod', dns, volumes: [volume] })
      await runtime.startSandbox(sandboxId)
      const modes = async () => {
        const script = `cd /volumes/${volume} && stat -L -c "%a %g" . ..data deep deep/key`
        return (await runtime.execSync(sandboxId, { command: ['sh', '-c', script] })).output.toString()
      }
      expect(await modes()).toBe('2777 2000\n2755 2000\n2755 2000\n640 2000\n')
      await runtime.writeVolume(volume, files, { atomic: true, gid: 2000 })
      expect(await modes()).toBe('2777 2000\n2755 2000\n2755 2000\n640 2000\n')
    })

    it('mounts parts of a volume through links inside it, and refuses links that lead out', async () => {
      const volume = `${owner.cluster}-links`
      await runtime.prepareVolumes([
        { name: volume, pod, content: { files: [{ path: 'key', content: Buffer.from('inside'), mode: 0o644 }], atomic: true } },
      ])
      const sandboxId = await runtime.createSandbox({
        pod,
        attempt: 7,
        hostname: 'links',
        network: 'pod',
        dns: { servers: [], searches: [], options: [] },
        volumes: [volume],
      })
      await runtime.startSandbox(sandboxId)
      await runtime.execSync(sandboxId, { command: ['sh', '-c', `cd /volumes/${volume} && ln -s / out && ln -s /volumes up`] })
      const mounting = (subPath: string, name: string) =>
        runtime.createContainer(config(sandboxId, { name, mounts: [{ name: 'links', target: '/part', volume, subPath, readOnly: false }] }))
      const id = await mounting('key', 'inside')
      await runtime.startContainer(id)
      expect((await runtime.execSync(id, { command: ['cat', '/part'] })).output.toString()).toBe('inside')
      for (const subPath of ['out', 'out/etc', './out', 'up'])
        await expect(mounting(subPath, 'outside')).rejects.toMatchObject({
          message: 'failed to prepare subPath for volumeMount "links" of container "outside"',
          cause: expect.objectContaining({ message: expect.stringContaining(`subpath "${subPath}" not within volume path`) }),
        })
    })

    it('gives a command a terminal of the size it is told', async () => {
      const { containers, sandboxes } = await runtime.inspectPod(pod.uid)
      const id = await runtime.createContainer(config(sandboxes[0]?.id ?? '', { attempt: containers.length }))
      await runtime.startContainer(id)
      const stdout = new PassThrough()
      const session = await runtime.exec(id, { command: ['sh', '-c', '[ -t 1 ] && echo terminal'], stdout, tty: true })
      await session.resize({ width: 100, height: 40 })
      expect(await session.exit).toBe(0)
      stdout.end()
      expect(await text(stdout)).toContain('terminal')
    })

    it.each([
      ['until its input ends, when that is for one client', { command: ['cat'], stdinOnce: true }],
      ['until it ends, when its input is for many', { command: ['sh', '-c', 'read line; sleep 1; printf "$line"'] }],
    ])('attaches to the first process %s', async (_, program) => {
      const { containers, sandboxes } = await runtime.inspectPod(pod.uid)
      const more = { name: 'reads', stdin: true, attempt: containers.length, ...program }
      const id = await runtime.createContainer(config(sandboxes[0]?.id ?? '', more))
      await runtime.startContainer(id)
      const [stdin, stdout] = [new PassThrough(), new PassThrough()]
      const session = await runtime.attach(id, { stdin, stdout, tty: false })
      stdin.end('said and answered\n')
      expect(await session.exit).toBe(0)
      stdout.end()
      expect((await text(stdout)).trim()).toBe('said and answered')
    })

    it('says why a command cannot be run', async () => {
      const { containers } = await runtime.inspectPod(pod.uid)
      const running = containers.find(({ state }) => state === 'running')
      const refused = runtime.execSync(running?.id ?? '', { command: ['/no/such/program'] })
      await expect(refused).rejects.toMatchObject({ reason: 'StartFailed', message: expect.stringContaining('/no/such/program') })
    })

    it('kills a command that takes too long', async () => {
      const { containers } = await runtime.inspectPod(pod.uid)
      const id = containers.find(({ state }) => state === 'running')?.id ?? ''
      await expect(runtime.execSync(id, { command: ['sleep', '77'], timeoutSeconds: 0.5 })).rejects.toMatchObject({ reason: 'Timeout' })
      const { output } = await runtime.execSync(id, { command: ['ps'] })
      expect(output.toString()).not.toContain('sleep 77')
    })

    it('says of a working directory that cannot be made when the container is started', async () => {
      const { containers, sandboxes } = await runtime.inspectPod(pod.uid)
      const more = { name: 'nowhere', workingDir: '/etc/passwd', attempt: containers.length }
      const id = await runtime.createContainer(config(sandboxes[0]?.id ?? '', more))
      const error = expect.stringMatching(/^failed to create containerd task: .*: mkdir \/etc\/passwd: not a directory$/)
      await expect(runtime.startContainer(id)).rejects.toMatchObject({ reason: 'StartFailed', message: error })
      expect((await runtime.inspectPod(pod.uid)).containers.find(({ name }) => name === 'nowhere')).toMatchObject({ error })
    })

    it('says in a pull error what kind it is', async () => {
      await expect(runtime.pullImage('127.0.0.1:1/none:1')).rejects.toMatchObject({ reason: 'RegistryUnavailable' })
      await expect(runtime.pullImage('UPPER')).rejects.toMatchObject({ reason: 'InvalidImageName' })
    })

    it('tells the type of host paths', async () => {
      expect(await runtime.hostPathType('/etc')).toBe('Directory')
      expect(await runtime.hostPathType('/etc/hostname')).toBe('File')
      expect(await runtime.hostPathType('/dev/null')).toBe('CharDevice')
      expect(await runtime.hostPathType('/no/such/path')).toBeUndefined()
    })

    it('gives a pod on the network of the node its own files in /etc', async () => {
      const node = await runtime.runSandbox({
        pod: { ...pod, name: 'node', uid: randomUUID() },
        attempt: 0,
        hostname: 'node-1',
        network: 'pod',
        dns: { servers: ['1.1.1.1'], searches: [], options: [] },
      })
      const onNode = new DockerRuntime({ docker, ...owner, podNetwork, nodeContainer: node.id, pauseImage, log: silentLogger })
      const identity = { ...pod, name: 'host', uid: randomUUID() }
      const dns = { servers: ['10.96.0.10'], searches: [], options: [] }
      const extraHosts = [{ ip: '1.2.3.4', hostnames: ['foo.local'] }]
      const { id: sandboxId } = await onNode.runSandbox({ pod: identity, attempt: 0, hostname: 'x', network: 'node', dns, extraHosts })
      const id = await onNode.createContainer(config(sandboxId, { pod: identity }))
      await onNode.startContainer(id)
      const run = async (command: string) => (await onNode.execSync(id, { command: ['sh', '-c', command] })).output.toString()
      expect(await run('cat /etc/resolv.conf')).toBe('nameserver 10.96.0.10\n')
      expect(await run('cat /etc/hosts')).toMatch(/host network[^]*node-1[^]*1\.2\.3\.4\tfoo\.local/)
      expect(await run('hostname')).toBe('node-1\n')
    })

    it('measures what a pod uses', async () => {
      const used = await runtime.stats(pod.uid)
      expect(used.interfaces).toEqual([expect.objectContaining({ name: 'eth0', rxBytes: expect.any(Number), txErrors: 0 })])
      expect(used.sandbox).toMatchObject({ name: 'POD', processes: expect.any(Number) })
      expect(used.containers.find(({ name }) => name === 'main')).toMatchObject({
        workingSetBytes: expect.any(Number),
      })
    })
  })
}
