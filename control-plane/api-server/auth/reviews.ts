import { SelfSubjectReview } from '../../../api/authentication/self-subject-review.ts'
import { TokenReview } from '../../../api/authentication/token-review.ts'
import type { NonResourceAttributes, ResourceAttributes } from '../../../api/authorization/access-attributes.ts'
import { LocalSubjectAccessReview } from '../../../api/authorization/local-subject-access-review.ts'
import { SelfSubjectAccessReview } from '../../../api/authorization/self-subject-access-review.ts'
import { SelfSubjectRulesReview } from '../../../api/authorization/self-subject-rules-review.ts'
import { SubjectAccessReview } from '../../../api/authorization/subject-access-review.ts'
import { badRequest } from '../../../api/errors.ts'
import { timestamp } from '../../../api/time.ts'
import type { Clock } from '../../../common/clock.ts'
import type { Attributes, Authorizer, Review, User } from '../interfaces.ts'
import type { TokenAuthenticator } from './authenticate.ts'
import type { EffectiveRules, Rule } from '../rbac/rules.ts'

interface Options {
  readonly authorizer: Authorizer
  /** What a user may do in a namespace. */
  readonly rulesOf: (user: User, namespace: string) => EffectiveRules
  readonly clock: Clock
  readonly tokenUser: TokenAuthenticator
}

/** A user as reviews show it. */
const userInfoOf = ({ name: username, uid, groups, extra }: User) => ({
  username,
  ...(uid ? { uid } : {}),
  groups: [...groups],
  ...(extra ? { extra } : {}),
})

/** Who am I, whose is this, may I, may somebody: answered by those who decide about requests. */
export function createReviews({ authorizer, rulesOf, clock, tokenUser }: Options): Review[] {
  const statusFor = (user: User, wanted: Wanted) => {
    const { allowed, reason } = authorizer.authorize(user, attributesOf(wanted))
    return { allowed, ...(reason ? { reason } : {}) }
  }
  const whoAmI: Review['review'] = async (object, { user }) => {
    return { ...object, metadata: { creationTimestamp: timestamp(clock.now()) }, status: { userInfo: userInfoOf(user) } }
  }
  const whose: Review['review'] = async object => {
    const { token, audiences } = (object as TokenReview).spec
    const user = await tokenUser(token, audiences?.length ? audiences : undefined)
    if (!user) return { ...object, status: { user: {}, error: 'invalid bearer token' } }
    return { ...object, status: { authenticated: true, user: userInfoOf(user), ...(audiences?.length ? { audiences } : {}) } }
  }
  const mayI: Review['review'] = async (object, { user }) => {
    const { spec } = object as SelfSubjectAccessReview
    return { ...object, status: statusFor(user, spec) }
  }
  const whatMayI: Review['review'] = async (object, { user }) => {
    const { namespace = '' } = (object as SelfSubjectRulesReview).spec
    if (namespace === '') throw badRequest('no namespace on request')
    return { ...object, spec: {}, status: rulesStatus(rulesOf(user, namespace)) }
  }
  const maySomebody: Review['review'] = async object => {
    const { spec } = object as SubjectAccessReview
    const { user: name = '', groups = [], uid, extra } = spec
    return { ...object, status: statusFor({ name, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }, spec) }
  }
  return [
    { kind: SelfSubjectReview, review: whoAmI },
    { kind: TokenReview, review: whose },
    { kind: LocalSubjectAccessReview, review: maySomebody },
    { kind: SelfSubjectAccessReview, review: mayI },
    { kind: SelfSubjectRulesReview, review: whatMayI },
    { kind: SubjectAccessReview, review: maySomebody },
  ]
}

/** Upstream's form of it: rules about resources and rules about paths, apart from each other. */
function rulesStatus({ rules, errors }: EffectiveRules): SelfSubjectRulesReview['status'] {
  const isAboutPaths = ({ paths }: Rule) => paths !== undefined
  return {
    resourceRules: rules
      .filter(rule => !isAboutPaths(rule))
      .map(({ verbs, groups = [], resources = [], names }) => ({
        verbs: [...verbs],
        apiGroups: [...groups],
        resources: [...resources],
        ...(names ? { resourceNames: [...names] } : {}),
      })),
    nonResourceRules: rules.filter(isAboutPaths).map(({ verbs, paths = [] }) => ({ verbs: [...verbs], nonResourceURLs: [...paths] })),
    incomplete: errors.length > 0,
    ...(errors.length > 0 ? { evaluationError: errors.join(', ') } : {}),
  }
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
