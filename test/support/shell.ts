import { spawn } from 'node:child_process'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
export interface ShellOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutSeconds?: number
}

/** Runs a program to its end, whatever that is; a program that takes too long is killed and fails the test. */
export function run(program: string, args: readonly string[], options: ShellOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, NODE_OPTIONS: '', ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    const timer = setTimeout(
      () => {
        child.kill('SIGKILL')
        reject(
          new Error(
            `${program} ${args.join(' ')} took longer than ${options.timeoutSeconds ?? 60} s: ${Buffer.concat(stdout)} ${Buffer.concat(stderr)}`,
          ),
        )
      },
      (options.timeoutSeconds ?? 60) * 1000,
    )
    child.on('error', reject)
    child.on('close', code => {
      clearTimeout(timer)
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    })
    child.stdin.on('error', () => child.stdin.destroy())
    child.stdin.end(options.input ?? '')
  })
}

/** Like `run`, but a failure of the program is a failure of the test. Returns its standard output. */
export async function must(program: string, args: readonly string[], options: ShellOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr || stdout}`)
  return stdout
}
