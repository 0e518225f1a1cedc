import { fieldInvalid, type FieldError } from '../../../../api/schema/field-error.ts'
import { baselineChecks } from './baseline-checks.ts'
import type { Check, PodLike, Violation } from './check.ts'
import { restrictedChecks } from './restricted-checks.ts'

const levels = ['privileged', 'baseline', 'restricted'] as const
export type Level = (typeof levels)[number]

/** How strict, by the rules of which version. */
export interface Policy {
  readonly level: Level
  /** A minor version of Kubernetes 1, or `latest`. */
  readonly version: number | 'latest'
}

type Mode = 'enforce' | 'audit' | 'warn'
export type Policies = Readonly<Record<Mode, Policy>>

type Labels = Readonly<Record<string, string>> | undefined
const labelOf = (mode: string) => `pod-security.kubernetes.io/${mode}`

/**
 * What a namespace's labels ask for. Where they make no sense, the strictest is enforced, and nobody is warned: upstream's
 * PolicyToEvaluate.
 */
export function policiesOf(labels: Labels): { readonly policies: Policies; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = []
  const policyOf = (mode: Mode): Policy => {
    const level = labels?.[labelOf(mode)]
    const version = labels?.[labelOf(`${mode}-version`)]
    return {
      level: level === undefined ? 'privileged' : readLevel(level, mode, errors),
      version: version === undefined ? 'latest' : readVersion(version, mode, errors),
    }
  }
  const policies = { enforce: policyOf('enforce'), audit: policyOf('audit'), warn: policyOf('warn') }
  return { policies, errors }
}

const report = (errors: FieldError[], label: string, { value, why }: { value: string; why: string }) =>
  errors.push(fieldInvalid(`metadata.labels[${label}]`, value, why))

function readLevel(text: string, mode: string, errors: FieldError[]): Level {
  const level = levels.find(each => each === text)
  if (level) return level
  report(errors, labelOf(mode), { value: text, why: `must be one of ${levels.join(', ')}` })
  return mode === 'enforce' ? 'restricted' : 'privileged'
}

function readVersion(text: string, mode: string, errors: FieldError[]): Policy['version'] {
  const [, minor] = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text) ?? []
  if (text === 'latest' || minor === undefined) {
    if (text !== 'latest') report(errors, labelOf(`${mode}-version`), { value: text, why: 'must be "latest" or "v1.x"' })
    return 'latest'
  }
  return Number(minor)
}

/** `restricted:latest`, `baseline:v1.24`. */
export const describePolicy = ({ level, version }: Policy): string => `${level}:${version === 'latest' ? version : `v1.${version}`}`

export const isSamePolicy = (a: Policy, b: Policy): boolean => a.level === b.level && a.version === b.version
export const isStricter = (a: Policy, b: Policy): boolean => levels.indexOf(a.level) > levels.indexOf(b.level)

/** What the policy finds wrong with a pod: the baseline first. */
export function violationsOf({ level, version }: Policy, pod: PodLike): Violation[] {
  if (level === 'privileged') return []
  const restricted = level === 'restricted'
  const checks = [...baselineChecks.filter(({ overridden }) => !(restricted && overridden)), ...(restricted ? restrictedChecks : [])]
  return checks.flatMap(check => inVersion(check, version)?.(pod) ?? [])
}

function inVersion({ versions }: Check, version: Policy['version']) {
  return versions.findLast(([from]) => version === 'latest' || from <= version)?.[1]
}

/** `privileged (container "c" must not set …), hostPort (…)`. */
export const describeViolations = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ')
