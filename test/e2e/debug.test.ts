import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { ReportPods, scriptPod } from '../support/report-pods.ts'
import { must, run } from '../support/shell.ts'
import { kubectlOfCluster, ownNamespace, podContainers } from '../support/test-cluster.ts'

const NAMESPACE = 'e2e-debug'
const kubectl = kubectlOfCluster()
const pods = new ReportPods(kubectl, NAMESPACE)
const sleep = 'exec sleep 1000'
const debug = `debug ${pods.in} --profile=general --image=busybox:1.36`

/** A message of so many bytes whose last ones can be told from the others. */
const long = (bytes: number, end: string) => `{ head -c ${bytes - end.length} /dev/zero | tr "\\0" x; printf ${end}; }`
const ends = (name: string, script: string, more: object = {}) => scriptPod(name, script, { container: more })
const fallback = { terminationMessagePolicy: 'FallbackToLogsOnError' }
const four = ['a', 'b', 'c', 'd'].map(name => ({
  name,
  image: 'busybox:1.36',
  command: ['sh', '-c', `${long(4000, name)} > /dev/termination-log`],
}))

describe('debugging pods on real Docker', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    await pods.create(
      scriptPod('app', sleep),
      ends('message', 'printf "last words" > /dev/termination-log; exit 3'),
      ends('message-elsewhere', 'printf elsewhere > /tmp/words', { terminationMessagePath: '/tmp/words' }),
      ends('message-long', `${long(5000, 'end')} > /dev/termination-log`),
      ends('message-lines', 'seq 1 100; exit 1', fallback),
      ends('message-bytes', `${long(3000, 'end')}; exit 1`, fallback),
      ends('message-fine', 'echo all is well', fallback),
      scriptPod('message-four', '', { spec: { containers: four } }),
      ends('stdin-none', 'cat; echo over'),
      ends('stdin-once', 'cat; echo over', { stdin: true, stdinOnce: true }),
      ends('stdin', 'while read line; do echo got $line; done; echo over', { stdin: true }),
      ends('tty', 'test -t 0 && test -t 1 && echo terminal', { stdin: true, tty: true }),
    )
  }, 120_000)
  afterAll(async () => namespace[Symbol.asyncDispose](), 120_000)

  const message = async (name: string) => {
    const { status } = await pods.until(name, ({ status }) => status.phase === 'Succeeded' || status.phase === 'Failed')
    return status.containerStatuses?.map(({ state }) => state?.terminated?.message ?? '') ?? []
  }

  it('keeps the last message of a container', async () => {
    expect(await message('message')).toEqual(['last words'])
    expect(await message('message-elsewhere')).toEqual(['elsewhere'])
    expect(await message('message-long')).toEqual([`${'x'.repeat(4093)}end`])
    expect(await message('message-four')).toEqual(['x'.repeat(3072), 'x'.repeat(3072), 'x'.repeat(3072), 'x'.repeat(3072)])
  }, 150_000)

  it('takes the end of the log for it when a container failed without one', async () => {
    expect(await message('message-lines')).toEqual([Array.from({ length: 80 }, (_, index) => `${index + 21}\n`).join('')])
    expect(await message('message-bytes')).toEqual([`${'x'.repeat(2045)}end`])
    expect(await message('message-fine')).toEqual([''])
  }, 150_000)

  it('gives a container no input, input of one client, or of one after the other', async () => {
    expect(await pods.report('stdin-none')).toBe('over\n')
    await Promise.all(['stdin-once', 'stdin'].map(name => pods.running(name)))
    const once = await kubectl(`attach -i stdin-once ${pods.in}`, { input: 'said\n' })
    expect(once).toContain('said\n')
    expect(await pods.report('stdin-once')).toBe('said\nover\n')
    for (const word of ['one', 'two']) {
      // Nobody closes its input: the client has to be ended.
      const attach = `sleep 1; echo ${word}; sleep 2`
      await run('sh', ['-c', `(${attach}) | timeout 10 ${kubectl.path} attach -i stdin ${pods.in} >/dev/null`], { env: kubectl.env })
      await eventually(async () => (await kubectl(`logs stdin ${pods.in}`)).includes(`got ${word}\n`), { what: word, seconds: 20 })
    }
    expect(await kubectl(`logs stdin ${pods.in}`)).toBe('got one\ngot two\n')
    expect((await pods.get('stdin')).status.phase).toBe('Running')
    expect(await pods.report('tty')).toBe('terminal\r\n')
  }, 150_000)

  it('adds a container that sees the processes of another, talks to its client, and is never started again', async () => {
    await pods.running('app')
    const look = `${debug} app -i --target=main -c looks --`
    const words = ['sh', '-c', 'ps -o args; read line; echo got $line; exit 3']
    const said = await run(kubectl.path, [...look.split(' '), ...words], { env: kubectl.env, input: 'hello\n' })
    expect(said.stdout).toContain('got hello\n')
    const processes = (await kubectl(`logs app ${pods.in} -c looks`)).split('\n')
    expect(processes).toContain('sleep 1000')
    expect(processes.some(line => line.includes('PAUSE'))).toBe(false)
    const ended = await pods.until('app', ({ status }) => status.ephemeralContainerStatuses?.[0]?.state?.terminated !== undefined)
    const [looks] = ended.status.ephemeralContainerStatuses ?? []
    expect(looks).toMatchObject({ name: 'looks', restartCount: 0, ready: false, state: { terminated: { exitCode: 3, reason: 'Error' } } })
    // Another one, which makes the agent look at the pod again, while the first stays as it is.
    await kubectl(`${debug} app -c stays -- sleep 1000`)
    const later = await pods.until('app', ({ status }) => status.ephemeralContainerStatuses?.[1]?.state?.running !== undefined)
    expect(later.status.ephemeralContainerStatuses?.[0]).toEqual(looks)
    expect(later.status.phase).toBe('Running')
    const running = [...(await podContainers(later.metadata.uid)).values()]
    expect(running.filter(name => name !== 'POD').sort()).toEqual(['main', 'stays'])
  }, 150_000)

  it('gives it a terminal, and another process namespace when it has no target', async () => {
    await pods.running('app')
    const inside = 'test -t 0 && echo is a terminal; ps -o args'
    const command = `'${kubectl.path}' ${debug} app -it -c terminal -- sh -c '${inside}'`
    const shown = await must('script', ['-qec', command, '/dev/null'], { env: kubectl.env })
    const log = await eventually(async () => (await kubectl(`logs app ${pods.in} -c terminal`)) || undefined)
    expect(`${shown}${log}`).toContain('is a terminal\r\n')
    expect(log.split('\r\n')).not.toContain('sleep 1000')
  }, 150_000)

  it('refuses targets that do not exist and fields that make no sense for it', async () => {
    const nobody = await kubectl.try(`${debug} app --target=nobody -c lost -- true`)
    expect(nobody.code).toBe(1)
    expect(nobody.stderr).toContain('spec.ephemeralContainers[')
    const ports = [{ name: 'ports', image: 'busybox:1.36', terminationMessagePolicy: 'File', ports: [{ containerPort: 80 }] }]
    const patch = JSON.stringify({ spec: { ephemeralContainers: ports } })
    const refused = await kubectl.try(`patch pod app ${pods.in} --subresource=ephemeralcontainers -p '${patch}'`)
    expect(refused.stderr).toContain('.ports: Forbidden: cannot be set for an Ephemeral Container')
  }, 60_000)

  it('debugs a copy of the pod with shared processes', async () => {
    await pods.running('app')
    await kubectl(`${debug} app --copy-to=app-copy --share-processes -c debugger -- sleep 2000`)
    const copy = await pods.until('app-copy', ({ status }) => status.containerStatuses?.every(({ state }) => state?.running) ?? false)
    expect(copy.spec.shareProcessNamespace).toBe(true)
    const processes = (await pods.exec('app-copy', 'ps -o args', 'debugger')).split('\n')
    expect(processes).toEqual(expect.arrayContaining(['sleep 1000', 'sleep 2000', '/bin/sh -c eval "$PAUSE"']))
  }, 150_000)

  it('debugs a node: its processes and its network, and the file system of the machine', async () => {
    const inside = 'tr "\\0" " " </proc/1/cmdline; echo; ip -4 addr show; test -d /host/proc && test -d /host/etc && echo machine'
    const words = [...`${debug} node/node-2 -i --`.split(' '), 'sh', '-c', inside]
    const { stdout } = await run(kubectl.path, words, { env: kubectl.env, input: '' })
    const name = /debugging pod (\S+)/i.exec(stdout)?.[1] ?? ''
    const report = await pods.report(name)
    const { spec, status } = await pods.get(name)
    expect(spec).toMatchObject({ nodeName: 'node-2', hostPID: true, hostNetwork: true, hostIPC: true })
    expect(report).toContain('/app/supervise')
    expect(report).toContain(`inet ${status.hostIP}/`)
    expect(report).toContain('\nmachine\n')
  }, 150_000)
})
