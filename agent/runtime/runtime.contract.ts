import { once } from 'node:events'
import { randomUUID } from 'node:crypto'
import { PassThrough, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from '@jest/globals'
import type { ContainerConfig, ContainerResources, ImageEvent, LogLine, PodIdentity, Runtime, RuntimeEvent } from './runtime.ts'
import type { Behaviour } from './simulated-behaviour.ts'

/** What the contract's containers run, and how the simulation acts it. */
export const programs = {
  sleeps: { command: ['sh', '-c', 'trap "exit 143" TERM; sleep 1000 & wait'], behaviour: {} },
  ignoresStop: { command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'], behaviour: { ignoresStop: true } },
  exits3: { command: ['sh', '-c', 'exit 3'], behaviour: { exit: { code: 3 } } },
  speaks: {
    command: ['sh', '-c', 'echo one; echo two >&2; sleep 0.1; echo three; sleep 0.2'],
    behaviour: {
      exit: { code: 0, afterMs: 100 },
      output: [
        { stream: 'stdout', text: 'one\n' },
        { stream: 'stderr', text: 'two\n' },
        { stream: 'stdout', text: 'three\n' },
      ],
    },
  },
  writes: {
    command: ['sh', '-c', 'head -c 1000000 /dev/zero > /written; while :; do sleep 1; done'],
    behaviour: { uses: { memoryBytes: 200_000, writtenBytes: 1_000_000 } },
  },
  missing: {
    command: ['/no/such/program'],
    behaviour: { startError: 'exec: "/no/such/program": stat /no/such/program: no such file or directory: unknown' },
  },
  serves: {
    command: [
      'sh',
      '-c',
      'echo file content > /tmp/file; (while :; do nc -l -p 8081 -e echo bye; done) & while :; do nc -l -p 8080 -e cat; done',
    ],
    behaviour: {
      files: { '/tmp/file': 'file content\n' },
      listens: { 8080: input => input, 8081: Buffer.from('bye\n') },
      exec: (command, input) => {
        if (command.join(' ') === 'sleep 30') return { exitCode: 0, afterMs: 30_000 }
        if (command[0] === 'cat') return { exitCode: 0, stdout: input }
        return { exitCode: 7, stdout: 'out\n', stderr: 'err\n' }
      },
    },
  },
} as const satisfies Record<string, { command: readonly string[]; behaviour: Behaviour }>

export interface ContractSubject {
  readonly runtime: Runtime
  /** An image with a shell that is here. */
  readonly image: string
  /** Makes an image that nothing is made of, of this one name. */
  readonly spareImage: () => Promise<string>
}

/** What every runtime must do. */
export function describeRuntime(name: string, subject: () => ContractSubject): void {
  describe(name, () => {
    const uids: string[] = []
    const newPod = (): PodIdentity => {
      const uid = randomUUID()
      uids.push(uid)
      return { uid, name: `pod-${uid.slice(0, 8)}`, namespace: 'default' }
    }
    const sandboxOf = (pod: PodIdentity, volumes: readonly string[] = [], resources?: ContainerResources) =>
      subject().runtime.createSandbox({
        pod,
        attempt: 0,
        hostname: pod.name,
        network: 'pod',
        dns: { servers: ['10.96.0.10'], searches: ['default.svc.cluster.local'], options: ['ndots:5'] },
        volumes,
        ...(resources ? { resources } : {}),
      })
    const containerOf = (pod: PodIdentity, sandboxId: string, more: Partial<ContainerConfig> = {}): ContainerConfig => ({
      pod,
      sandboxId,
      name: 'main',
      attempt: 0,
      kind: 'app',
      image: subject().image,
      command: programs.sleeps.command,
      env: [],
      mounts: [],
      resources: {},
      security: {},
      annotations: { 'io.kubernetes.container.hash': 'abc' },
      ...more,
    })
    const start = async (program: keyof typeof programs, more: Partial<ContainerConfig> = {}) => {
      const { runtime } = subject()
      const pod = newPod()
      const sandboxId = await sandboxOf(pod)
      const [, id] = await Promise.all([
        runtime.startSandbox(sandboxId),
        runtime.createContainer(containerOf(pod, sandboxId, { command: programs[program].command, ...more })),
      ])
      await runtime.startContainer(id)
      return { runtime, pod, sandboxId, id }
    }
    const observe = async (pod: PodIdentity) => (await subject().runtime.inspectPod(pod.uid)).containers[0]
    const untilExited = async (pod: PodIdentity) => {
      for (let attempt = 0; attempt < 200; attempt++) {
        const container = await observe(pod)
        if (container?.state === 'exited') return container
        await new Promise(resolve => setTimeout(resolve, 25))
      }
      throw new Error('the container goes on')
    }

    afterAll(async () => {
      const { runtime } = subject()
      for (const uid of uids) {
        const { containers, sandboxes } = await runtime.inspectPod(uid)
        await Promise.all(containers.map(({ id }) => runtime.removeContainer(id)))
        await Promise.all(sandboxes.map(({ id }) => runtime.removeSandbox(id)))
      }
      const volumes = await runtime.listVolumes()
      for (const volume of volumes.filter(({ podUid }) => uids.includes(podUid))) await runtime.removeVolume(volume.name)
    })

    it('shows a pod it runs, with its address, and forgets it when it is removed', async () => {
      const { runtime, pod, sandboxId, id } = await start('sleeps')
      const observed = await runtime.inspectPod(pod.uid)
      expect(observed.identity).toEqual(pod)
      expect(observed.sandboxes).toMatchObject([{ id: sandboxId, attempt: 0, state: 'ready', ip: expect.stringMatching(/^10\./) }])
      expect(observed.containers).toMatchObject([{ id, name: 'main', attempt: 0, kind: 'app', sandboxId, state: 'running' }])
      expect(observed.containers[0]?.annotations['io.kubernetes.container.hash']).toBe('abc')
      expect(observed.containers[0]?.startedAt).toMatch(/^20/)
      expect((await runtime.listPods()).some(({ identity }) => identity.uid === pod.uid)).toBe(true)
      await runtime.stopSandbox(sandboxId)
      expect(await observe(pod)).toMatchObject({ state: 'exited', exitCode: 137 })
      await runtime.removeContainer(id)
      await runtime.removeSandbox(sandboxId)
      await runtime.removeSandbox(sandboxId)
      expect((await runtime.listPods()).some(({ identity }) => identity.uid === pod.uid)).toBe(false)
    })

    it('creates the same container once', async () => {
      const { runtime, pod, sandboxId, id } = await start('sleeps')
      expect(await runtime.createContainer(containerOf(pod, sandboxId))).toBe(id)
      await runtime.startContainer(id)
      expect(await sandboxOf(pod)).toBe(sandboxId)
    })

    it('tells exit codes and times', async () => {
      const { pod } = await start('exits3')
      expect(await untilExited(pod)).toMatchObject({ exitCode: 3, startedAt: expect.any(String), finishedAt: expect.any(String) })
    })

    it('stops with a signal, and kills what does not listen', async () => {
      const polite = await start('sleeps')
      await polite.runtime.stopContainer(polite.id, { graceSeconds: 10 })
      expect(await observe(polite.pod)).toMatchObject({ state: 'exited', exitCode: 143 })
      await polite.runtime.stopContainer(polite.id, { graceSeconds: 10 })
      const deaf = await start('ignoresStop')
      await deaf.runtime.stopContainer(deaf.id, { graceSeconds: 1 })
      expect(await observe(deaf.pod)).toMatchObject({ state: 'exited', exitCode: 137 })
    })

    it('refuses to start what cannot be run', async () => {
      await expect(start('missing')).rejects.toMatchObject({ reason: 'StartFailed', message: expect.stringContaining('/no/such/program') })
    })

    it('refuses to create a container of a missing image', async () => {
      const pod = newPod()
      const sandboxId = await sandboxOf(pod)
      const creation = subject().runtime.createContainer(containerOf(pod, sandboxId, { image: 'kubeling-test/missing:1' }))
      await expect(creation).rejects.toMatchObject({ reason: 'ImageNotFound' })
    })

    it('tells what containers and sandboxes may use, and changes it while they run', async () => {
      const { runtime } = subject()
      const pod = newPod()
      const sandboxId = await sandboxOf(pod, [], { cpuShares: 512, memoryBytes: 256 << 20 })
      const resources = { cpuShares: 102, cpuQuotaMicros: 20_000, cpuPeriodMicros: 100_000, memoryBytes: 64 << 20 }
      const [, id] = await Promise.all([
        runtime.startSandbox(sandboxId),
        runtime.createContainer(containerOf(pod, sandboxId, { resources, withinSandbox: true })),
      ])
      await runtime.startContainer(id)
      expect(await observe(pod)).toMatchObject({ id, resources })
      const more = { cpuShares: 204, cpuQuotaMicros: 40_000, cpuPeriodMicros: 100_000, memoryBytes: 128 << 20 }
      await runtime.updateContainerResources(id, more)
      expect(await observe(pod)).toMatchObject({ id, state: 'running', resources: more })
      const held = async () => (await runtime.inspectPod(pod.uid)).sandboxes[0]?.resources
      // Not every engine can hold a pod's containers together; one that can shows with what.
      if (!(await held())) return
      expect(await held()).toMatchObject({ cpuShares: 512, memoryBytes: 256 << 20 })
      await runtime.updateContainerResources(sandboxId, { cpuShares: 512, memoryBytes: 200 << 20 })
      expect(await held()).toMatchObject({ memoryBytes: 200 << 20 })
    })

    it('keeps and follows logs', async () => {
      const { runtime, pod, id } = await start('speaks')
      const followed = await collect(runtime.logs(id, { follow: true, signal: new AbortController().signal }))
      expect(followed.map(({ text: line }) => line.toString()).sort()).toEqual(['one\n', 'three\n', 'two\n'])
      expect(followed.find(({ stream }) => stream === 'stderr')?.text.toString()).toBe('two\n')
      expect(followed[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
      await untilExited(pod)
      const last = await collect(runtime.logs(id, { follow: false, tailLines: 1, signal: new AbortController().signal }))
      expect(last.map(({ text: line }) => line.toString())).toEqual(['three\n'])
    })

    it('runs commands', async () => {
      const { runtime, id } = await start('serves')
      const result = await runtime.execSync(id, { command: ['sh', '-c', 'echo out; echo err >&2; exit 7'] })
      expect(result.exitCode).toBe(7)
      expect(result.output.toString()).toContain('out\n')
      expect(result.output.toString()).toContain('err\n')
      await expect(runtime.execSync(id, { command: ['sleep', '30'], timeoutSeconds: 0.2 })).rejects.toMatchObject({ reason: 'Timeout' })
      const stdin = new PassThrough()
      const stdout = new PassThrough()
      const session = await runtime.exec(id, { command: ['cat'], stdin, stdout, tty: false })
      stdin.end('through the pipe')
      expect(await session.exit).toBe(0)
      stdout.end()
      expect(await text(stdout)).toBe('through the pipe')
    })

    it('refuses commands in a container that has ended', async () => {
      const { runtime, pod, id } = await start('exits3')
      await untilExited(pod)
      await expect(runtime.execSync(id, { command: ['true'] })).rejects.toMatchObject({ reason: 'NotFound' })
    })

    it('measures what containers use and write', async () => {
      const { runtime, pod, id } = await start('writes')
      await eventually(async () => {
        const [used] = (await runtime.stats(pod.uid)).containers
        expect(used).toMatchObject({ name: 'main', id })
        expect(used?.workingSetBytes).toBeGreaterThan(0)
        expect(used?.processes).toBeGreaterThan(0)
      })
      await eventually(async () => {
        const written = (await runtime.writtenBytes()).filter(({ podUid }) => podUid === pod.uid)
        expect(written).toMatchObject([{ name: 'main', id }])
        expect(written[0]?.bytes).toBeGreaterThanOrEqual(1_000_000)
      })
    })

    it('forwards connections to ports', async () => {
      const { runtime, sandboxId } = await start('serves')
      const answer = await eventually(async () => {
        const connection = await runtime.portForward(sandboxId, 8080)
        connection.end('hello')
        return text(connection as Readable)
      })
      expect(answer).toBe('hello')
      const refused = async () => text((await runtime.portForward(sandboxId, 9)) as Readable)
      await expect(refused()).rejects.toThrow('connection refused')
    })

    it('takes no offence at a client that goes on sending to a server that has closed', async () => {
      const { runtime, sandboxId } = await start('serves')
      const connection = await eventually(async () => {
        const made = await runtime.portForward(sandboxId, 8081)
        const said: Buffer[] = []
        made.on('data', (chunk: Buffer) => said.push(chunk))
        await once(made, 'end')
        expect(Buffer.concat(said).toString()).toBe('bye\n')
        return made
      })
      const failures: unknown[] = []
      connection.on('error', error => failures.push(error))
      connection.write('too late')
      connection.end()
      await once(connection, 'close')
      expect(failures).toEqual([])
    })

    it('reads files', async () => {
      const { runtime, id } = await start('serves')
      const content = await eventually(async () => {
        const read = await runtime.readFile(id, '/tmp/file', 8)
        if (!read) throw new Error('not yet')
        return read
      })
      expect(content.toString()).toBe('content\n')
      expect(await runtime.readFile(id, '/tmp/none', 8)).toBeUndefined()
    })

    it('fills volumes and updates them', async () => {
      const { runtime } = subject()
      const pod = newPod()
      const name = `kubeling-test-${pod.uid}`
      const file = (content: string) => [{ path: 'key', content: Buffer.from(content), mode: 0o644 }]
      await runtime.prepareVolumes([
        { name, pod, content: { files: file('first'), atomic: true } },
        { name: `${name}-empty`, pod },
      ])
      const sandboxId = await sandboxOf(pod, [name, `${name}-empty`])
      const mounts = [{ target: '/config', volume: name, readOnly: true }]
      const [, id] = await Promise.all([runtime.startSandbox(sandboxId), runtime.createContainer(containerOf(pod, sandboxId, { mounts }))])
      await runtime.startContainer(id)
      const read = async () =>
        (await runtime.readFile(id, '/config/..data/key', 100))?.toString() ?? (await runtime.readFile(id, '/config/key', 100))?.toString()
      expect(await read()).toBe('first')
      await runtime.writeVolume(name, file('second'), { atomic: true })
      expect(await read()).toBe('second')
      expect((await runtime.readVolumeFile(name, 'key'))?.toString()).toBe('second')
      expect(await runtime.readVolumeFile(name, 'none')).toBeUndefined()
      expect((await runtime.listVolumes()).filter(({ podUid }) => podUid === pod.uid)).toHaveLength(2)
      expect(await runtime.listVolumes(pod.uid)).toHaveLength(2)
      expect(await runtime.listVolumes('another')).toEqual([])
    })

    it('fills a volume with the files of an image', async () => {
      const { runtime, image } = subject()
      const pod = newPod()
      const name = `kubeling-test-${pod.uid}`
      await runtime.createVolume({ name, pod })
      await runtime.startSandbox(await sandboxOf(pod, [name]))
      await expect(runtime.fillVolume(name, 'none.example/none:1')).rejects.toMatchObject({ reason: 'ImageNotFound' })
      await runtime.fillVolume(name, image)
      await runtime.fillVolume(name, image)
      expect(await runtime.volumeUsage(name)).toBeGreaterThan(0)
    })

    it('knows which images are in use, and does not remove those', async () => {
      const { runtime, id } = await start('sleeps')
      const { image } = subject()
      const found = await runtime.imageStatus(image)
      expect(await runtime.imagesInUse()).toContain(found?.id)
      expect((await runtime.listImages()).map(({ tags }) => tags)).toContainEqual(found?.tags)
      await expect(runtime.removeImage(found?.id ?? '')).rejects.toMatchObject({ reason: 'Conflict' })
      await runtime.startContainer(id)
    })

    it('removes an image by its name and by its id, and tells of it', async () => {
      const { runtime, spareImage } = subject()
      const stop = new AbortController()
      const seen: ImageEvent[] = []
      const listening = (async () => {
        for await (const event of runtime.imageEvents(stop.signal)) seen.push(event)
      })()
      await new Promise(resolve => setTimeout(resolve, 100))
      const byName = await spareImage()
      await runtime.removeImage(byName)
      await runtime.removeImage(byName)
      const byId = await runtime.imageStatus(await spareImage())
      await runtime.removeImage(byId?.id ?? '')
      expect(await runtime.imageStatus(byName)).toBeUndefined()
      expect(await runtime.imageStatus(byId?.id ?? '')).toBeUndefined()
      await eventually(async () => {
        expect(seen.map(({ type }) => type)).toEqual(expect.arrayContaining(['added', 'removed']))
      })
      stop.abort()
      await listening
    })

    it('measures the disk of images', async () => {
      const { capacityBytes, availableBytes } = await subject().runtime.imageFsInfo()
      expect(availableBytes).toBeGreaterThan(0)
      expect(availableBytes).toBeLessThanOrEqual(capacityBytes)
    })

    it('tells what happens', async () => {
      const stop = new AbortController()
      const seen: RuntimeEvent[] = []
      const { runtime } = subject()
      const listening = (async () => {
        for await (const event of runtime.events(stop.signal)) seen.push(event)
      })()
      await new Promise(resolve => setTimeout(resolve, 100))
      const { pod, id } = await start('exits3')
      await eventually(async () => {
        const types = seen.filter(({ podUid, containerId }) => podUid === pod.uid && containerId === id).map(({ type }) => type)
        expect(types).toEqual(['created', 'started', 'died'])
      })
      stop.abort()
      await listening
    })
  })
}

async function collect(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const all: LogLine[] = []
  for await (const line of lines) all.push(line)
  return all
}

async function eventually<T>(check: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check()
    } catch (error) {
      if (attempt === 100) throw error
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}
