/** What an image reference means: registry host, repository, and whether the tag is `latest`. */
export interface ImageName {
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPattern = /^\w[\w.-]{0,127}$/
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/
const isHost = (part: string) => part.includes('.') || part.includes(':') || part === 'localhost' || part !== part.toLowerCase()

/** Why a reference cannot be parsed, in the reference library's words; undefined when it can. */
function fault(path: string): string | undefined {
  if (path === '') return 'invalid reference format'
  if (path.split('/').some(part => !component.test(part)))
    return path === path.toLowerCase()
      ? 'invalid reference format'
      : `invalid reference format: repository name (${path}) must be lowercase`
  return path.length > 255 ? 'repository name must not be more than 255 characters' : undefined
}

/** Throws with upstream's explanation when the reference is malformed. */
export function parseImageName(image: string): ImageName {
  const [withTag = '', digest] = image.split('@', 2)
  const colon = withTag.lastIndexOf(':')
  const hasTag = colon > withTag.lastIndexOf('/')
  const tag = hasTag ? withTag.slice(colon + 1) : undefined
  const name = hasTag ? withTag.slice(0, colon) : withTag
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const remote = slash > 0 && isHost(first)
  const path = remote ? name.slice(slash + 1) : name
  const why =
    fault(path) ??
    (tag !== undefined && !tagPattern.test(tag) ? 'invalid reference format' : undefined) ??
    (digest !== undefined && !digestPattern.test(digest) ? 'invalid reference format' : undefined)
  if (why) throw new Error(`Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`)
  return {
    registry: remote ? first : 'docker.io',
    repository: remote || path.includes('/') ? path : `library/${path}`,
    ...(tag ? { tag } : {}),
    ...(digest ? { digest } : {}),
  }
}
