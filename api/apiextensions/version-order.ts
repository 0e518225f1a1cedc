/** Kubernetes' order of versions: v2 before v1 before v1beta2 before v1beta1 before v1alpha1 before anything else by name. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)]
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor
}

function parse(version: string): { stability: number; major: number; minor: number } | undefined {
  const [, major, stage, minor] = /^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$/.exec(version) ?? []
  if (major === undefined) return undefined
  return { stability: stage === undefined ? 2 : stage === 'beta' ? 1 : 0, major: Number(major), minor: Number(minor ?? 0) }
}
