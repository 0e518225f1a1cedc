import type Docker from 'dockerode'
import type { Abortable, Sandbox, SandboxConfig } from '../runtime.ts'
import { createByName } from './create-by-name.ts'
import { killContainer } from './stop-container.ts'
import { isUnchanged, settled, toStartError, translated } from './errors.ts'
import { labels, ownerFilter, sandboxLabels, sandboxNameOf, volumeLabels } from './labels.ts'
import { volumeDirectory } from './volume-directory.ts'
import { volumeMount } from './volume-mount.ts'
import { isStored } from './node-volumes.ts'
import { nodeNamespace } from './node-namespace.ts'
import { writeNodePodFiles } from './node-pod-files.ts'
import type { DockerContext } from './options.ts'
import { sandboxCgroup } from './pod-cgroup.ts'
import { pauseCommand, pauseEnvironment } from './pause-script.ts'

/** Upstream's for the pause container: the last thing of a pod that the kernel kills. */
const oomScoreAdj = -998

export async function createSandbox(context: DockerContext, config: SandboxConfig, options?: Abortable): Promise<string> {
  const [lowered, cgroup, files] = await Promise.all([
    context.lowersOomScore(),
    sandboxCgroup(context, config),
    config.network === 'node' ? writeNodePodFiles(context, config) : undefined,
  ])
  const request: Docker.ContainerCreateOptions & { name: string } = {
    name: sandboxNameOf(config),
    Image: context.pauseImage,
    Entrypoint: [...pauseCommand],
    Cmd: [],
    Labels: { ...sandboxLabels(context, config), ...(files ? { [labels.files]: files } : {}) },
    HostConfig: {
      ...network(context, config),
      CapDrop: ['ALL'],
      CapAdd: ['NET_ADMIN'],
      SecurityOpt: ['no-new-privileges'],
      IpcMode: config.hostIpc ? nodeNamespace(context) : 'shareable',
      ...(config.hostPid ? { PidMode: nodeNamespace(context) } : {}),
      ...cgroup,
      ...(lowered ? { OomScoreAdj: oomScoreAdj } : {}),
      ...(config.sysctls ? { Sysctls: { ...config.sysctls } } : {}),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
      // What the node stores needs nobody to keep it mounted.
      Mounts: (config.volumes ?? [])
        .filter(volume => !isStored(context.volumeStore, volume))
        .map(volume => volumeMount({ volume, target: volumeDirectory(volume), labels: volumeLabels(context, config.pod) })),
    },
    ...(config.network === 'pod' ? { Hostname: config.hostname } : {}),
    Env: pauseEnvironment(config, {
      ...(context.podGateway ? { gateway: context.podGateway } : {}),
      ...(context.podCidr ? { podCidr: context.podCidr } : {}),
    }),
  }
  const id = await createByName(context.docker, request, options)
  context.nodePodFiles.set(id, files)
  return id
}

const network = (context: DockerContext, config: SandboxConfig): Docker.HostConfig =>
  config.network === 'pod' ? { NetworkMode: context.podNetwork } : { NetworkMode: nodeNamespace(context) }

export async function startSandbox(context: DockerContext, id: string, options: Abortable = {}): Promise<Sandbox> {
  try {
    await context.docker.getContainer(id).start(options.signal ? { abortSignal: options.signal } : {})
  } catch (error) {
    if (!isUnchanged(error)) throw toStartError(error)
  }
  return { id, ip: () => address(context, id) }
}

/** From the list, which the engine answers from memory; an inspect waits for whatever else the engine does with the container. */
async function address(context: DockerContext, id: string): Promise<string | undefined> {
  const [found] = await translated(context.docker.listContainers({ filters: { id: [id] } }))
  return found?.NetworkSettings?.Networks[context.podNetwork]?.IPAddress || undefined
}

/** Kills the containers that joined the sandbox first: without it they would go on without their network. */
export async function stopSandbox(context: DockerContext, id: string): Promise<void> {
  const joined = await translated(context.docker.listContainers({ filters: { label: ownerFilter(context, `${labels.sandboxId}=${id}`) } }))
  await Promise.all(joined.map(({ Id }) => killContainer(context, Id)))
  await killContainer(context, id)
}

export async function removeSandbox({ docker, nodePodFiles }: DockerContext, id: string): Promise<void> {
  nodePodFiles.delete(id)
  await settled(docker.getContainer(id).remove({ force: true, v: true }))
}
