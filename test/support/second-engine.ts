import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { must, run } from './shell.ts'

/** A Docker engine on a machine of its own, as far as networks go: a network namespace with a cable to this one. */
export interface SecondEngine extends AsyncDisposable {
  readonly socket: string
  /** What this machine is called there, and that one here. */
  readonly here: string
  readonly there: string
  docker(...args: string[]): Promise<string>
}

const [here, there] = ['198.51.100.1', '198.51.100.2']

/** Why there cannot be a second engine; undefined when there can. */
export async function whyNoSecondEngine(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may start a second Docker engine'
  if ((await run('sh', ['-c', 'command -v dockerd && command -v iptables'])).code !== 0)
    return 'dockerd and iptables are not on this machine'
  const device = 'kubeling-vxlan'
  const words = ['link', 'add', device, 'type', 'vxlan', 'id', '1', 'dstport', '4789']
  if ((await run('unshare', ['--net', 'ip', ...words])).code !== 0) return 'the kernel has no network namespaces or no VXLAN'
  return undefined
}

/** Starts it, with directories of its own, and takes it away with everything in it. The first engine does not hear of it. */
export async function secondEngine(): Promise<SecondEngine> {
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-engine-'))
  const space = `kubeling-${process.pid}`
  const cable = `kl${process.pid}`
  const socket = join(directory, 'docker.sock')
  const inside = (...words: string[]) => must('ip', ['netns', 'exec', space, ...words])
  const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })]
  const dispose = async () => {
    for (const step of undo.reverse()) await step()
  }
  try {
    await must('ip', ['netns', 'add', space])
    undo.push(() => must('ip', ['netns', 'delete', space]))
    await must('ip', ['link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space])
    undo.push(() => run('ip', ['link', 'delete', cable]))
    await must('ip', ['address', 'add', `${here}/24`, 'dev', cable])
    await must('ip', ['link', 'set', cable, 'up'])
    await inside('ip', 'address', 'add', `${there}/24`, 'dev', 'eth0')
    for (const device of ['lo', 'eth0']) await inside('ip', 'link', 'set', device, 'up')
    await inside('ip', 'route', 'add', 'default', 'via', here)
    await inside('sysctl', '-qw', 'net.ipv4.ip_forward=1')
    const directories = [
      '--data-root',
      join(directory, 'data'),
      '--exec-root',
      join(directory, 'exec'),
      '--pidfile',
      join(directory, 'pid'),
    ]
    const names = ['--containerd-namespace', space, '--containerd-plugins-namespace', `${space}-plugins`]
    // `ip netns exec` would hide the control groups, which are mounted below /sys. Its mounts end with it.
    const where = [`--net=/run/netns/${space}`, 'unshare', '--mount', 'dockerd']
    const what = ['--host', `unix://${socket}`, '--bridge', 'none']
    const engine = spawn('nsenter', [...where, ...directories, ...names, ...what], { stdio: 'ignore' })
    const ended = once(engine, 'exit')
    const docker = (...args: string[]) => must('docker', ['--host', `unix://${socket}`, ...args], { timeoutSeconds: 120 })
    undo.push(async () => {
      const ids = (await docker('ps', '-aq').catch(() => '')).split('\n').filter(Boolean)
      if (ids.length > 0) await docker('rm', '--force', '--volumes', ...ids)
      engine.kill('SIGTERM')
      await ended
    })
    await eventually(() => docker('info'), { seconds: 60, what: 'the second engine' })
    return { socket, here, there, docker, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
