import { SelfSubjectReview } from '../../../api/authentication/self-subject-review.ts'
import type { NonResourceAttributes, ResourceAttributes } from '../../../api/authorization/access-attributes.ts'
import { SelfSubjectAccessReview } from '../../../api/authorization/self-subject-access-review.ts'
import { SubjectAccessReview } from '../../../api/authorization/subject-access-review.ts'
import { timestamp } from '../../../api/time.ts'
import type { Clock } from '../../../common/clock.ts'
import type { Attributes, Authorizer, Review, User } from '../interfaces.ts'

/** Who am I, may I, may somebody: answered by those who decide about requests. */
export function createReviews({ authorizer, clock }: { authorizer: Authorizer; clock: Clock }): Review[] {
  const statusFor = (user: User, wanted: Wanted) => {
    const decision = authorizer.authorize(user, attributesOf(wanted))
    if (decision === 'allow') return { allowed: true }
    return { allowed: false, ...(decision.deny ? { reason: decision.deny } : {}) }
  }
  const whoAmI: Review['review'] = async (object, { user }) => {
    const { name: username, uid, groups, extra } = user
    const userInfo = { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) }
    return { ...object, metadata: { creationTimestamp: timestamp(clock.now()) }, status: { userInfo } }
  }
  const mayI: Review['review'] = async (object, { user }) => {
    const { spec } = object as SelfSubjectAccessReview
    return { ...object, status: statusFor(user, spec) }
  }
  const maySomebody: Review['review'] = async object => {
    const { spec } = object as SubjectAccessReview
    const { user: name = '', groups = [], uid, extra } = spec
    return { ...object, status: statusFor({ name, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }, spec) }
  }
  return [
    { kind: SelfSubjectReview, review: whoAmI },
    { kind: SelfSubjectAccessReview, review: mayI },
    { kind: SubjectAccessReview, review: maySomebody },
  ]
}

interface Wanted {
  readonly resourceAttributes?: ResourceAttributes
  readonly nonResourceAttributes?: NonResourceAttributes
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: Wanted): Attributes {
  if (!resourceAttributes) return { type: 'path', verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' }
  const { verb = '', group = '', version = '', resource = '', subresource, namespace = '', name = '' } = resourceAttributes
  return { type: 'resource', verb, group, version, resource, namespace, name, ...(subresource ? { subresource } : {}) }
}
