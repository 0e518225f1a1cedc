import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientConfig } from '../../client/client-config.ts'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import type { Stalls } from './stall-probe.ts'
import { Namespace } from '../../api/core/namespace.ts'

/** Enough for four thousand nodes. */
const podCidr = '10.0.0.0/12'

export interface MeasuredControlPlane {
  readonly config: ClientConfig
  /** Milliseconds used so far. */
  readonly processorTime: () => number
  /** The directory of its certificates and keys. */
  readonly pki: string
  /** From its start to its first answer, and the processor time of that. */
  readonly startSeconds: number
  readonly startProcessorSeconds: number
  /** Resident memory now. */
  readonly residentMegabytes: () => number
  /** How much of it are pages of files, of the store's above all, which the kernel takes back when it needs them. */
  readonly fileMegabytes: () => number
  /** For how long, at most, the server let everything else wait while `task` ran. */
  readonly stallsDuring: (task: () => Promise<unknown>) => Promise<Stalls>
}

/** A control plane of its own, as a process on a fresh data directory: the API figures are not to be mixed with a cluster's work. */
export async function withControlPlane<T>(use: (plane: MeasuredControlPlane) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-bench-'))
  try {
    return await withControlPlaneOn(directory, use)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** The same on a directory that stays. */
export async function withControlPlaneOn<T>(directory: string, use: (plane: MeasuredControlPlane) => Promise<T>): Promise<T> {
  const began = performance.now()
  const kubeconfig = join(directory, 'admin.kubeconfig')
  const child = spawn(
    process.execPath,
    [
      ...(await nodeOptions()),
      ...['--import', new URL('stall-probe.js', import.meta.url).href],
      ...['build/control-plane/main.js', '--data-dir', directory, '--port', '0', '--log-level', 'error', '--pod-cidr', podCidr],
    ],
    { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  )
  try {
    const config = await whenReady(kubeconfig)
    const startSeconds = (performance.now() - began) / 1000
    const startProcessorSeconds = processorTime(child.pid) / 1000
    const pki = join(directory, 'pki')
    const residentMegabytes = () => megabytesOf(child.pid, 'VmRSS')
    const fileMegabytes = () => megabytesOf(child.pid, 'RssFile')
    const stallsDuring = async (task: () => Promise<unknown>) => {
      child.send('begin')
      await task()
      child.send('end')
      const [longest] = (await once(child, 'message')) as [Stalls]
      return longest
    }
    return await use({
      config,
      processorTime: () => processorTime(child.pid),
      pki,
      startSeconds,
      startProcessorSeconds,
      residentMegabytes,
      fileMegabytes,
      stallsDuring,
    })
  } finally {
    child.kill('SIGTERM')
    await new Promise(resolve => child.once('exit', resolve))
  }
}

/** Milliseconds of processor time that a process has used so far, by itself and in the kernel. */
function processorTime(pid: number | undefined): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number)
  return (user + system) * 10
}

function megabytesOf(pid: number | undefined, field: 'VmRSS' | 'RssFile'): number {
  const [, kilobytes = ''] = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** What the image gives to node, so that the figures are those of the image. */
async function nodeOptions(): Promise<string[]> {
  const dockerfile = await readFile('control-plane/Dockerfile', 'utf8')
  const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? []
  return (JSON.parse(entrypoint) as string[]).filter(word => word.startsWith('--'))
}

async function whenReady(kubeconfig: string): Promise<ClientConfig> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      const config = await loadKubeconfig(kubeconfig)
      await createClient(config).list(Namespace)
      return config
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(50)
    }
  }
}
