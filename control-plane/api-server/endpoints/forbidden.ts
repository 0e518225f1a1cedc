import { apiError, type ApiError } from '../../../api/errors.ts'
import type { Attributes, User } from '../interfaces.ts'

/** Upstream's sentence for a user who may not. `reason` is what the authorizer adds. */
export function forbiddenFor(user: User, attributes: Attributes, reason: string): ApiError {
  const who = `User ${JSON.stringify(user.name)} cannot ${attributes.verb}`
  const because = reason ? `: ${reason}` : ''
  if (attributes.type === 'path') return apiError('Forbidden', `forbidden: ${who} path ${JSON.stringify(attributes.path)}${because}`, {})
  const { group, namespace, name } = attributes
  const resource = attributes.subresource ? `${attributes.resource}/${attributes.subresource}` : attributes.resource
  const where = namespace ? ` in the namespace ${JSON.stringify(namespace)}` : ' at the cluster scope'
  const what = `${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)}${where}${because}`
  const subject = `${attributes.resource}${group ? `.${group}` : ''}${name ? ` ${JSON.stringify(name)}` : ''}`
  return apiError('Forbidden', `${subject} is forbidden: ${what}`, {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    kind: attributes.resource,
  })
}
