import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.ts'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { rawApi } from '../../support/raw-api.ts'
import { watchApi } from '../../support/watch-api.ts'

const strategic = 'application/strategic-merge-patch+json'
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'

describe('service accounts', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  async function namespace(name: string): Promise<string> {
    const path = `/api/v1/namespaces/${name}`
    await call('POST', '/api/v1/namespaces', { body: { metadata: { name } } })
    await eventually(async () => (await call('GET', `${path}/serviceaccounts/default`)).status === 200)
    return path
  }

  it('are created, watched, patched, listed everywhere, updated and deleted together', async () => {
    const path = `${await namespace('lifecycle')}/serviceaccounts`
    const watch = await watchApi(cluster.plane, `${path}?labelSelector=test-serviceaccount-static%3Dtrue`)
    const labels = { 'test-serviceaccount-static': 'true' }
    const body = { metadata: { name: 'testserviceaccount', labels }, automountServiceAccountToken: false }
    expect(await call('POST', path, { body })).toMatchObject({ status: 201 })
    const patched = await call('PATCH', `${path}/testserviceaccount`, { body: { automountServiceAccountToken: true }, type: strategic })
    expect(patched.body).toMatchObject({ automountServiceAccountToken: true })
    const put = await call('PUT', `${path}/testserviceaccount`, { body: { ...patched.body, automountServiceAccountToken: false } })
    expect(put.body).toMatchObject({ automountServiceAccountToken: false })
    const { items } = (await call('GET', '/api/v1/serviceaccounts?labelSelector=test-serviceaccount-static%3Dtrue')).body as unknown as {
      items: object[]
    }
    expect(items).toMatchObject([{ metadata: { name: 'testserviceaccount', namespace: 'lifecycle' } }])
    expect(await call('DELETE', path)).toMatchObject({ status: 200 })
    expect((await watch.take(4)).map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED'])
    watch.end()
  })

  it.each([
    [undefined, undefined, true],
    [undefined, true, true],
    [undefined, false, false],
    [true, undefined, true],
    [true, true, true],
    [true, false, false],
    [false, undefined, false],
    [false, true, true],
    [false, false, false],
  ])('of which automounting is %s give pods that say %s a token: %s', async (account, pod, mounted) => {
    const path = `/api/v1/namespaces/default`
    const said = (automountServiceAccountToken: boolean | undefined) =>
      automountServiceAccountToken === undefined ? {} : { automountServiceAccountToken }
    const name = `mount-${account}-${pod}`
    await call('POST', `${path}/serviceaccounts`, { body: { metadata: { name }, ...said(account) } })
    const spec = { serviceAccountName: name, containers: [{ name: 'c', image: 'x' }], ...said(pod) }
    const made = await call('POST', `${path}/pods?dryRun=All`, { body: { metadata: { name }, spec } })
    const [container] = (made.body['spec'] as unknown as { containers: { volumeMounts?: { mountPath: string }[] }[] }).containers
    expect(container?.volumeMounts?.some(({ mountPath }) => mountPath === tokenPath) ?? false).toBe(mounted)
  })

  it('have the cluster’s CA beside them in every namespace, whatever becomes of it', async () => {
    const path = `${await namespace('root-ca')}/configmaps/kube-root-ca.crt`
    const ca = { 'ca.crt': cluster.plane.identity.authority.cert }
    const hasCa = () =>
      eventually(async () => ((await call('GET', path)).body['data'] as unknown as typeof ca | undefined)?.['ca.crt'] === ca['ca.crt'])
    await hasCa()
    expect(await call('DELETE', path, { body: { gracePeriodSeconds: 0 } })).toMatchObject({ status: 200 })
    await hasCa()
    const { body } = await call('GET', path)
    expect(await call('PUT', path, { body: { ...body, data: { 'ca.crt': '' } } })).toMatchObject({ status: 200 })
    await hasCa()
  })

  it('get tokens, which a review knows', async () => {
    const path = `${await namespace('tokens')}/serviceaccounts`
    const account = (await call('POST', path, { body: { metadata: { name: 'e2e-sa' } } })).body as unknown as { metadata: { uid: string } }
    const requested = await call('POST', `${path}/e2e-sa/token`, { body: { spec: { expirationSeconds: 1200 } } })
    expect(requested).toMatchObject({ status: 201, body: { spec: { expirationSeconds: 1200 } } })
    const { token } = requested.body['status'] as unknown as { token: string }
    const review = await call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: { name: 'kubernetes' }, spec: { token } },
    })
    expect(review).toMatchObject({
      status: 201,
      body: { status: { authenticated: true, user: { username: 'system:serviceaccount:tokens:e2e-sa', uid: account.metadata.uid } } },
    })
    expect(review.body['status']).not.toHaveProperty('error')
  })

  it('may what reviews of their rights say, before and after a role', async () => {
    const path = await namespace('reviews')
    const account = (await call('POST', `${path}/serviceaccounts`, { body: { metadata: { name: 'e2e' } } })).body as unknown as {
      metadata: { uid: string }
    }
    const user = 'system:serviceaccount:reviews:e2e'
    const groups = ['system:authenticated', 'system:serviceaccounts', 'system:serviceaccounts:reviews']
    const headers = { 'Impersonate-User': user, 'Impersonate-Uid': account.metadata.uid, 'Impersonate-Group': groups[0] ?? '' }
    const resourceAttributes = { verb: 'list', resource: 'configmaps', namespace: 'reviews', version: 'v1' }
    const spec = { resourceAttributes, user, groups, uid: account.metadata.uid }
    const verdicts = async () => {
      const reviews = await Promise.all(
        ['subjectaccessreviews', 'namespaces/reviews/localsubjectaccessreviews'].map(each =>
          call('POST', `/apis/authorization.k8s.io/v1/${each}`, { body: { metadata: { namespace: 'reviews' }, spec } }),
        ),
      )
      const listed = await call('GET', `${path}/configmaps`, { headers })
      return [...reviews.map(({ body }) => (body['status'] as unknown as { allowed: boolean }).allowed), listed.status === 200]
    }
    expect(await verdicts()).toEqual([false, false, false])
    const binding = {
      metadata: { name: 'view' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'e2e', namespace: 'reviews' }],
    }
    await call('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/reviews/rolebindings', { body: binding })
    expect(await verdicts()).toEqual([true, true, true])
  })
})
