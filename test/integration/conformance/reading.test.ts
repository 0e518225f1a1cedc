import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startHollowCluster } from '../../support/hollow-cluster.ts'
import { eventually } from '../../support/eventually.ts'
import { rawApi } from '../../support/raw-api.ts'
import { watchApi, type Seen } from '../../support/watch-api.ts'

/** What upstream's tests look for in aggregated discovery. */
const expected = [
  ['admissionregistration.k8s.io', 'v1', 'validatingwebhookconfigurations'],
  ['apiextensions.k8s.io', 'v1', 'customresourcedefinitions'],
  ['apiregistration.k8s.io', 'v1', 'apiservices'],
  ['apps', 'v1', 'deployments'],
  ['authentication.k8s.io', 'v1', 'tokenreviews'],
  ['authorization.k8s.io', 'v1', 'selfsubjectaccessreviews'],
  ['autoscaling', 'v1', 'horizontalpodautoscalers'],
  ['autoscaling', 'v2', 'horizontalpodautoscalers'],
  ['batch', 'v1', 'jobs'],
  ['certificates.k8s.io', 'v1', 'certificatesigningrequests'],
  ['coordination.k8s.io', 'v1', 'leases'],
  ['discovery.k8s.io', 'v1', 'endpointslices'],
  ['events.k8s.io', 'v1', 'events'],
  ['networking.k8s.io', 'v1', 'ingresses'],
  ['node.k8s.io', 'v1', 'runtimeclasses'],
  ['policy', 'v1', 'poddisruptionbudgets'],
  ['scheduling.k8s.io', 'v1', 'priorityclasses'],
  ['storage.k8s.io', 'v1', 'csinodes'],
] as const

interface Aggregated {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions: readonly { readonly version: string; readonly resources: readonly { readonly resource: string }[] }[]
  }[]
}
const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const allOf = ({ items }: Aggregated): string[] =>
  items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) => resources.map(({ resource }) => `${metadata?.name ?? ''}/${version}/${resource}`)),
  )

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
}

describe('reading', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  let call: ReturnType<typeof rawApi>
  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: [], kubelets: false })
    call = rawApi(cluster.plane)
  }, 60_000)
  afterAll(() => cluster[Symbol.asyncDispose]())

  describe('what there is', () => {
    const aggregated = async (path: string) => (await call('GET', path, { accept: aggregatedType })).body as unknown as Aggregated

    it('finds every built-in resource in aggregated discovery', async () => {
      const found = allOf(await aggregated('/apis'))
      expect(found).toEqual(expect.arrayContaining(expected.map(each => each.join('/'))))
      expect(allOf(await aggregated('/api'))).toContain('/v1/namespaces')
    })

    it('finds defined resources in aggregated discovery', async () => {
      const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
      const spec = {
        group: 'discovered.example.com',
        scope: 'Namespaced',
        names: { plural: 'testcrds', singular: 'testcrd', kind: 'testcrd', listKind: 'testcrdList' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      }
      const body = { metadata: { name: 'testcrds.discovered.example.com' }, spec }
      expect(await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body })).toMatchObject({ status: 201 })
      await eventually(async () => allOf(await aggregated('/apis')).includes('discovered.example.com/v1/testcrds'))
    })

    it('prefers a version that each group has, and finds each version and its resources', async () => {
      interface Group {
        readonly name: string
        readonly preferredVersion: { readonly groupVersion: string }
        readonly versions: readonly { readonly groupVersion: string; readonly version: string }[]
      }
      const { groups } = (await call('GET', '/apis')).body as unknown as { groups: Group[] }
      expect(groups.length).toBeGreaterThan(15)
      for (const group of groups) {
        const alone = (await call('GET', `/apis/${group.name}`)).body as unknown as Group
        expect(alone).toMatchObject({ name: group.name, preferredVersion: group.preferredVersion, versions: group.versions })
        expect(alone.versions.map(({ groupVersion }) => groupVersion)).toContain(alone.preferredVersion.groupVersion)
      }
      for (const [group, version, resource] of expected) {
        const { body } = await call('GET', `/apis/${group}/${version}`)
        expect(body).toMatchObject({ groupVersion: `${group}/${version}` })
        expect((body['resources'] as unknown as { name: string }[]).map(({ name }) => name)).toContain(resource)
      }
    })

    it('tells the version of the server', async () => {
      expect((await call('GET', '/version')).body).toMatchObject({ major: '1', minor: expect.stringMatching(/^\d+\+?$/) })
    })
  })

  describe('long lists', () => {
    const total = 400
    const templates = '/api/v1/namespaces/default/podtemplates'
    const nameOf = (index: number) => `template-${String(index).padStart(4, '0')}`
    const page = async (query: string) => (await call('GET', `${templates}?${query}`)).body as unknown as Page
    beforeAll(async () => {
      const template = { spec: { containers: [{ name: 'test', image: 'test2' }] } }
      const answers = await Promise.all(
        Array.from({ length: total }, (_, index) => call('POST', templates, { body: { metadata: { name: nameOf(index) }, template } })),
      )
      expect(answers.every(({ status }) => status === 201)).toBe(true)
    }, 60_000)

    it.each([33, 40])('come in pieces of %d that belong together, and say how many are left', async limit => {
      const names: string[] = []
      const versions = new Set<string>()
      let next: string | undefined
      do {
        const { items, metadata } = await page(`limit=${limit}${next ? `&continue=${next}` : ''}`)
        expect(items.length).toBeLessThanOrEqual(limit)
        names.push(...items.map(item => item.metadata.name))
        versions.add(metadata.resourceVersion)
        next = metadata.continue
        expect(metadata.remainingItemCount).toBe(next ? total - names.length : undefined)
      } while (next)
      expect(names).toEqual(Array.from({ length: total }, (_, index) => nameOf(index)))
      expect(versions.size).toBe(1)
      expect((await page(`limit=${total + 1}`)).items).toHaveLength(total)
    })
  })

  it('refuses a table of what has none', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const body = { kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } }
    const answer = await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body, accept })
    expect(answer).toMatchObject({ status: 406, body: { reason: 'NotAcceptable' } })
  })

  describe('what changes', () => {
    const maps = '/api/v1/namespaces/default/configmaps'
    const label = (value: string) => ({ 'watch-this-configmap': value })
    const selected = (value: string) => `${maps}?labelSelector=${encodeURIComponent(`watch-this-configmap in (${value})`)}`
    const create = (name: string, value: string) => call('POST', maps, { body: { metadata: { name, labels: label(value) } } })
    const change = async (name: string, patch: object) => {
      const { body } = await call('PATCH', `${maps}/${name}`, { body: patch, type: 'application/merge-patch+json' })
      return (body['metadata'] as unknown as { resourceVersion: string }).resourceVersion
    }
    const mutate = (name: string, mutation: number) => change(name, { data: { mutation: String(mutation) } })
    const remove = (name: string) => call('DELETE', `${maps}/${name}`)
    const told = (events: readonly Seen[]) =>
      events.map(({ type, object }) => `${type} ${(object['data'] as { mutation?: string } | undefined)?.mutation ?? '-'}`)

    it('comes to everybody who selects it, and to nobody else', async () => {
      const [a, b, both] = await Promise.all(['a', 'b', 'a, b'].map(value => watchApi(cluster.plane, selected(value))))
      await create('map-a', 'a')
      await mutate('map-a', 1)
      await remove('map-a')
      await create('map-b', 'b')
      await remove('map-b')
      const ofA = ['ADDED -', 'MODIFIED 1', 'DELETED 1']
      const ofB = ['ADDED -', 'DELETED -']
      expect(told((await a?.take(3)) ?? [])).toEqual(ofA)
      expect(told((await b?.take(2)) ?? [])).toEqual(ofB)
      expect(told((await both?.take(5)) ?? [])).toEqual([...ofA, ...ofB])
      for (const watch of [a, b, both]) watch?.end()
    })

    it('is told from where somebody has been before', async () => {
      await create('from-a-version', 'version')
      const first = await mutate('from-a-version', 1)
      await mutate('from-a-version', 2)
      await remove('from-a-version')
      const from = (version: string) => watchApi(cluster.plane, `${selected('version')}&resourceVersion=${version}`)
      const watch = await from(first)
      const [second] = await watch.take(1)
      watch.end()
      expect(told(second ? [second] : [])).toEqual(['MODIFIED 2'])
      // Whoever was cut off goes on after what they have seen.
      const again = await from(second?.object.metadata.resourceVersion ?? '')
      expect(told(await again.take(1))).toEqual(['DELETED 2'])
      again.end()
    })

    it('is gone for those whose selector it does not match any more, and new when it does again', async () => {
      const watch = await watchApi(cluster.plane, selected('label-changed'))
      await create('relabelled', 'label-changed')
      await mutate('relabelled', 1)
      await change('relabelled', { metadata: { labels: label('other') } })
      expect(told(await watch.take(3))).toEqual(['ADDED -', 'MODIFIED 1', 'DELETED 1'])
      await mutate('relabelled', 2)
      await change('relabelled', { metadata: { labels: label('label-changed') } })
      await mutate('relabelled', 3)
      await remove('relabelled')
      expect(told(await watch.take(3))).toEqual(['ADDED 2', 'MODIFIED 3', 'DELETED 3'])
      watch.end()
    })

    it('comes in the same order to all', async () => {
      const first = await watchApi(cluster.plane, `${selected('ordered')}`)
      for (let index = 0; index < 10; index++) await create(`ordered-${index}`, 'ordered')
      const begun = await first.take(1)
      const from = begun[0]?.object.metadata.resourceVersion ?? ''
      const watches = await Promise.all(
        Array.from({ length: 20 }, () => watchApi(cluster.plane, `${selected('ordered')}&resourceVersion=${from}`)),
      )
      await Promise.all(Array.from({ length: 10 }, (_, index) => mutate(`ordered-${index}`, index)))
      await Promise.all(Array.from({ length: 10 }, (_, index) => remove(`ordered-${index}`)))
      const orders = await Promise.all(
        watches.map(async watch => (await watch.take(29)).map(({ object }) => object.metadata.resourceVersion).join()),
      )
      expect(new Set(orders).size).toBe(1)
      for (const watch of [first, ...watches]) watch.end()
    })
  })
})
