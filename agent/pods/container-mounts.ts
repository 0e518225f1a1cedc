import type { Container, VolumeMount } from '../../api/core/container.ts'
import type { Mount } from '../runtime/runtime.ts'
import type { MountSource } from '../volumes/volume-manager.ts'
import { expand } from '../../common/expansion.ts'

export interface MountFacts {
  /** Where each volume of the pod is. */
  readonly sources: ReadonlyMap<string, MountSource>
  readonly environment: ReadonlyMap<string, string>
  /** Whether the runtime can make mounts below a read-only one read-only too. */
  readonly recursiveReadOnlyMounts: boolean
}

/** The container's volumeMounts as the runtime has them, in the order of the spec. Throws with upstream's words. */
export const volumeMounts = (container: Pick<Container, 'volumeMounts'>, facts: MountFacts): Mount[] =>
  (container.volumeMounts ?? []).map(mount => mountOf(mount, facts))

function mountOf(mount: VolumeMount, facts: MountFacts): Mount {
  const source = facts.sources.get(mount.name)
  if (!source) throw new Error(`volume "${mount.name}" of the mount at ${mount.mountPath} does not exist`)
  const subPath = subPathOf(mount, facts.environment)
  const common = {
    name: mount.name,
    target: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    readOnly: (mount.readOnly ?? false) || source.readOnly === true,
    ...(isRecursivelyReadOnly(mount, facts.recursiveReadOnlyMounts) ? { recursiveReadOnly: true } : {}),
    ...(mount.mountPropagation ? { propagation: mount.mountPropagation as 'None' } : {}),
    ...(subPath ? { subPath } : {}),
  }
  if ('hostPath' in source) return { ...common, hostPath: source.hostPath }
  return { ...common, volume: source.volume, ...(source.partsExist ? { partsExist: true } : {}) }
}

function subPathOf({ subPath, subPathExpr }: VolumeMount, environment: ReadonlyMap<string, string>): string | undefined {
  const path = subPathExpr ? expanded(subPathExpr, environment) : subPath
  if (path?.startsWith('/')) throw new Error(`error SubPath \`${path}\` must not be an absolute path`)
  if (path?.split('/').includes('..')) throw new Error(`unable to provision SubPath \`${path}\`: must not contain '..'`)
  return path
}

function expanded(expression: string, environment: ReadonlyMap<string, string>): string {
  const missing = new Set<string>()
  const path = expand(expression, name => {
    const value = environment.get(name)
    if (!value) missing.add(name)
    return value
  })
  if (missing.size > 0) throw new Error(`missing value for ${[...missing].sort().join(', ')}`)
  return path
}

/** Upstream's resolveRecursiveReadOnly: `IfPossible` takes what the runtime can do, `Enabled` insists. */
export function isRecursivelyReadOnly(
  { name, readOnly, recursiveReadOnly: mode, mountPropagation }: VolumeMount,
  possible: boolean,
): boolean {
  if (mode === undefined || mode === 'Disabled') return false
  const refused = (why: string) =>
    new Error(`failed to resolve recursive read-only mode: volume "${name}" requested recursive read-only mode, but it is ${why}`)
  if (!readOnly) throw refused('not read-only')
  if (mountPropagation && mountPropagation !== 'None') throw refused(`not compatible with propagation "${mountPropagation}"`)
  if (mode === 'Enabled' && !possible) throw refused('not supported by the runtime')
  return possible
}
