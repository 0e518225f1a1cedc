/** An image's name as containerd writes it out: registry, path, and the tag or digest. */
export function normalizeReference(image: string): string {
  const slash = image.indexOf('/')
  const first = slash < 0 ? '' : image.slice(0, slash)
  const named =
    first.includes('.') || first.includes(':') || first === 'localhost' ? image : `docker.io/${slash < 0 ? 'library/' : ''}${image}`
  return withTag(named)
}

/** The engine pulls every tag of a name without one. */
export function withTag(image: string): string {
  if (image.includes('@')) return image
  return image.slice(image.lastIndexOf('/') + 1).includes(':') ? image : `${image}:latest`
}

const pattern =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/
export const isReference = (image: string): boolean => pattern.test(image)
