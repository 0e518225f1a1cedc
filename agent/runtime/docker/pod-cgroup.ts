import type Docker from 'dockerode'
import type { ContainerConfig, SandboxConfig } from '../runtime.ts'
import { resourcesOf } from './container-resources.ts'
import { translated } from './errors.ts'
import type { DockerContext } from './options.ts'

/** Where Docker puts cgroups unless it is told otherwise; said aloud, so that the path of a sandbox's is known. */
const parent = '/docker'

/**
 * The cgroup of a pod is that of its sandbox: containers created below it share its limits, and nobody has to touch the host.
 * cgroup v2 forbids processes beside child cgroups, and the systemd driver knows slices only: there nothing holds a pod's
 * containers together, and their own limits have to do.
 */
export async function nestsCgroups(docker: Docker): Promise<boolean> {
  const info = (await translated(docker.info())) as { CgroupVersion?: string; CgroupDriver?: string }
  return info.CgroupVersion !== '2' && info.CgroupDriver === 'cgroupfs'
}

export async function sandboxCgroup(context: DockerContext, { resources }: SandboxConfig): Promise<Docker.HostConfig> {
  if (!resources || !(await context.nestsCgroups())) return {}
  return { CgroupParent: parent, ...resourcesOf(resources, false) }
}

export async function cgroupParent(context: DockerContext, config: ContainerConfig): Promise<Docker.HostConfig> {
  if (!config.withinSandbox || !(await context.nestsCgroups())) return {}
  return { CgroupParent: `${parent}/${config.sandboxId}` }
}
