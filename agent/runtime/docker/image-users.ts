import type { ContainerSecurity } from '../runtime.ts'
import { translated } from './errors.ts'
import { withHelper } from './helper-container.ts'
import type { DockerContext } from './options.ts'
import { readFile } from './read-file.ts'

/** The lines of an image's /etc/passwd and /etc/group, by their fields. */
export interface ImageUsers {
  readonly users: readonly (readonly string[])[]
  readonly groups: readonly (readonly string[])[]
}

const limit = 1024 * 1024
const linesOf = (content: Buffer | undefined): string[][] =>
  (content?.toString() ?? '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split(':'))

/** What the user is in an image: its own group, 0 when the image does not know it, and the groups that list it. */
export function membership({ users, groups }: ImageUsers, user: string): { readonly gid: string; readonly groups: readonly string[] } {
  const [name, , , gid = '0'] = users.find(([name, , uid]) => name === user || uid === user) ?? []
  const listed = groups.filter(([, , , members = '']) => name !== undefined && members.split(',').includes(name))
  return { gid, groups: listed.flatMap(([, , id]) => id ?? []) }
}

/**
 * User and further groups in Docker's terms. Docker adds the groups that the image lists for a user exactly when no group is
 * given with it: with one, Merge has to name them; without one, Strict has to give the user's own.
 */
export function applyPolicy(
  { user = '', groups = [], groupsPolicy }: ContainerSecurity,
  image: ImageUsers,
): Pick<ContainerSecurity, 'user' | 'groups'> {
  const [name = '', group] = user.split(':')
  const inImage = membership(image, name || '0')
  if (groupsPolicy === 'Strict') return { user: `${name || '0'}:${group ?? inImage.gid}`, groups }
  return { user, groups: [...new Set([...groups, ...inImage.groups])] }
}

/** The container's security with its groups policy in effect. The image is looked into only when Docker would decide otherwise. */
export async function withGroupsPolicy(context: DockerContext, image: string, security: ContainerSecurity): Promise<ContainerSecurity> {
  const hasGroup = security.user?.includes(':') ?? false
  if (hasGroup === (security.groupsPolicy === 'Strict')) return security
  return { ...security, ...applyPolicy(security, await imageUsers(context, image)) }
}

/** Read once per image: its files do not change. */
async function imageUsers(context: DockerContext, image: string): Promise<ImageUsers> {
  const { Id } = await translated(context.docker.getImage(image).inspect())
  const known = context.imageUsers.get(Id)
  if (known) return await known
  const read = withHelper(context, { image: Id }, async ({ id }) => {
    const [passwd, group] = await Promise.all(['/etc/passwd', '/etc/group'].map(path => readFile(context, id, { path, limit })))
    return { users: linesOf(passwd), groups: linesOf(group) }
  })
  context.imageUsers.set(Id, read)
  read.catch(() => context.imageUsers.delete(Id))
  return await read
}
