/** An image's name as containerd writes it out: registry, path, and the tag or digest. */
export function normalizeReference(image: string): string {
  const slash = image.indexOf('/')
  const first = slash < 0 ? '' : image.slice(0, slash)
  const named =
    first.includes('.') || first.includes(':') || first === 'localhost' ? image : `docker.io/${slash < 0 ? 'library/' : ''}${image}`
  return withTag(named)
}

/** What the engine is to pull: one tag, where it would take all of a name without one; of tag and digest the digest. */
export function withTag(image: string): string {
  const [name = '', digest] = image.split('@')
  if (digest !== undefined) return `${name.slice(0, tagStart(name))}@${digest}`
  return tagStart(image) < image.length ? image : `${image}:latest`
}

/** Where a registry keeps the manifest of an image: `/v2/library/nginx/manifests/latest`. */
export function manifestPath(image: string): string {
  const [, path = '', reference = ''] = /^[^/]+\/([^:@]+)[:@](.+)$/.exec(normalizeReference(image)) ?? []
  return `/v2/${path}/manifests/${reference}`
}

/** Where the tag begins; the end when there is none. */
function tagStart(name: string): number {
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/') ? colon : name.length
}

const pattern =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/
export const isReference = (image: string): boolean => pattern.test(image)
