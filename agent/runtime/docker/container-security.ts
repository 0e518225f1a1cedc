import type Docker from 'dockerode'
import type { ContainerSecurity } from '../runtime.ts'
import type { DockerContext } from './options.ts'

export const securityOf = (context: Pick<DockerContext, 'seccompDefault'>, security: ContainerSecurity): Docker.HostConfig => ({
  ...(security.privileged ? { Privileged: true } : {}),
  ...(security.readOnlyRootFilesystem ? { ReadonlyRootfs: true } : {}),
  ...(security.groups && security.groups.length > 0 ? { GroupAdd: [...security.groups] } : {}),
  ...(security.addCapabilities ? { CapAdd: [...security.addCapabilities] } : {}),
  ...(security.dropCapabilities ? { CapDrop: [...security.dropCapabilities] } : {}),
  SecurityOpt: [
    ...(security.noNewPrivileges ? ['no-new-privileges'] : []),
    // What is privileged is never filtered, whatever its profile.
    ...(security.privileged ? [] : seccompOption(security.seccomp ?? context.seccompDefault ?? 'Unconfined')),
    ...(security.appArmor ? [`apparmor=${security.appArmor}`] : []),
    ...Object.entries(security.seLinux ?? {}).map(([part, value]) => `label=${part}:${value}`),
  ],
})

/** Docker applies its default profile unless told otherwise. */
function seccompOption(profile: NonNullable<ContainerSecurity['seccomp']>): string[] {
  if (profile === 'RuntimeDefault') return []
  return [`seccomp=${profile === 'Unconfined' ? 'unconfined' : profile.json}`]
}
