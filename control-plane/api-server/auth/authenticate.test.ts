import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { Node } from '../../../api/core/node.ts'
import { Pod } from '../../../api/core/pod.ts'
import { Secret } from '../../../api/core/secret.ts'
import { ServiceAccount } from '../../../api/core/service-account.ts'
import type { TokenRequest } from '../../../api/authentication/token-request.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { systemClock } from '../../../common/clock.ts'
import type { ActionRequest } from '../interfaces.ts'
import { createAuthenticator } from './authenticate.ts'
import { createTokenAction } from './create-token.ts'
import { readSigningKey } from './service-account-keys.ts'
import { createTokenIssuer } from './service-account-token.ts'
import { lookupOf, stored } from '../rbac/lookup-testing.ts'

const issuer = 'https://kubernetes.default.svc.cluster.local'
const request = (headers: Record<string, string> = {}) => ({ headers, socket: {} }) as unknown as IncomingMessage
const bearer = (token: string) => request({ authorization: `Bearer ${token}` })
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

async function setUp(...objects: KubernetesObject[]) {
  const tokens = createTokenIssuer(await readSigningKey(newKey()), issuer)
  const within = (...present: KubernetesObject[]) => {
    const credentials = { lookup: lookupOf(...present), tokens, clock: systemClock, adminToken: 'let-me-in' }
    return { authenticator: createAuthenticator(credentials), createToken: createTokenAction(credentials) }
  }
  return { ...within(...objects), within }
}
const tokenRequest = (name: string, spec: object = {}) =>
  ({ namespace: 'default', name, subresource: 'token', body: { spec } }) as unknown as ActionRequest

const account = stored(ServiceAccount, 'builder')
const pod = stored(Pod, 'job', { spec: { serviceAccountName: 'builder', nodeName: 'node-1', containers: [] } })
const node = stored(Node, 'node-1')

const base64 = (text: string) => Buffer.from(text).toString('base64')
const bootstrapSecret = (data: Record<string, string> = {}) =>
  stored(Secret, 'bootstrap-token-abcdef', {
    namespace: 'kube-system',
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(
      Object.entries({
        'token-id': 'abcdef',
        'token-secret': '0123456789abcdef',
        'usage-bootstrap-authentication': 'true',
        'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
        ...data,
      }).map(([key, value]) => [key, base64(value)]),
    ),
  })

describe('authentication', () => {
  it('lets nobody stay anonymous but those who ask for health and version', async () => {
    const { authenticator } = await setUp()
    const at = (url: string) => authenticator.authenticate({ ...request(), url } as IncomingMessage)
    expect(await Promise.all(['/healthz', '/readyz?verbose', '/livez', '/version'].map(at))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    for (const url of ['/api', '/apis/apps/v1', '/api/v1/pods', '/', '/healthz/etcd']) await expect(at(url)).rejects.toThrow('Unauthorized')
  })

  it.each([['Bearer nonsense'], ['Basic YTpi'], ['Bearer a.b.c'], ['Bearer '], ['Bearer abcdef.0123456789abcdef']])(
    'refuses %j instead of ignoring it',
    async authorization => {
      const { authenticator } = await setUp()
      await expect(authenticator.authenticate(request({ authorization }))).rejects.toThrow('Unauthorized')
    },
  )

  it('makes the bearer of a bootstrap token a bootstrapper', async () => {
    const { authenticator } = await setUp(bootstrapSecret())
    expect(await authenticator.authenticate(bearer('abcdef.0123456789abcdef'))).toEqual({
      name: 'system:bootstrap:abcdef',
      groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token', 'system:authenticated'],
    })
  })

  it.each([
    ['another secret', { 'token-secret': '0123456789abcdeg' }],
    ['no right to authenticate', { 'usage-bootstrap-authentication': 'false' }],
    ['an end in the past', { expiration: '2020-01-01T00:00:00Z' }],
    ['an end that nobody understands', { expiration: 'soon' }],
  ])('refuses a bootstrap token with %s', async (_, data) => {
    const { authenticator } = await setUp(bootstrapSecret(data))
    await expect(authenticator.authenticate(bearer('abcdef.0123456789abcdef'))).rejects.toThrow('Unauthorized')
  })

  it('accepts the administrator token', async () => {
    const { authenticator } = await setUp()
    expect(await authenticator.authenticate(bearer('let-me-in'))).toMatchObject({ groups: ['system:masters', 'system:authenticated'] })
  })

  it('accepts a token of a service account bound to a pod as long as both are there', async () => {
    const { authenticator, createToken, within } = await setUp(account, pod, node)
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'job', uid: 'job-uid' }
    const { status } = (await createToken(tokenRequest('builder', { boundObjectRef, expirationSeconds: 3607 }))) as TokenRequest
    const token = status.token ?? ''
    expect(await authenticator.authenticate(bearer(token))).toMatchObject({
      name: 'system:serviceaccount:default:builder',
      uid: 'builder-uid',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/node-name': ['node-1'],
        'authentication.kubernetes.io/node-uid': ['node-1-uid'],
        'authentication.kubernetes.io/pod-name': ['job'],
        'authentication.kubernetes.io/pod-uid': ['job-uid'],
      },
    })
    await expect(within(account).authenticator.authenticate(bearer(token))).rejects.toThrow('Unauthorized')
    const reborn = stored(ServiceAccount, 'builder', { metadata: { uid: 'other' } })
    await expect(within(reborn, pod).authenticator.authenticate(bearer(token))).rejects.toThrow('Unauthorized')
  })

  it('refuses a token for another audience or of another issuer', async () => {
    const { authenticator, createToken } = await setUp(account)
    const { status } = (await createToken(tokenRequest('builder', { audiences: ['vault'] }))) as TokenRequest
    await expect(authenticator.authenticate(bearer(status.token ?? ''))).rejects.toThrow('Unauthorized')
    const { createToken: elsewhere } = await setUp(account)
    const foreign = (await elsewhere(tokenRequest('builder'))) as TokenRequest
    await expect(authenticator.authenticate(bearer(foreign.status.token ?? ''))).rejects.toThrow('Unauthorized')
  })
})

describe('token requests', () => {
  it('answer with the audience, an hour and the end of it', async () => {
    const { createToken } = await setUp(account)
    const answer = (await createToken(tokenRequest('builder'))) as TokenRequest
    expect(answer.spec).toMatchObject({ audiences: [issuer], expirationSeconds: 3600 })
    expect(Date.parse(answer.status.expirationTimestamp ?? '') - Date.now()).toBeGreaterThan(3_590_000)
  })

  it.each([
    ['builder', { expirationSeconds: 5 }, 'spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes'],
    ['nobody', {}, 'serviceaccounts "nobody" not found'],
    ['builder', { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'gone' } }, 'pods "gone" not found'],
    ['builder', { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'job', uid: 'x' } }, 'does not match the UID in record'],
    ['other', { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'job' } }, 'cannot bind token for serviceaccount "other" to pod'],
    ['builder', { boundObjectRef: { kind: 'Service', apiVersion: 'v1', name: 's' } }, 'cannot bind token to object of type'],
  ])('refuse for %s %j', async (name, spec, message) => {
    const { createToken } = await setUp(account, pod, stored(ServiceAccount, 'other'))
    await expect(createToken(tokenRequest(name, spec))).rejects.toThrow(message)
  })
})
