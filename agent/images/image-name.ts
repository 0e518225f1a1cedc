/** What an image reference means. */
export interface ImageName {
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const host = /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::\d+)?$/
const tagPattern = /^\w[\w.-]{0,127}$/
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/
const isHost = (part: string) => part.includes('.') || part.includes(':') || part === 'localhost' || part !== part.toLowerCase()

/** Why a path cannot be one of a registry, in the reference library's words; undefined when it can. */
function fault(path: string): string | undefined {
  if (/^[0-9a-f]{64}$/.test(path)) return `invalid repository name (${path}), cannot specify 64-byte hexadecimal strings`
  if (path !== path.toLowerCase()) return `invalid reference format: repository name (${path}) must be lowercase`
  if (path.split('/').some(part => !component.test(part))) return 'invalid reference format'
  return path.length > 255 ? 'repository name must not be more than 255 characters' : undefined
}

/** Throws with upstream's explanation when the reference is malformed. */
export function parseImageName(image: string): ImageName {
  const [withTag = '', ...digests] = image.split('@')
  const [digest] = digests
  const colon = withTag.lastIndexOf(':')
  const hasTag = colon > withTag.lastIndexOf('/')
  const tag = hasTag ? withTag.slice(colon + 1) : undefined
  const name = hasTag ? withTag.slice(0, colon) : withTag
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const remote = slash > 0 && isHost(first)
  const path = remote ? name.slice(slash + 1) : name
  const malformed =
    (remote && !host.test(first)) ||
    digests.length > 1 ||
    (tag !== undefined && !tagPattern.test(tag)) ||
    (digest !== undefined && !digestPattern.test(digest))
  const why = fault(path) ?? (malformed ? 'invalid reference format' : undefined)
  if (why) throw new Error(`Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`)
  const registry = remote && first !== 'index.docker.io' ? first : 'docker.io'
  return {
    registry,
    repository: registry !== 'docker.io' || path.includes('/') ? path : `library/${path}`,
    ...(tag ? { tag } : {}),
    ...(digest ? { digest } : {}),
  }
}

/** Registry and path: what a login or the access to an image is good for. */
export function repositoryOf(image: string): string {
  const { registry, repository } = parseImageName(image)
  return `${registry}/${repository}`
}

/** Written out, so that names can be compared: of a tag and a digest the digest counts. */
export function canonicalName(image: string): string {
  const { tag = 'latest', digest } = parseImageName(image)
  return digest ? `${repositoryOf(image)}@${digest}` : `${repositoryOf(image)}:${tag}`
}
