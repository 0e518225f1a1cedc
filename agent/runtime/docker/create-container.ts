import type Docker from 'dockerode'
import { messageOf } from '../../../common/error-message.ts'
import { isRuntimeError, type Abortable, type ContainerConfig } from '../runtime.ts'
import { resourcesOf } from './container-resources.ts'
import { securityOf } from './container-security.ts'
import { createByName } from './create-by-name.ts'
import { runcFailed } from './errors.ts'
import { withGroupsPolicy } from './image-users.ts'
import { containerLabels, containerNameOf, labels } from './labels.ts'
import { mountsOf } from './mounts.ts'
import type { DockerContext } from './options.ts'
import { nodeNamespace } from './node-namespace.ts'
import { nodePodFileBinds } from './node-pod-files.ts'
import { cgroupParent } from './pod-cgroup.ts'

/** Kubelet's containerLogMaxSize and containerLogMaxFiles. */
const logConfig = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } }

type Request = Docker.ContainerCreateOptions & { name: string }

/**
 * The engine makes the working directory when a container is created, and refuses to create it when it cannot. Where a kubelet
 * meets containerd, that comes out when it is started: so it does here, by a container without a program, and a note that says why.
 */
async function createOrNote(context: DockerContext, request: Request, options?: Abortable): Promise<string> {
  try {
    return await createByName(context.docker, request, options)
  } catch (error) {
    const path = isRuntimeError(error, 'Unknown') ? badWorkingDir(messageOf(error)) : undefined
    if (path === undefined) throw error
    const refusal = `${runcFailed}: error during container init: mkdir ${path}: not a directory`
    const { WorkingDir: _bad, ...rest } = request
    const refused = { Entrypoint: ['/refused'], Cmd: [], Labels: { ...rest.Labels, [labels.startRefusal]: refusal } }
    return await createByName(context.docker, { ...rest, ...refused }, options)
  }
}
const badWorkingDir = (message: string): string | undefined => /^Cannot mkdir: (.*) is not a directory$/.exec(message)?.[1]

export async function createContainer(context: DockerContext, config: ContainerConfig, options?: Abortable): Promise<string> {
  const sandbox = `container:${config.sandboxId}`
  const canLower = (config.resources.oomScoreAdj ?? 0) >= 0 || (await context.lowersOomScore())
  const [mounts, files, cgroup, security] = await Promise.all([
    mountsOf(context, config),
    nodePodFileBinds(context, config),
    cgroupParent(context, config),
    withGroupsPolicy(context, config.image, config.security),
  ])
  const pidMode = pidModeOf(context, config)
  const request: Request = {
    name: containerNameOf(config),
    Image: config.image,
    ...(config.command ? { Entrypoint: [...config.command] } : {}),
    ...(config.args ? { Cmd: [...config.args] } : {}),
    ...(config.workingDir ? { WorkingDir: config.workingDir } : {}),
    ...(security.user === undefined ? {} : { User: security.user }),
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
      ...securityOf(context, security),
      Mounts: mounts.Mounts,
      Binds: [...mounts.Binds, ...files],
      ...(pidMode ? { PidMode: pidMode } : {}),
      NetworkMode: sandbox,
      IpcMode: sandbox,
      LogConfig: logConfig,
    },
  }
  return createOrNote(context, request, options)
}

function pidModeOf(context: DockerContext, { pidNamespace, sandboxId }: ContainerConfig): string | undefined {
  if (pidNamespace === 'pod') return `container:${sandboxId}`
  if (pidNamespace === 'node') return nodeNamespace(context)
  return typeof pidNamespace === 'object' ? `container:${pidNamespace.containerId}` : undefined
}
