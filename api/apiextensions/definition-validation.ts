import { isConditionTrue } from '../conditions.ts'
import { dns1035LabelErrors, dns1123SubdomainErrors } from '../names.ts'
import { validateImmutableField } from '../object-meta-validation.ts'
import { validateReviewVersions, validateWebhookClient } from '../webhook-client-validation.ts'
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../schema/field-error.ts'
import { approvalAnnotation, approvalOf, isProtectedGroup } from './api-approval.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionNames, CustomResourceDefinitionSpec } from './custom-resource-definition.ts'
import { validateVersions } from './version-validation.ts'

/** The rule that binds the name to what it defines needs the whole object: see `validateName`. */
export const validateDefinitionName = (name: string): readonly string[] => dns1123SubdomainErrors(name)

export const validateDefinition = (definition: CustomResourceDefinition): FieldError[] => [
  ...validateName(definition),
  ...validateSpec(definition.spec),
  ...validateApproval(definition),
  ...validateStatus(definition),
]

export function validateDefinitionUpdate(next: CustomResourceDefinition, current: CustomResourceDefinition): FieldError[] {
  const established = isConditionTrue(current.status.conditions, 'Established')
  const fixed = [
    ...(established
      ? [
          ...validateImmutableField(next.spec.scope, current.spec.scope, 'spec.scope'),
          ...validateImmutableField(next.spec.names.kind, current.spec.names.kind, 'spec.names.kind'),
        ]
      : []),
    ...validateImmutableField(next.spec.group, current.spec.group, 'spec.group'),
    ...validateImmutableField(next.spec.names.plural, current.spec.names.plural, 'spec.names.plural'),
  ]
  const approvalGiven = next.metadata.annotations?.[approvalAnnotation] !== current.metadata.annotations?.[approvalAnnotation]
  return [
    ...validateSpec(next.spec),
    ...fixed,
    ...(approvalGiven ? validateApproval(next) : []),
    ...validateStatus(next),
    ...validateStoredVersions(next),
  ]
}

export const validateDefinitionStatus = (next: CustomResourceDefinition): FieldError[] => [
  ...validateStatus(next),
  ...validateStoredVersions(next),
]

const validateName = ({ metadata: { name }, spec }: CustomResourceDefinition): FieldError[] =>
  name === `${spec.names.plural}.${spec.group}` ? [] : [fieldInvalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]

function validateSpec(spec: CustomResourceDefinitionSpec): FieldError[] {
  const { names } = spec
  const missing = (['plural', 'singular', 'kind', 'listKind'] as const).filter(field => !names[field])
  return [
    ...validateGroup(spec.group),
    ...validateScope(spec.scope),
    ...(spec.preserveUnknownFields
      ? [fieldInvalid('spec.preserveUnknownFields', true, 'must be false in order to use defaults in the schema')]
      : []),
    ...validateVersions(spec),
    ...missing.map(field => fieldRequired(`spec.names.${field}`)),
    ...validateNames(names, 'spec.names'),
    ...validateConversion(spec),
  ]
}

function validateGroup(group: string): FieldError[] {
  if (!group) return [fieldRequired('spec.group')]
  const errors = dns1123SubdomainErrors(group)
  if (errors.length > 0) return [fieldInvalid('spec.group', group, errors.join(','))]
  return group.includes('.') ? [] : [fieldInvalid('spec.group', group, 'should be a domain with at least one dot')]
}

function validateScope(scope: string): FieldError[] {
  if (!scope) return [fieldRequired('spec.scope')]
  return scope === 'Cluster' || scope === 'Namespaced' ? [] : [fieldNotSupported('spec.scope', scope, ['Cluster', 'Namespaced'])]
}

/** Names in spec or status; those that are there. */
function validateNames(names: CustomResourceDefinitionNames, path: string): FieldError[] {
  const label = (field: string, value: string | undefined) => {
    const errors = value ? dns1035LabelErrors(value) : []
    return errors.length > 0 ? [fieldInvalid(`${path}.${field}`, value, errors.join(','))] : []
  }
  const mixed = (field: string, value: string | undefined) => {
    const errors = value ? dns1035LabelErrors(value.toLowerCase()) : []
    const detail = `may have mixed case, but should otherwise match: ${errors.join(',')}`
    return errors.length > 0 ? [fieldInvalid(`${path}.${field}`, value, detail)] : []
  }
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names
  return [
    ...label('plural', plural),
    ...label('singular', singular),
    ...mixed('kind', kind),
    ...mixed('listKind', listKind),
    ...shortNames.flatMap((name, index) => label(`shortNames[${index}]`, name)),
    ...(kind && kind === listKind ? [fieldInvalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same')] : []),
    ...categories.flatMap((name, index) => label(`categories[${index}]`, name)),
  ]
}

function validateConversion({ conversion }: CustomResourceDefinitionSpec): FieldError[] {
  const path = 'spec.conversion'
  if (!conversion) return []
  const { strategy, webhook } = conversion
  if (!strategy) return [fieldRequired(`${path}.strategy`)]
  if (strategy === 'None') {
    return webhook ? [fieldForbidden(`${path}.webhookClientConfig`, 'should not be set when strategy is not set to Webhook')] : []
  }
  if (strategy !== 'Webhook') return [fieldNotSupported(`${path}.strategy`, strategy, ['None', 'Webhook'])]
  const client = webhook?.clientConfig
  if (!client) return [fieldRequired(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook')]
  return [
    ...validateWebhookClient(client, `${path}.webhookClientConfig`),
    ...validateReviewVersions(webhook.conversionReviewVersions, `${path}.conversionReviewVersions`),
  ]
}

function validateApproval(definition: CustomResourceDefinition): FieldError[] {
  if (!isProtectedGroup(definition.spec.group)) return []
  const { state, message } = approvalOf(definition)
  const path = `metadata.annotations[${approvalAnnotation}]`
  if (state === 'MissingAnnotation') return [fieldRequired(path, message)]
  return state === 'InvalidAnnotation' ? [fieldInvalid(path, definition.metadata.annotations?.[approvalAnnotation], message)] : []
}

const validateStatus = ({ status }: CustomResourceDefinition): FieldError[] => validateNames(status.acceptedNames, 'status.acceptedNames')

function validateStoredVersions({ spec, status }: CustomResourceDefinition): FieldError[] {
  const names = new Set(spec.versions.map(({ name }) => name))
  return status.storedVersions.flatMap((version, index) =>
    names.has(version) ? [] : [fieldInvalid(`status.storedVersions[${index}]`, version, 'must appear in spec.versions')],
  )
}
