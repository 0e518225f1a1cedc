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
    ...seccompOption(security.seccomp ?? context.seccompDefault ?? 'RuntimeDefault'),
    ...(security.appArmor ? [`apparmor=${security.appArmor}`] : []),
  ],
})

/** Docker applies its default profile unless told otherwise. */
function seccompOption(profile: NonNullable<ContainerSecurity['seccomp']>): string[] {
  if (profile === 'RuntimeDefault') return []
  return [`seccomp=${profile === 'Unconfined' ? 'unconfined' : profile.json}`]
}
