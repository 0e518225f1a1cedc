import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import type { ContainerUser } from '../../api/core/pod-status.ts'
import type { PodSecurityContext } from '../../api/core/security-context.ts'
import { podFullName } from '../../api/pod-containers.ts'
import type { ContainerSecurity, ImageInfo } from '../runtime/runtime.ts'

const numeric = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined)

/** The pod's and the container's security settings together, the container's winning, and what the image says. */
function settings(pod: Pod, container: Container, image: ImageInfo) {
  const own = container.securityContext ?? {}
  const shared = pod.spec.securityContext ?? {}
  const [imageUser, imageGroup] = (image.user ?? '').split(':')
  return {
    own,
    shared,
    runAsUser: own.runAsUser ?? shared.runAsUser,
    runAsGroup: own.runAsGroup ?? shared.runAsGroup,
    runAsNonRoot: own.runAsNonRoot ?? shared.runAsNonRoot,
    imageUser: imageUser === '' ? undefined : imageUser,
    imageGroup,
  }
}

/** Throws with upstream's words when the container must not run as root and would. */
export function verifyRunAsNonRoot(pod: Pod, container: Container, image: ImageInfo): void {
  const { runAsNonRoot, runAsUser, imageUser } = settings(pod, container, image)
  if (!runAsNonRoot) return
  const where = `(pod: "${podFullName(pod)}", container: ${container.name})`
  if (runAsUser === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`)
  if (runAsUser !== undefined) return
  if (imageUser !== undefined && numeric(imageUser) === undefined)
    throw new Error(`container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root ${where}`)
  if ((numeric(imageUser) ?? 0) === 0) throw new Error(`container has runAsNonRoot and image will run as root ${where}`)
}

const groupsOf = ({ fsGroup, supplementalGroups = [] }: PodSecurityContext): number[] => [
  ...(fsGroup === undefined ? [] : [fsGroup]),
  ...supplementalGroups,
]

/** What the container may do and as whom, but for its seccomp profile, which may have to be read from a file. */
export function containerSecurity(pod: Pod, container: Container, image: ImageInfo): ContainerSecurity {
  const { own, shared, runAsUser, runAsGroup, imageUser } = settings(pod, container, image)
  const groups = groupsOf(shared).map(String)
  const isStrict = shared.supplementalGroupsPolicy === 'Strict'
  const user = runAsUser ?? (runAsGroup === undefined && !isStrict ? undefined : (imageUser ?? 0))
  const appArmor = own.appArmorProfile ?? shared.appArmorProfile
  const seLinux = own.seLinuxOptions ?? shared.seLinuxOptions
  return {
    ...(user === undefined ? {} : { user: runAsGroup === undefined ? String(user) : `${user}:${runAsGroup}` }),
    ...(groups.length > 0 ? { groups } : {}),
    ...(isStrict ? { groupsPolicy: 'Strict' } : {}),
    ...(own.privileged ? { privileged: true } : {}),
    ...(own.readOnlyRootFilesystem ? { readOnlyRootFilesystem: true } : {}),
    ...(own.capabilities?.add ? { addCapabilities: own.capabilities.add } : {}),
    ...(own.capabilities?.drop ? { dropCapabilities: own.capabilities.drop } : {}),
    ...(own.allowPrivilegeEscalation === false ? { noNewPrivileges: true } : {}),
    ...(appArmor?.type === 'Unconfined' ? { appArmor: 'unconfined' } : {}),
    ...(appArmor?.type === 'Localhost' && appArmor.localhostProfile ? { appArmor: appArmor.localhostProfile } : {}),
    ...(seLinux ? { seLinux } : {}),
  }
}

/** Who the container runs as, for its status; undefined when only the image's /etc/passwd knows. */
export function containerUser(pod: Pod, container: Container, image: ImageInfo): ContainerUser | undefined {
  const { shared, runAsUser, runAsGroup, imageUser, imageGroup } = settings(pod, container, image)
  const uid = runAsUser ?? (imageUser === undefined ? 0 : numeric(imageUser))
  if (uid === undefined) return undefined
  const gid = runAsGroup ?? (runAsUser === undefined ? numeric(imageGroup) : undefined) ?? 0
  const groups = new Set([gid, ...groupsOf(shared)])
  return { linux: { uid, gid, supplementalGroups: [...groups] } }
}
