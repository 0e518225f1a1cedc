import type { ImageInfo } from '../runtime.ts'
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

export async function removeImage({ docker }: DockerContext, image: string): Promise<void> {
  await settled(docker.getImage(image).remove())
}
