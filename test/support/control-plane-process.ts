import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Namespace } from '../../api/core/namespace.ts'
import type { Client } from '../../client/client.ts'
import type { ClientConfig } from '../../client/client-config.ts'
import { createClient } from '../../client/http-client.ts'
import { loadKubeconfig } from '../../client/kubeconfig.ts'
import { eventually } from './eventually.ts'

/** The built control plane as a process of its own on a temporary directory: it can be killed and started again. */
export class ControlPlaneProcess implements AsyncDisposable {
  readonly #directory: string
  readonly #port: number
  readonly #flags: readonly string[]
  #child: ChildProcess | undefined

  private constructor(directory: string, port: number, flags: readonly string[]) {
    this.#directory = directory
    this.#port = port
    this.#flags = flags
  }

  static async start(...flags: string[]): Promise<ControlPlaneProcess> {
    const process = new ControlPlaneProcess(await mkdtemp(join(tmpdir(), 'kubeling-test-')), await freePort(), flags)
    await process.start()
    return process
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves once the API server answers. */
  async start(): Promise<void> {
    const args = [
      'build/control-plane/main.js',
      '--data-dir',
      this.#directory,
      '--port',
      String(this.#port),
      '--log-level',
      'error',
      ...this.#flags,
    ]
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } })
    await eventually(async () => (await this.client()).list(Namespace), { what: 'the API server' })
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  /** The administrator's access. */
  async config(): Promise<ClientConfig> {
    const config = await loadKubeconfig(join(this.#directory, 'admin.kubeconfig'))
    return { ...config, server: `https://127.0.0.1:${this.#port}` }
  }
  async client(): Promise<Client> {
    return createClient(await this.config())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await rm(this.#directory, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
