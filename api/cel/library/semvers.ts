import { refuse, type Library } from './library.ts'

const pattern =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/

class Semver {
  readonly numbers: readonly bigint[]
  readonly prerelease: readonly string[]

  constructor(text: string) {
    const match = pattern.exec(text)
    if (!match) refuse('No Major.Minor.Patch elements found')
    this.numbers = [1, 2, 3].map(part => BigInt(match?.[part] ?? 0))
    this.prerelease = match?.[4]?.split('.') ?? []
  }
}

/** Also what people write for a version: `v1`, `1.2`, `01.2.3`. */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([0-9.]*)(.*)$/s.exec(text) ?? []
  const numbers = core.split('.').map(number => number.replace(/^0+(?=\d)/, ''))
  while (numbers.length < 3) numbers.push('0')
  return numbers.join('.') + rest
}

const isSemver = (text: string): boolean => pattern.test(text)

function compare(a: Semver, b: Semver): number {
  for (const index of [0, 1, 2]) {
    const order = sign(a.numbers[index] ?? 0n, b.numbers[index] ?? 0n)
    if (order !== 0) return order
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return sign(b.prerelease.length, a.prerelease.length)
  for (let index = 0; index < Math.min(a.prerelease.length, b.prerelease.length); index++) {
    const order = compareIdentifiers(a.prerelease[index] ?? '', b.prerelease[index] ?? '')
    if (order !== 0) return order
  }
  return sign(a.prerelease.length, b.prerelease.length)
}

/** Numbers come before words. */
function compareIdentifiers(a: string, b: string): number {
  const numeric = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (numeric[0] && numeric[1]) return sign(BigInt(a), BigInt(b))
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1
  return sign(a, b)
}
const sign = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

/** Kubernetes' functions for semantic versions. */
export const semvers: Library = environment => {
  environment
    .registerType('kubernetes.Semver', Semver)
    .registerFunction('semver(string): kubernetes.Semver', (text: string) => new Semver(text))
    .registerFunction(
      'semver(string, bool): kubernetes.Semver',
      (text: string, normalize: boolean) => new Semver(normalize ? normalized(text) : text),
    )
    .registerFunction('isSemver(string): bool', isSemver)
    .registerFunction('isSemver(string, bool): bool', (text: string, normalize: boolean) => isSemver(normalize ? normalized(text) : text))
    .registerFunction('kubernetes.Semver.major(): int', (semver: Semver) => semver.numbers[0])
    .registerFunction('kubernetes.Semver.minor(): int', (semver: Semver) => semver.numbers[1])
    .registerFunction('kubernetes.Semver.patch(): int', (semver: Semver) => semver.numbers[2])
    .registerFunction('kubernetes.Semver.isGreaterThan(kubernetes.Semver): bool', (a: Semver, b: Semver) => compare(a, b) > 0)
    .registerFunction('kubernetes.Semver.isLessThan(kubernetes.Semver): bool', (a: Semver, b: Semver) => compare(a, b) < 0)
    .registerFunction('kubernetes.Semver.compareTo(kubernetes.Semver): int', (a: Semver, b: Semver) => BigInt(compare(a, b)))
    .registerOperator('kubernetes.Semver == kubernetes.Semver', (a: Semver, b: Semver) => compare(a, b) === 0)
}
