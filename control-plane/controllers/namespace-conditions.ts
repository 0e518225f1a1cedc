import { setCondition } from '../../api/conditions.ts'
import type { NamespaceCondition } from '../../api/core/namespace.ts'

/** What was left in a namespace after a round of deleting. */
export interface Leftovers {
  /** Objects by resource, for instance `pods.`. */
  readonly remaining: ReadonlyMap<string, number>
  /** Objects by finalizer that keeps them. */
  readonly finalizers: ReadonlyMap<string, number>
  readonly discoveryError?: string
  readonly deletionErrors: readonly string[]
}

const listed = (counts: ReadonlyMap<string, number>, format: (name: string, count: number) => string) =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => format(name, count))
    .join(', ')

/** The conditions of a namespace that is being deleted, in upstream's words. */
export function namespaceConditions(
  current: readonly NamespaceCondition[] | undefined,
  { remaining, finalizers, discoveryError, deletionErrors }: Leftovers,
  now: Date,
): NamespaceCondition[] {
  const verdict = (type: string, bad: readonly [string, string] | undefined, good: readonly [string, string]): NamespaceCondition => {
    const [reason, message] = bad ?? good
    return { type, status: bad ? 'True' : 'False', reason, message }
  }
  const verdicts = [
    verdict(
      'NamespaceDeletionDiscoveryFailure',
      discoveryError === undefined ? undefined : ['DiscoveryFailed', `Discovery failed for some groups, ${discoveryError}`],
      ['ResourcesDiscovered', 'All resources successfully discovered'],
    ),
    verdict('NamespaceDeletionGroupVersionParsingFailure', undefined, ['ParsedGroupVersions', 'All legacy kube types successfully parsed']),
    verdict(
      'NamespaceDeletionContentFailure',
      deletionErrors.length > 0
        ? ['ContentDeletionFailed', `Failed to delete all resource types, ${deletionErrors.length} remaining: ${deletionErrors.join(', ')}`]
        : undefined,
      ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ),
    verdict(
      'NamespaceContentRemaining',
      remaining.size > 0
        ? [
            'SomeResourcesRemain',
            `Some resources are remaining: ${listed(remaining, (name, count) => `${name} has ${count} resource instances`)}`,
          ]
        : undefined,
      ['ContentRemoved', 'All content successfully removed'],
    ),
    verdict(
      'NamespaceFinalizersRemaining',
      finalizers.size > 0
        ? [
            'SomeFinalizersRemain',
            `Some content in the namespace has finalizers remaining: ${listed(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
          ]
        : undefined,
      ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ),
  ]
  return verdicts.reduce<NamespaceCondition[]>((conditions, each) => setCondition(conditions, each, now), [...(current ?? [])])
}
