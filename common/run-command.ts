import { spawn } from 'node:child_process'

/** Runs a program with `input` on its standard input; resolves to its output, throws with its error output when it fails. */
export function runCommand(command: readonly [string, ...string[]], input = ''): Promise<string> {
  const [program, ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.on('error', reject)
    // A program that fails early closes its input; its exit status tells more than the broken pipe.
    child.stdin.on('error', error => errors.push(Buffer.from(`${error.message}\n`)))
    child.on('close', code => {
      if (code === 0) resolve(Buffer.concat(output).toString())
      else reject(new Error(`${command.join(' ')} ended with ${code}: ${Buffer.concat(errors).toString().trim()}`))
    })
    child.stdin.end(input)
  })
}
