import { validateContainerResources } from './container-resources-validation.ts'
import type { PodSpec } from './pod-spec.ts'
import { containerAmounts } from '../pod-resources.ts'
import { canonicalQuantity, compareQuantities } from '../quantity.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, type FieldError } from '../schema/field-error.ts'

const supportedNames = ['cpu', 'hugepages-', 'memory'] as const
const isSupported = (name: string) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** Resources of the pod as a whole: only what can be shared out, at least what the containers request, no container limit above. */
export function validatePodResources(spec: PodSpec, path: string): FieldError[] {
  const { resources } = spec
  if (!resources) return []
  const errors = validateContainerResources(resources, spec, path)
  if (resources.claims?.length) errors.push(fieldForbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level'))
  for (const kind of ['limits', 'requests'] as const) {
    for (const name of Object.keys(resources[kind] ?? {}))
      if (!isSupported(name)) errors.push(fieldNotSupported(`${path}.${kind}[${name}]`, name, supportedNames))
  }
  for (const [name, total] of Object.entries(containerAmounts(spec, 'requests'))) {
    const request = resources.requests?.[name]
    if (request !== undefined && compareQuantities(total, request) > 0)
      errors.push(
        fieldInvalid(
          `${path}.requests[${name}]`,
          canonicalQuantity(request),
          `must be greater than or equal to aggregate container requests of ${canonicalQuantity(total)}`,
        ),
      )
  }
  for (const { name: container, resources: own } of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const [name, limit] of Object.entries(own?.limits ?? {})) {
      const most = resources.limits?.[name]
      if (most !== undefined && compareQuantities(limit, most) > 0)
        errors.push(
          fieldInvalid(
            `${path}.limits[${name}]`,
            canonicalQuantity(most),
            `must be greater than or equal to the ${name} limit of ${canonicalQuantity(limit)} of container ${container}`,
          ),
        )
    }
  }
  return errors
}
