import type { APIService } from './api-service.ts'
import { invalidAll } from '../core/pod-field-checks.ts'
import { dns1035LabelErrors, dns1123SubdomainErrors, pathSegmentNameErrors } from '../names.ts'
import { fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

/** Checked against the spec, too. */
export const validateApiServiceName = (name: string): string[] => pathSegmentNameErrors(name)

export function validateApiService({ metadata, spec }: APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum, versionPriority, service, caBundle, insecureSkipTLSVerify } = spec
  const wanted = `${version}.${group}`
  const priority = (name: 'groupPriorityMinimum' | 'versionPriority', value: number, most: number) =>
    value <= 0 || value > most ? [fieldInvalid(`spec.${name}`, value, `must be positive and less than ${most}`)] : []
  return [
    ...(metadata.name === wanted
      ? []
      : [fieldInvalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`)]),
    ...(group === '' && version !== 'v1'
      ? [fieldRequired('spec.group', 'only v1 may have an empty group and it better be legacy kube')]
      : []),
    ...(group ? invalidAll('spec.group', group, dns1123SubdomainErrors(group)) : []),
    ...invalidAll('spec.version', version, dns1035LabelErrors(version)),
    ...priority('groupPriorityMinimum', groupPriorityMinimum, 20_000),
    ...priority('versionPriority', versionPriority, 1000),
    ...(service && !service.namespace ? [fieldRequired('spec.service.namespace')] : []),
    ...(service && !service.name ? [fieldRequired('spec.service.name')] : []),
    ...(insecureSkipTLSVerify && caBundle
      ? [fieldInvalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
      : []),
  ]
}
