import type { Container } from './container.ts'
import type { Pod } from './pod.ts'
import { eachAt } from './pod-field-checks.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import { fieldForbidden, fieldInvalid, type FieldError } from '../schema/field-error.ts'

const validateImages = (containers: readonly Pick<Container, 'image'>[], path: string): FieldError[] =>
  eachAt(containers, path, ({ image = '' }, at) =>
    image === image.trim() ? [] : [fieldInvalid(`${at}.image`, image, 'must not have leading or trailing whitespace')],
  )

/** What only pods are checked for, not templates; templates are older than these rules. */
function validatePodOnly({ spec }: Pod): FieldError[] {
  const tokens = spec.serviceAccountName
    ? []
    : eachAt(spec.volumes ?? [], 'spec.volumes', ({ projected }, at) =>
        eachAt(projected?.sources ?? [], `${at}.projected.sources`, ({ serviceAccountToken }, sourceAt) =>
          serviceAccountToken
            ? [fieldForbidden(`${sourceAt}.serviceAccountToken`, 'must not be specified when serviceAccountName is not set')]
            : [],
        ),
      )
  return [
    ...tokens,
    ...validateImages(spec.containers ?? [], 'spec.containers'),
    ...validateImages(spec.initContainers ?? [], 'spec.initContainers'),
    ...validateImages(spec.ephemeralContainers ?? [], 'spec.ephemeralContainers'),
  ]
}

/** The spec of a pod as it may be stored, by creation or any kind of update. */
export const validatePodAsStored = (pod: Pod): FieldError[] => [
  ...validatePodSpec(pod.spec, 'spec', { isPod: true }),
  ...validatePodOnly(pod),
]

/** A new pod: the above, and no ephemeral containers, which are only ever added to a running one; gated pods have no node yet. */
export function validatePod(pod: Pod): FieldError[] {
  const errors = validatePodAsStored(pod)
  if (pod.spec.ephemeralContainers?.length) errors.push(fieldForbidden('spec.ephemeralContainers', 'cannot be set on create'))
  if (pod.spec.nodeName && pod.spec.schedulingGates?.length)
    errors.push(fieldForbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  return errors
}
