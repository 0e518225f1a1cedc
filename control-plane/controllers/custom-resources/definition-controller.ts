import { CustomResourceDefinition } from '../../../api/apiextensions/custom-resource-definition.ts'
import { watching, type Controller } from '../../../client/controller.ts'
import { isEqual } from '../../../common/equal.ts'
import { isConflict, isNotFound } from '../../../api/errors.ts'
import type { ControllerContext } from '../context.ts'
import { approvalStatus } from './approval.ts'
import { nameStatus } from './names.ts'

/**
 * Gives definitions of custom resources their names, which makes the API server serve them. Upstream's controllers for names,
 * establishing and approval in one: each has conditions of its own, all of them are one write.
 */
export const definitionController = ({ client, informers, clock }: ControllerContext): Controller => {
  const cache = () => informers.for(CustomResourceDefinition).cache
  /** A definition that changes its names may free those that another one of its group waits for. */
  const ofGroup = ({ spec }: CustomResourceDefinition) =>
    cache()
      .list()
      .filter(other => other.spec.group === spec.group)
      .map(({ metadata }) => metadata.name)
  return {
    name: 'crd-naming-controller',
    watches: [watching(CustomResourceDefinition, definition => [definition.metadata.name, ...ofGroup(definition)])],
    // One after the other, so that no two definitions are given the same name.
    workers: 1,
    async reconcile(key) {
      const definition = cache().get(key)
      if (!definition || definition.metadata.deletionTimestamp) return
      const now = clock.now()
      const status = approvalStatus(definition, nameStatus(definition, cache().list(), now), now)
      if (isEqual(status, definition.status)) return
      try {
        await client.updateStatus(CustomResourceDefinition, { ...definition, status })
      } catch (error) {
        // Somebody else wrote to it: the watch brings us back.
        if (!isConflict(error) && !isNotFound(error)) throw error
      }
    },
  }
}
