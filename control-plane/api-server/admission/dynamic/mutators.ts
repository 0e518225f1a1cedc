import type { KubernetesObject } from '../../../../api/kind.ts'

/** Something that may change an object on its way in: one webhook, or one policy under one binding. */
export interface Mutator {
  /** Wants to see the object again when others changed it afterwards. */
  readonly reinvoked: boolean
  mutate(object: KubernetesObject): Promise<KubernetesObject>
}

/** Lets all change the object, in order; then, once more, those that ask for it and did not see the last change. */
export async function runMutators(mutators: readonly Mutator[], first: KubernetesObject): Promise<KubernetesObject> {
  const state = { object: first }
  const seen = new Map<Mutator, KubernetesObject>()
  const round = async (list: readonly Mutator[]) => {
    for (const mutator of list) {
      if (seen.get(mutator) === state.object) continue
      state.object = await mutator.mutate(state.object)
      seen.set(mutator, state.object)
    }
  }
  await round(mutators)
  await round(mutators.filter(({ reinvoked }) => reinvoked))
  return state.object
}
