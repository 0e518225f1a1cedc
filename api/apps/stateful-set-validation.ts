import type { StatefulSet, StatefulSetSpec } from './stateful-set.ts'
import { decrementedErrors, nonNegativeErrors, validSelector } from './template-validation.ts'
import { amountOf, internalForm, internalStrategy, validateRollingAmount } from './rolling-update-validation.ts'
import { validatePodTemplateSpec } from '../core/pod-spec-validation.ts'
import { dns1123LabelErrors } from '../names.ts'
import { matches, validateLabelSelector } from '../label-selector.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { isEqual } from '../../common/equal.ts'

/** Only a new set's service name is looked at: older ones may have been stored with another (upstream's AllowInvalidServiceName). */
export const validateStatefulSet = (set: StatefulSet): FieldError[] => [...validateStored(set), ...validateServiceName(set.spec)]

function validateServiceName({ serviceName }: StatefulSetSpec): FieldError[] {
  return serviceName ? dns1123LabelErrors(serviceName).map(error => fieldInvalid('spec.serviceName', serviceName, error)) : []
}

const validateStored = ({ spec }: StatefulSet): FieldError[] => [
  ...validateManagement(spec),
  ...validateUpdateStrategy(spec),
  ...validateRetention(spec),
  ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
  ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...nonNegativeErrors(spec.ordinals?.start, 'spec.ordinals.start'),
  ...validateSelector(spec),
  ...validateTemplate(spec),
]

function validateManagement({ podManagementPolicy: policy = 'OrderedReady' }: StatefulSetSpec): FieldError[] {
  const known = ['OrderedReady', 'Parallel'].includes(policy)
  return known ? [] : [fieldInvalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")]
}

function validateUpdateStrategy({ updateStrategy }: StatefulSetSpec): FieldError[] {
  const { type, rollingUpdate } = updateStrategy
  const path = 'spec.updateStrategy'
  const unset = { partition: 0, maxUnavailable: null }
  if (type === 'OnDelete')
    return rollingUpdate
      ? [
          fieldInvalid(
            `${path}.rollingUpdate`,
            internalForm({ ...unset, ...rollingUpdate }),
            "only allowed for updateStrategy 'RollingUpdate'",
          ),
        ]
      : []
  if (type !== 'RollingUpdate')
    return [fieldInvalid(path, internalStrategy(updateStrategy, unset), "must be 'RollingUpdate' or 'OnDelete'")]
  const { partition, maxUnavailable } = rollingUpdate ?? {}
  return [
    ...nonNegativeErrors(partition, `${path}.rollingUpdate.partition`),
    ...(maxUnavailable === undefined ? [] : validateRollingAmount(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`)),
    ...(maxUnavailable !== undefined && amountOf(maxUnavailable) === 0
      ? [fieldInvalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'cannot be 0')]
      : []),
  ]
}

function validateRetention({ persistentVolumeClaimRetentionPolicy: policy }: StatefulSetSpec): FieldError[] {
  return (['whenDeleted', 'whenScaled'] as const).flatMap(when => {
    const value = policy?.[when] ?? 'Retain'
    const path = `spec.persistentVolumeClaimRetentionPolicy.${when}`
    return ['Retain', 'Delete'].includes(value) ? [] : [fieldNotSupported(path, value, ['Retain', 'Delete'])]
  })
}

function validateSelector({ selector }: Partial<Pick<StatefulSetSpec, 'selector'>>): FieldError[] {
  if (!selector) return [fieldRequired('spec.selector')]
  const errors = validateLabelSelector(selector, 'spec.selector')
  const empty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  return empty ? [...errors, fieldInvalid('spec.selector', selector, 'empty selector is invalid for statefulset')] : errors
}

/** Containers may mount the claims as if they were volumes of the template. */
function validateTemplate({
  selector,
  template,
  volumeClaimTemplates = [],
}: Omit<StatefulSetSpec, 'selector'> & Partial<Pick<StatefulSetSpec, 'selector'>>): FieldError[] {
  const path = 'spec.template'
  const { labels } = template.metadata
  const { restartPolicy = '', activeDeadlineSeconds, volumes = [] } = template.spec
  const named = new Set(volumes.map(({ name }) => name))
  const claimed = volumeClaimTemplates
    .map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }))
    .filter(({ name }) => !named.has(name))
  const withClaims = { ...template, spec: { ...template.spec, volumes: [...volumes, ...claimed] } }
  const parsed = validSelector(selector)
  return [
    ...(parsed
      ? [
          ...(matches(parsed, labels)
            ? []
            : [fieldInvalid(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')]),
          ...validatePodTemplateSpec(withClaims, path),
        ]
      : [fieldInvalid('spec.selector', selector, '')]),
    ...(restartPolicy === 'Always' ? [] : [fieldNotSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always'])]),
    ...(activeDeadlineSeconds === undefined
      ? []
      : [fieldForbidden(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in StatefulSet is not Supported')]),
  ]
}

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const
const changeableMessage =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

export function validateStatefulSetUpdate(next: StatefulSet, current: StatefulSet): FieldError[] {
  const fixed = ({ spec }: StatefulSet) => Object.entries(spec).filter(([name]) => !(changeable as readonly string[]).includes(name))
  return [
    ...validateStored(next),
    ...(isEqual(Object.fromEntries(fixed(next)), Object.fromEntries(fixed(current))) ? [] : [fieldForbidden('spec', changeableMessage)]),
  ]
}

export function validateStatefulSetStatus({ status }: StatefulSet, current: StatefulSet): FieldError[] {
  const { replicas, readyReplicas = 0, availableReplicas = 0 } = status
  const counts = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration'] as const
  const most = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const
  return [
    ...counts.flatMap(name => nonNegativeErrors(status[name], `status.${name}`)),
    ...nonNegativeErrors(status.collisionCount, 'status.collisionCount'),
    ...most
      .filter(name => (status[name] ?? 0) > replicas)
      .map(name => fieldInvalid(`status.${name}`, status[name], 'cannot be greater than status.replicas')),
    ...(availableReplicas > readyReplicas
      ? [fieldInvalid('status.availableReplicas', availableReplicas, 'cannot be greater than status.readyReplicas')]
      : []),
    ...decrementedErrors(status.collisionCount, current.status.collisionCount),
  ]
}
