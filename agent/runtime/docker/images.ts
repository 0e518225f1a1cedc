import { statfs } from 'node:fs/promises'
import { RuntimeError, type FileSystemInfo, type ImageInfo } from '../runtime.ts'
import { isMissing, settled, toRuntimeError, translated } from './errors.ts'
import type { DockerContext } from './options.ts'

export async function imageStatus({ docker }: DockerContext, image: string): Promise<ImageInfo | undefined> {
  try {
    const found = await docker.getImage(image).inspect()
    const user = found.Config.User
    return { id: found.Id, tags: found.RepoTags ?? [], digests: found.RepoDigests ?? [], sizeBytes: found.Size, ...(user ? { user } : {}) }
  } catch (error) {
    if (isMissing(error)) return undefined
    const translatedError = toRuntimeError(error)
    if (translatedError.reason === 'InvalidImageName') return undefined
    throw translatedError
  }
}

export async function listImages({ docker }: DockerContext): Promise<ImageInfo[]> {
  const found = await translated(docker.listImages())
  return found.map(({ Id, RepoTags, RepoDigests, Size }) => ({
    id: Id,
    tags: (RepoTags ?? []).filter(tag => tag !== '<none>:<none>'),
    digests: (RepoDigests ?? []).filter(digest => digest !== '<none>@<none>'),
    sizeBytes: Size,
  }))
}

export async function removeImage(context: DockerContext, image: string): Promise<void> {
  if (image.startsWith('sha256:')) await removeNames(context, image)
  await settled(context.docker.getImage(image).remove())
}

/** The engine removes an image by its id only when all of its names are of one repository; and it is to keep them all, or none. */
async function removeNames(context: DockerContext, id: string): Promise<void> {
  if ((await imagesInUse(context)).has(id)) throw new RuntimeError('Conflict', `unable to remove image ${id}: a container was made of it`)
  for (const tag of (await imageStatus(context, id))?.tags ?? []) await settled(context.docker.getImage(tag).remove())
}

export async function imagesInUse({ docker }: DockerContext): Promise<ReadonlySet<string>> {
  const containers = await translated(docker.listContainers({ all: true }))
  return new Set(containers.map(({ ImageID }) => ImageID))
}

/** The agent, a container itself, stands on the disk of its engine: what is true of its root is true of the images. */
export async function imageFsInfo(): Promise<FileSystemInfo> {
  const { blocks, bavail, bsize } = await statfs('/')
  return { capacityBytes: blocks * bsize, availableBytes: bavail * bsize }
}
