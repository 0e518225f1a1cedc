import type { KubernetesObject } from './kind.ts'

/** The class that one of the annotations marks as the default; of several the one made last, and of those the first by name. */
export function defaultClassOf<O extends KubernetesObject>(classes: readonly O[], annotations: readonly string[]): O | undefined {
  const marked = classes.filter(({ metadata }) => annotations.some(name => metadata.annotations?.[name] === 'true'))
  return marked.sort(({ metadata: a }, { metadata: b }) => {
    if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp < b.creationTimestamp ? 1 : -1
    return a.name < b.name ? -1 : 1
  })[0]
}
