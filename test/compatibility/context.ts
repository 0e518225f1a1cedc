import { spawn } from 'node:child_process'
import { words, type Kubectl } from '../support/kubectl.ts'

/** What the groups of commands share: one kubectl and a namespace of its own with the deployment `web` in it. */
export interface Context {
  readonly kubectl: Kubectl
  readonly namespace: string
  /** `-n` and the namespace. */
  readonly in_: string
  /** A test that is a row (or a part of one) in the table of commands. */
  command(name: string, does: string, test: () => Promise<void>, seconds?: number): void
}

export const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: c
          image: busybox:1.36
          command: [sh, -c, 'i=0; while :; do echo line $i; i=$((i+1)); sleep 0.2; done']
`

export const columnsOf = (text: string): string[] => (text.split('\n')[0] ?? '').trim().split(/\s{2,}/)

/** Runs kubectl until its output contains `wanted`, then stops it; for commands that never end. */
export function untilOutput(kubectl: Kubectl, args: string, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(kubectl.path, words(args), { env: { ...process.env, ...kubectl.env } })
    let output = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`kubectl ${args} did not print ${wanted}: ${output}`))
    }, 20_000)
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      if (!wanted.test(output)) return
      clearTimeout(timer)
      child.kill('SIGKILL')
      resolve(output)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
  })
}
