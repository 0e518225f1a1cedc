import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm, symlink, mkdir, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kubectl } from '../support/kubectl.ts'
import type { Verdict } from '../support/compatibility-table.ts'
import { run, type Outcome } from '../support/shell.ts'
import type { Part, Row, Scenario } from './commands/row.ts'
import { mismatches } from './row-result.ts'

export interface RowResult {
  readonly line: string
  readonly verdict: Verdict
  readonly problems: readonly string[]
}

export interface ScenarioOptions {
  readonly kubectl: Kubectl
  readonly scenario: Scenario
  /** Told apart from every other run's. */
  readonly namespace: string
  readonly parts: ReadonlySet<Part>
}

const manifests = fileURLToPath(new URL('./commands/manifests/', import.meta.url))
const patienceMilliseconds = 60_000

/** Runs the rows of a scenario one after the other in a new namespace and folder, which are gone afterwards. */
export async function runScenario({ kubectl, scenario, namespace, parts }: ScenarioOptions): Promise<RowResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'commands-'))
  const shell = new Shell({ folder, kubectl, namespace })
  try {
    await shell.prepare(await kubectl('config view --raw --flatten'))
    for (const line of scenario.cleanup ?? []) await shell.run(line)
    await shell.must(`kubectl create namespace ${namespace}`)
    for (const line of scenario.setup ?? []) await shell.must(line)
    for (const [name, line] of Object.entries(scenario.variables ?? {})) shell.variables[name] = await shell.must(line)
    const results: RowResult[] = []
    for (const row of scenario.rows) results.push(await tryRow(shell, row, parts))
    return results
  } finally {
    for (const line of scenario.cleanup ?? []) await shell.run(line)
    await shell.run(`kubectl delete namespace ${namespace} --wait=false`)
    await rm(folder, { recursive: true })
  }
}

async function tryRow(shell: Shell, row: Row, parts: ReadonlySet<Part>): Promise<RowResult> {
  const [, minor] = /^v1\.(\d+)/.exec(shell.version) ?? []
  if ((row.needs && !parts.has(row.needs)) || Number(minor) < (row.since ?? 0)) return { line: row.line, verdict: 'left out', problems: [] }
  const deadline = Date.now() + (row.eventually ? patienceMilliseconds : 0)
  for (;;) {
    const problems = mismatches(row, await (row.meanwhile === undefined ? shell.run(row.line, row) : shell.runUntil(row.line, row)))
    if (problems.length === 0) return { line: row.line, verdict: row.refused ? 'refused' : 'works', problems }
    if (Date.now() >= deadline) return { line: row.line, verdict: 'fails', problems }
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}

/** A shell in a folder of its own, in which `kubectl` is the one that is tried, with the namespace as its default. */
class Shell {
  readonly variables: Record<string, string> = {}
  readonly #folder: string
  readonly #kubectl: Kubectl
  readonly #namespace: string

  constructor({ folder, kubectl, namespace }: { folder: string; kubectl: Kubectl; namespace: string }) {
    this.#folder = folder
    this.#kubectl = kubectl
    this.#namespace = namespace
  }

  get version(): string {
    return this.#kubectl.version
  }

  async prepare(kubeconfig: string): Promise<void> {
    await cp(manifests, this.#folder, { recursive: true })
    await mkdir(join(this.#folder, '.bin'))
    await symlink(this.#kubectl.path, join(this.#folder, '.bin/kubectl'))
    await writeFile(join(this.#folder, '.kubeconfig'), kubeconfig)
    Object.assign(this.variables, {
      KUBECONFIG: join(this.#folder, '.kubeconfig'),
      HOME: this.#folder,
      TMPDIR: this.#folder,
      PATH: `${join(this.#folder, '.bin')}:/usr/local/bin:/usr/bin:/bin`,
      NAMESPACE: this.#namespace,
      // kubectl keeps what it has discovered: one memory for all scenarios.
      KUBECACHEDIR: join(tmpdir(), `commands-cache-${this.#kubectl.version}`),
      PORT: String(await freePort()),
    })
    await this.must(`kubectl config set-context --current --namespace=${this.#namespace}`)
  }

  run(line: string, { terminal, input }: Pick<Row, 'terminal' | 'input'> = {}): Promise<Outcome> {
    const script = `cd ${this.#folder}\n${line}`
    const [program, args] = terminal ? ['script', ['-qec', script, '/dev/null']] : ['bash', ['-o', 'pipefail', '-c', script]]
    return run(program as string, args as string[], {
      env: { ...this.variables, SHELL: '/bin/bash' },
      timeoutSeconds: 120,
      ...(input === undefined ? {} : { input }),
    })
  }

  async must(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(line)
    if (code !== 0) throw new Error(`${line} ended with ${code}: ${stderr || stdout}`)
    return stdout
  }

  /** Runs what never ends until it has printed what it should and the line beside it has ended well. */
  async runUntil(line: string, row: Row): Promise<Outcome> {
    const child = spawn('bash', ['-c', `cd ${this.#folder}\n${line}`], { env: { ...process.env, ...this.variables }, detached: true })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const ended = new Promise<number>(resolve => child.on('close', code => resolve(code ?? -1)))
    const deadline = Date.now() + patienceMilliseconds
    let beside = false
    try {
      while (Date.now() < deadline && child.exitCode === null) {
        // Again each time: it may have come before the other was ready.
        beside = (await this.run(row.meanwhile ?? 'true')).code === 0
        if (beside && mismatches(row, { code: row.code ?? 0, stdout, stderr }).length === 0) return { code: row.code ?? 0, stdout, stderr }
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    } finally {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
      await ended
    }
    return { code: child.exitCode ?? -1, stdout, stderr: `${stderr}${beside ? '' : `did not succeed beside it: ${row.meanwhile}`}` }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
