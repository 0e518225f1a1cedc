import type Docker from 'dockerode'
import type { Abortable, ContainerConfig } from '../runtime.ts'
import { resourcesOf } from './container-resources.ts'
import { securityOf } from './container-security.ts'
import { createByName } from './create-by-name.ts'
import { containerLabels, containerNameOf } from './labels.ts'
import { mountsOf } from './mounts.ts'
import type { DockerContext } from './options.ts'
import { nodeNamespace } from './node-namespace.ts'
import { nodePodFileBinds } from './node-pod-files.ts'
import { cgroupParent } from './pod-cgroup.ts'

/** Kubelet's containerLogMaxSize and containerLogMaxFiles. */
const logConfig = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } }

export async function createContainer(context: DockerContext, config: ContainerConfig, options?: Abortable): Promise<string> {
  const sandbox = `container:${config.sandboxId}`
  const canLower = (config.resources.oomScoreAdj ?? 0) >= 0 || (await context.lowersOomScore())
  const [mounts, files, cgroup] = await Promise.all([
    mountsOf(context, config),
    nodePodFileBinds(context, config),
    cgroupParent(context, config),
  ])
  const pidMode = pidModeOf(context, config)
  const request: Docker.ContainerCreateOptions & { name: string } = {
    name: containerNameOf(config),
    Image: config.image,
    ...(config.command ? { Entrypoint: [...config.command] } : {}),
    ...(config.args ? { Cmd: [...config.args] } : {}),
    ...(config.workingDir ? { WorkingDir: config.workingDir } : {}),
    ...(config.security.user === undefined ? {} : { User: config.security.user }),
    ...(config.stopSignal ? { StopSignal: config.stopSignal } : {}),
    Env: config.env.map(({ name, value }) => `${name}=${value}`),
    Labels: containerLabels(context, config),
    OpenStdin: config.stdin ?? false,
    StdinOnce: config.stdinOnce ?? false,
    Tty: config.tty ?? false,
    // Probes are the kubelet's business.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...resourcesOf(config.resources, canLower),
      ...cgroup,
      ...securityOf(context, config.security),
      Mounts: mounts.Mounts,
      Binds: [...mounts.Binds, ...files],
      ...(pidMode ? { PidMode: pidMode } : {}),
      NetworkMode: sandbox,
      IpcMode: sandbox,
      LogConfig: logConfig,
    },
  }
  return createByName(context.docker, request, options)
}

function pidModeOf(context: DockerContext, { pidNamespace, sandboxId }: ContainerConfig): string | undefined {
  if (pidNamespace === 'pod') return `container:${sandboxId}`
  if (pidNamespace === 'node') return nodeNamespace(context)
  return typeof pidNamespace === 'object' ? `container:${pidNamespace.containerId}` : undefined
}
