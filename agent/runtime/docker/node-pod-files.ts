import { isRuntimeError, type ContainerConfig, type SandboxConfig } from '../runtime.ts'
import { translated } from './errors.ts'
import { labels } from './labels.ts'
import { engineDirectory } from './mounts.ts'
import type { DockerContext } from './options.ts'
import { hostAliases, resolvConf } from './pause-script.ts'
import { readFile } from './read-file.ts'
import { prepareVolumes } from './volumes.ts'

const paths = ['resolv.conf', 'hosts'] as const
const largest = 1024 * 1024

/**
 * A pod on the node's network shares the node's files in /etc, which are not to be written: its own resolver settings and
 * host aliases go to a volume, from which its containers mount them. Returns the volume's name.
 */
export async function writeNodePodFiles(context: DockerContext, config: SandboxConfig): Promise<string> {
  const name = `${config.pod.uid}_etc.${config.attempt}`
  const hosts = await nodeHosts(context)
  const text = {
    'resolv.conf': resolvConf(config.dns),
    hosts: `# Kubernetes-managed hosts file (host network).\n${hosts}${hostAliases(config)}`,
  }
  const files = paths.map(path => ({ path, content: Buffer.from(text[path]), mode: 0o644 }))
  await prepareVolumes(context, [{ name, pod: config.pod, mode: 0o755, content: { files, atomic: false } }])
  return name
}

async function nodeHosts(context: DockerContext): Promise<string> {
  try {
    const content = await readFile(context, context.nodeContainer ?? '', { path: '/etc/hosts', limit: largest })
    return content?.toString() ?? '127.0.0.1\tlocalhost\n'
  } catch (error) {
    if (isRuntimeError(error, 'NotFound')) return '127.0.0.1\tlocalhost\n'
    throw error
  }
}

/** Empty for a pod with a network of its own. What the user mounts at the same place wins. */
export async function nodePodFileBinds(context: DockerContext, { sandboxId, mounts }: ContainerConfig): Promise<string[]> {
  if (!context.nodePodFiles.has(sandboxId)) context.nodePodFiles.set(sandboxId, await lookUp(context, sandboxId))
  const volume = context.nodePodFiles.get(sandboxId)
  if (!volume) return []
  const directory = await engineDirectory(context, volume)
  const free = paths.filter(path => !mounts.some(({ target }) => target === `/etc/${path}`))
  return free.map(path => `${directory}/${path}:/etc/${path}`)
}

/** After a restart of the agent only the sandbox's labels know. */
async function lookUp({ docker }: DockerContext, id: string): Promise<string | undefined> {
  const [found] = await translated(docker.listContainers({ all: true, filters: { id: [id] } }))
  return found?.Labels[labels.files]
}
