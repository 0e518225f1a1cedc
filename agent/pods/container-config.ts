import type { Container, EphemeralContainer, VolumeMount } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { ContainerConfig, ImageInfo, Mount } from '../runtime/runtime.ts'
import { containerNotes } from '../status/container-status.ts'
import { identityOf, type MountSource } from '../volumes/volume-manager.ts'
import { containerResources, needsPodCgroup, type NodeLimits } from './container-resources.ts'
import { containerSecurity, containerUser, verifyRunAsNonRoot } from './container-security.ts'
import { expand } from './expansion.ts'
import { containerHash, type ContainerToStart } from './pod-actions.ts'
import { terminationLogMount, terminationLogPath } from './termination-log.ts'

export interface ConfigFacts {
  readonly pod: Pod
  readonly start: ContainerToStart
  readonly sandboxId: string
  readonly image: ImageInfo
  readonly environment: ReadonlyMap<string, string>
  readonly sources: ReadonlyMap<string, MountSource>
  readonly node: NodeLimits
  /** The id of the running container with that name, for a debug container that joins its processes. */
  readonly runningId: (name: string) => string | undefined
}

function mountOf(mount: VolumeMount, { sources, environment }: ConfigFacts): Mount {
  const source = sources.get(mount.name)
  if (!source) throw new Error(`volume "${mount.name}" of the mount at ${mount.mountPath} does not exist`)
  const subPath = mount.subPathExpr ? expand(mount.subPathExpr, name => environment.get(name)) : mount.subPath
  if (subPath?.startsWith('/') || subPath?.split('/').includes('..'))
    throw new Error(`subPath "${subPath}" must not be absolute or contain '..'`)
  const common = {
    target: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    readOnly: (mount.readOnly ?? false) || ('readOnly' in source && source.readOnly === true),
    ...(mount.mountPropagation ? { propagation: mount.mountPropagation as 'None' } : {}),
  }
  if ('hostPath' in source) return { ...common, hostPath: subPath ? `${source.hostPath.replace(/\/$/, '')}/${subPath}` : source.hostPath }
  return { ...common, volume: source.volume, ...(subPath ? { subPath } : {}) }
}

function processNamespace({ pod, start, runningId }: ConfigFacts): Pick<ContainerConfig, 'pidNamespace'> {
  const target = start.kind === 'ephemeral' ? (start.container as EphemeralContainer).targetContainerName : undefined
  const containerId = target ? runningId(target) : undefined
  if (containerId) return { pidNamespace: { containerId } }
  if (pod.spec.hostPID) return { pidNamespace: 'node' }
  return pod.spec.shareProcessNamespace ? { pidNamespace: 'pod' } : {}
}

/** Kubernetes mounts the termination log last and lets a volume of the user's at the same place win. */
function mountsOf(facts: ConfigFacts): Mount[] {
  const { pod, start } = facts
  const own = (start.container.volumeMounts ?? []).map(mount => mountOf(mount, facts))
  const path = terminationLogPath(start.container)
  return own.some(({ target }) => target === path) ? own : [...own, terminationLogMount(pod, start)]
}

function notesOf({ pod, start: { container }, image }: ConfigFacts): Record<string, string> {
  const user = containerUser(pod, container, image)
  return {
    [containerNotes.hash]: containerHash(container),
    [containerNotes.terminationMessagePath]: terminationLogPath(container),
    [containerNotes.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
    ...(user ? { [containerNotes.user]: JSON.stringify(user) } : {}),
  }
}

const expanded = (words: readonly string[], values: ReadonlyMap<string, string>) =>
  words.map(word => expand(word, name => values.get(name)))

function streams({ stdin, stdinOnce, tty }: Container): Pick<ContainerConfig, 'stdin' | 'stdinOnce' | 'tty'> {
  return { ...(stdin ? { stdin } : {}), ...(stdinOnce ? { stdinOnce } : {}), ...(tty ? { tty } : {}) }
}

/** Everything the runtime has to know to create the container. Throws when it must not be created as it is. */
export function containerConfig(facts: ConfigFacts): ContainerConfig {
  const { pod, start, sandboxId, image, environment, node } = facts
  const { container, kind, attempt } = start
  verifyRunAsNonRoot(pod, container, image)
  return {
    pod: identityOf(pod),
    sandboxId,
    name: container.name,
    attempt,
    kind,
    image: container.image ?? '',
    ...(container.command && container.command.length > 0 ? { command: expanded(container.command, environment) } : {}),
    ...(container.args && container.args.length > 0 ? { args: expanded(container.args, environment) } : {}),
    ...(container.workingDir ? { workingDir: container.workingDir } : {}),
    env: [...environment].map(([name, value]) => ({ name, value })),
    mounts: mountsOf(facts),
    resources: containerResources(pod, container, node),
    ...(needsPodCgroup(pod, node) ? { withinSandbox: true } : {}),
    security: containerSecurity(pod, container, image),
    ...streams(container),
    ...(container.lifecycle?.stopSignal ? { stopSignal: container.lifecycle.stopSignal } : {}),
    ...processNamespace(facts),
    annotations: notesOf(facts),
  }
}
