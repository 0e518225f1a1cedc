import type { Plugin } from '../plugin.ts'

/** Nothing allocates devices here: a pod with resource claims waits, in the words that upstream's scheduler has for claims it cannot meet. */
export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  preFilter: ({ spec }) => ((spec.resourceClaims ?? []).length > 0 ? 'cannot allocate all claims' : undefined),
  helps: () => false,
}
