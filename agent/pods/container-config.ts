import type { Container, EphemeralContainer } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { ContainerConfig, ImageInfo, Mount } from '../runtime/runtime.ts'
import { containerNotes } from '../status/container-status.ts'
import { identityOf } from '../volumes/volume-manager.ts'
import { volumeMounts, type MountFacts } from './container-mounts.ts'
import { containerResources, needsPodCgroup, type NodeLimits } from './container-resources.ts'
import { containerSecurity, containerUser, verifyRunAsNonRoot } from './container-security.ts'
import { expand } from '../../common/expansion.ts'
import { containerHash, type ContainerToStart } from './pod-actions.ts'
import { terminationLogMount, terminationLogPath } from './termination-log.ts'

export interface ConfigFacts extends MountFacts {
  readonly pod: Pod
  readonly start: ContainerToStart
  readonly sandboxId: string
  readonly image: ImageInfo
  readonly node: NodeLimits
  /** The id of the newest container with that name, for a debug container that joins its processes. */
  readonly containerId: (name: string) => string | undefined
}

function processNamespace({ pod, start, containerId }: ConfigFacts): Pick<ContainerConfig, 'pidNamespace'> {
  const target = start.kind === 'ephemeral' ? (start.container as EphemeralContainer).targetContainerName : undefined
  if (target) {
    const id = containerId(target)
    if (!id) throw new Error(`unable to find target container ${target}`)
    return { pidNamespace: { containerId: id } }
  }
  if (pod.spec.hostPID) return { pidNamespace: 'node' }
  return pod.spec.shareProcessNamespace ? { pidNamespace: 'pod' } : {}
}

/** Kubernetes mounts the termination log last and lets a volume of the user's at the same place win. */
function mountsOf(facts: ConfigFacts): Mount[] {
  const { pod, start } = facts
  const own = volumeMounts(start.container, facts)
  const path = terminationLogPath(start.container)
  return own.some(({ target }) => target === path) ? own : [...own, terminationLogMount(pod, start)]
}

function notesOf({ pod, start: { container }, image }: ConfigFacts, mounts: readonly Mount[]): Record<string, string> {
  const user = containerUser(pod, container, image)
  const recursivelyReadOnly = mounts.filter(({ recursiveReadOnly }) => recursiveReadOnly).map(({ target }) => target)
  return {
    [containerNotes.hash]: containerHash(container),
    [containerNotes.terminationMessagePath]: terminationLogPath(container),
    [containerNotes.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
    ...(user ? { [containerNotes.user]: JSON.stringify(user) } : {}),
    ...(recursivelyReadOnly.length > 0 ? { [containerNotes.recursiveReadOnly]: JSON.stringify(recursivelyReadOnly) } : {}),
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
  const mounts = mountsOf(facts)
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
    mounts,
    resources: containerResources(pod, container, node),
    ...(needsPodCgroup(pod, node) ? { withinSandbox: true } : {}),
    security: containerSecurity(pod, container, image),
    ...streams(container),
    ...(container.lifecycle?.stopSignal ? { stopSignal: container.lifecycle.stopSignal } : {}),
    ...processNamespace(facts),
    annotations: notesOf(facts, mounts),
  }
}
