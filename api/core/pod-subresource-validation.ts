import { EphemeralContainer } from './container.ts'
import type { Pod } from './pod.ts'
import { goDiff } from './pod-diff.ts'
import { validatePodAsStored } from './pod-validation.ts'
import { isEqual } from '../../common/equal.ts'
import { fieldForbidden, type FieldError } from '../schema/field-error.ts'

/** Ephemeral containers can be added; those that exist stay what they are (ValidatePodEphemeralContainersUpdate). */
export function validateEphemeralContainersUpdate(next: Pod, current: Pod): FieldError[] {
  const path = 'spec.ephemeralContainers'
  const byName = new Map((next.spec.ephemeralContainers ?? []).map(container => [container.name, container]))
  const changes = (current.spec.ephemeralContainers ?? []).flatMap(old => {
    const container = byName.get(old.name)
    if (!container) return [fieldForbidden(path, `existing ephemeral containers ${JSON.stringify(old.name)} may not be removed\n`)]
    if (isEqual(old, container)) return []
    const diff = goDiff(EphemeralContainer, container, old)
    return [fieldForbidden(path, `existing ephemeral containers ${JSON.stringify(old.name)} may not be changed\n${diff}`)]
  })
  return [...validatePodAsStored(next), ...changes]
}
