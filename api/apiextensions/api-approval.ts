import type { CustomResourceDefinition } from './custom-resource-definition.ts'

export const approvalAnnotation = 'api-approved.kubernetes.io'
const more = 'see https://github.com/kubernetes/enhancements/pull/1111'

export interface ApprovalState {
  readonly state: 'ApprovedAnnotation' | 'UnapprovedAnnotation' | 'MissingAnnotation' | 'InvalidAnnotation'
  readonly message: string
}

/** Groups that belong to the Kubernetes community. */
export const isProtectedGroup = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group)

/** Whether the community has agreed to an API in one of its groups, as the definition says (upstream's GetAPIApprovalState). */
export function approvalOf({ metadata }: CustomResourceDefinition): ApprovalState {
  const annotation = metadata.annotations?.[approvalAnnotation] ?? ''
  if (!annotation) {
    return { state: 'MissingAnnotation', message: `protected groups must have approval annotation "${approvalAnnotation}", ${more}` }
  }
  if (annotation.startsWith('unapproved')) return { state: 'UnapprovedAnnotation', message: `not approved: ${JSON.stringify(annotation)}` }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]+/.test(annotation)) return { state: 'ApprovedAnnotation', message: `approved in ${annotation}` }
  return {
    state: 'InvalidAnnotation',
    message: `protected groups must have approval annotation "${approvalAnnotation}" with either a URL or a reason starting with "unapproved", ${more}`,
  }
}
