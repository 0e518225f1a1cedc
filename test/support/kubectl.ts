import { execFileSync } from 'node:child_process'
import { must, run, type Outcome, type ShellOptions } from './shell.ts'

/** The real kubectl in one version, against one cluster. */
export interface Kubectl {
  readonly version: string
  /** Returns standard output; throws when kubectl fails. */
  (args: string, options?: ShellOptions): Promise<string>
  /** Whatever happens. */
  try(args: string, options?: ShellOptions): Promise<Outcome>
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

/** Splits at spaces; 'single quotes' keep them. */
export const words = (text: string): string[] => [...text.matchAll(/'([^']*)'|(\S+)/g)].map(match => match[1] ?? match[2] ?? '')

export function kubectlAt(path: string, kubeconfig: string): Kubectl {
  const version = /GitVersion:"(v[^"]+)"|"gitVersion": "(v[^"]+)"/.exec(
    execFileSync(path, ['version', '--client', '-o', 'json']).toString(),
  )
  const env = { KUBECONFIG: kubeconfig, HOME: '/tmp' }
  const call = (args: string, options: ShellOptions = {}) => must(path, words(args), { ...options, env: { ...env, ...options.env } })
  return Object.assign(call, {
    version: version?.[1] ?? version?.[2] ?? 'unknown',
    try: (args: string, options: ShellOptions = {}) => run(path, words(args), { ...options, env: { ...env, ...options.env } }),
    path,
    env,
  })
}

/** Every kubectl that scripts/test found, named by KUBELING_KUBECTLS. */
export const kubectlPaths = (): string[] => (process.env['KUBELING_KUBECTLS'] ?? '').split(':').filter(path => path !== '')

/** All of them when the compatibility tests are what was asked for; among all other tests the newest stands for all, or the two ends do. */
export function kubectlSample(ends: 'newest' | 'both'): string[] {
  const all = kubectlPaths()
  if (process.env['KUBELING_TEST'] === 'compatibility') return all
  const sample = ends === 'newest' ? all.slice(-1) : [...all.slice(0, 1), ...all.slice(-1)]
  return [...new Set(sample)]
}
