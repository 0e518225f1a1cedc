import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { Secret } from '../../../api/core/secret.ts'
import { ServiceAccount } from '../../../api/core/service-account.ts'
import type { TokenRequest } from '../../../api/authentication/token-request.ts'
import { badRequest, conflict, invalid, notFound, type ResourceName } from '../../../api/errors.ts'
import { fieldInvalid, type FieldError } from '../../../api/schema/field-error.ts'
import type { Clock } from '../../../common/clock.ts'
import type { Action, Lookup } from '../interfaces.ts'
import type { NewToken, TokenBinding, TokenIssuer } from './service-account-token.ts'

type Spec = TokenRequest['spec']

const year = 365 * 24 * 60 * 60
/** What the projected volume that admission adds asks for: upstream recognises it by this number and extends the token. */
const projectedTokenSeconds = 3607

/** POST serviceaccounts/<name>/token: a token of the service account, bound to a pod, secret or node when the request says so. */
export function createTokenAction({ lookup, tokens, clock }: { lookup: Lookup; tokens: TokenIssuer; clock: Clock }): Action {
  return async ({ namespace, name, body }) => {
    const account = lookup.get(ServiceAccount, { namespace, name })
    if (!account) throw notFound(ServiceAccount, name)
    const spec = { expirationSeconds: 3600, ...(body['spec'] as Spec | undefined) }
    const errors = validate(spec)
    if (errors.length > 0) throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', errors)
    const binding: TokenBinding = {
      namespace,
      serviceaccount: { name, uid: account.metadata.uid },
      ...boundTo({ account, spec, lookup }),
    }
    const audiences = spec.audiences?.length ? spec.audiences : [tokens.issuer]
    const now = clock.now()
    const token = await tokens.issue(
      { audiences, binding, ...lifetime(spec.expirationSeconds, audiences.includes(tokens.issuer) && !!binding.pod) },
      now,
    )
    const expirationTimestamp = new Date(now.getTime() + spec.expirationSeconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
    return {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: now.toISOString().replace(/\.\d+Z$/, 'Z') },
      spec: { ...spec, audiences, boundObjectRef: spec.boundObjectRef ?? null },
      status: { token, expirationTimestamp },
    }
  }
}

function validate({ expirationSeconds }: { expirationSeconds: number }): FieldError[] {
  const wrong = (detail: string) => [fieldInvalid('spec.expirationSeconds', expirationSeconds, detail)]
  if (expirationSeconds < 600) return wrong('may not specify a duration less than 10 minutes')
  if (expirationSeconds > 2 ** 32) return wrong('may not specify a duration larger than 2^32 seconds')
  return []
}

/** Tokens that pods find in their volume work on for a year, so that programs which read them only once do not break. */
const lifetime = (seconds: number, ofPod: boolean): Pick<NewToken, 'expirationSeconds' | 'warnAfterSeconds'> =>
  ofPod && seconds === projectedTokenSeconds ? { expirationSeconds: year, warnAfterSeconds: seconds } : { expirationSeconds: seconds }

function boundTo({ account, spec, lookup }: { account: ServiceAccount; spec: Spec; lookup: Lookup }): Partial<TokenBinding> {
  const reference = spec.boundObjectRef
  if (!reference) return {}
  const { name = '', uid } = reference
  const namespace = account.metadata.namespace ?? ''
  const checked = <O extends { metadata: { uid: string } }>(resource: ResourceName, object: O | undefined): O => {
    if (!object) throw notFound(resource, name)
    if (uid && uid !== object.metadata.uid) throw conflict(resource, name, uidMismatch(uid))
    return object
  }
  switch (`${reference.apiVersion ?? ''}/${reference.kind ?? ''}`) {
    case 'v1/Pod': {
      const pod = checked(Pod, lookup.get(Pod, { namespace, name }))
      const own = account.metadata.name
      if (pod.spec.serviceAccountName !== own)
        throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(own)} to pod running with different serviceaccount name.`)
      const node = pod.spec.nodeName ? lookup.get(Node, { namespace: '', name: pod.spec.nodeName }) : undefined
      return {
        ...(node ? { node: { name: node.metadata.name, uid: node.metadata.uid } } : {}),
        pod: { name, uid: pod.metadata.uid },
      }
    }
    case 'v1/Secret':
      return { secret: { name, uid: checked(Secret, lookup.get(Secret, { namespace, name })).metadata.uid } }
    case 'v1/Node':
      return { node: { name, uid: checked(Node, lookup.get(Node, { namespace: '', name })).metadata.uid } }
    default:
      throw badRequest(`cannot bind token to object of type ${reference.apiVersion ?? ''}, Kind=${reference.kind ?? ''}`)
  }
}

const uidMismatch = (wanted: string) =>
  `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`
