import type { ReplicationController } from './replication-controller.ts'
import { validatePodTemplateSpec } from './pod-spec-validation.ts'
import { validateReplicaSetStatus } from '../apps/replica-set-validation.ts'
import { nonNegativeErrors } from '../apps/template-validation.ts'
import { matches, selectorFromLabels } from '../label-selector.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'

export const validateReplicationController = ({ spec }: ReplicationController): FieldError[] => [
  ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...(Object.keys(spec.selector ?? {}).length > 0 ? [] : [fieldRequired('spec.selector')]),
  ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
  ...validateTemplate(spec),
]

/** The template must make pods that the selector finds and that run for ever. */
function validateTemplate({ selector, template }: ReplicationController['spec']): FieldError[] {
  const path = 'spec.template'
  if (!template) return [fieldRequired(path)]
  const { labels } = template.metadata
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec
  return [
    ...(matches(selectorFromLabels(selector), labels)
      ? []
      : [fieldInvalid(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')]),
    ...validatePodTemplateSpec(template, path),
    ...(restartPolicy === 'Always' ? [] : [fieldNotSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [fieldForbidden(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicationController is not Supported')]),
  ]
}

/** The counts mean what they mean in a replica set. */
export const validateReplicationControllerStatus = ({ status }: ReplicationController): FieldError[] => validateReplicaSetStatus({ status })
