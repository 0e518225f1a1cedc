import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parseAllDocuments } from 'yaml'
import type { Kind, KubernetesObject } from './kind.ts'
import { builtInKinds } from './kinds.ts'
import { invalid } from './errors.ts'
import { validateObjectMeta } from './object-meta-validation.ts'
import { decode } from './schema/decode.ts'
import { withDefaults } from './schema/defaults.ts'
import type { FieldError } from './schema/field-error.ts'

const facts = new URL('../../shared/kubernetes-api/', import.meta.url)
const manifests = new URL('../../shared/spec/manifests/', import.meta.url)
const recorded = existsSync(facts)
const describeRecorded = recorded ? describe : describe.skip
const read = <T>(name: string): T[] => (recorded ? (JSON.parse(readFileSync(new URL(name, facts), 'utf8')) as T[]) : [])

interface Golden {
  readonly file: string
  readonly index: number
  readonly path?: string
  readonly status: number
  readonly body?: KubernetesObject
  readonly message?: string
  readonly warning?: string
  readonly response?: Record<string, unknown>
}

/** The kind behind a path, Pods left to their own test. */
function kindAt(path: string): Kind | undefined {
  const [url = ''] = path.split('?')
  const [, core, group, version] = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))\//.exec(url) ?? []
  const plural = url.split('/').at(-1)
  return builtInKinds.find(
    kind => kind.plural === plural && kind.group === (core ? '' : group) && kind.version === (core ?? version) && plural !== 'pods',
  )
}

/** What the API server does with a new object before it allocates and stores. */
function created(kind: Kind, json: KubernetesObject): { object: KubernetesObject; errors: readonly FieldError[] } {
  const { status: _, ...body } = json as KubernetesObject & { status?: unknown }
  const decoded = decode(kind.schema, body).value
  const { namespace = 'default', ...rest } = decoded.metadata
  const metadata = { ...rest, uid: 'made-up', ...(kind.namespaced ? { namespace } : {}) }
  const filled = withDefaults(kind.schema, { ...decoded, metadata })
  const complete = kind.applyDefaults?.(filled) ?? filled
  const object = kind.prepareForCreate?.(complete) ?? complete
  return { object, errors: [...validateObjectMeta(object.metadata, kind), ...(kind.validate?.(object) ?? [])] }
}

type Fields = Record<string, unknown>
const allocated = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort']
const without = (object: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))

const stamped = ['lastPhaseTransitionTime', 'controller-uid', 'batch.kubernetes.io/controller-uid']

/** Without what is allocated, counted, stamped or added by admission. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value)
  const object = JSON.parse(text, (name, item: unknown) => (stamped.includes(name) ? undefined : item)) as Fields & {
    metadata: Fields
    spec?: Fields & { ports?: Fields[] }
  }
  const spec = object.spec && 'sessionAffinity' in object.spec ? without(object.spec, allocated) : object.spec
  const ports = object.spec?.ports?.map(port => without(port, ['nodePort']))
  return {
    ...object,
    metadata: without(object.metadata, ['generation', 'creationTimestamp', 'uid', 'managedFields', 'resourceVersion', 'finalizers']),
    ...(spec ? { spec: ports ? { ...spec, ports } : spec } : {}),
  }
}

const documentsOf = (file: string) =>
  parseAllDocuments(readFileSync(new URL(file, manifests), 'utf8'))
    .map(document => document.toJS() as KubernetesObject | null)
    .filter(document => document !== null)

describeRecorded('new objects, against recorded answers of upstream', () => {
  const seeds = read<Golden>('golden-seeds.json').filter(({ status }) => status === 201 || status === 422)
  for (const { file, index, path = '', status, response, warning } of seeds) {
    const kind = kindAt(path)
    if (!kind) continue
    it(`${status === 201 ? 'completes' : 'refuses'} document ${index} of ${file}`, () => {
      const document = documentsOf(file)[index]
      if (!document) throw new Error('no such document')
      const { object, errors } = created(kind, document)
      if (status === 422) return expect(invalid(kind, object.metadata.name, errors).message).toBe(response?.['message'])
      expect(errors).toEqual([])
      expect(comparable(object)).toEqual(comparable(response))
      expect(
        [kind.deprecation ?? [], kind.warnings?.(object) ?? []]
          .flat()
          .map(text => `299 - ${JSON.stringify(text)}`)
          .join(', '),
      ).toBe(warning ?? '')
    })
  }

  const refused = read<Golden>('golden-errors.json').filter(
    ({ status, message = '' }) => status === 422 && !message.includes('failed to allocate'),
  )
  for (const { path = '', body, message } of refused) {
    const kind = kindAt(path)
    if (!kind || !body) continue
    it(`says ${message}`, () => {
      expect(invalid(kind, body.metadata.name, created(kind, body).errors).message).toBe(message)
    })
  }
})

describeRecorded('columns of the tables', () => {
  type Columns = readonly { readonly name: string; readonly type: string; readonly format?: string; readonly priority?: number }[]
  const tables = recorded ? (JSON.parse(readFileSync(new URL('table-columns.json', facts), 'utf8')) as Record<string, Columns>) : {}
  for (const kind of builtInKinds) {
    const name = `${kind.group ? `${kind.group}/` : ''}${kind.version}/${kind.plural}`
    const expected = tables[name]
    if (!expected) continue
    it(`are upstream's for ${name}`, () => {
      const columns = kind.columns.map(({ name, type, format, priority }) => ({ name, type, format, priority: priority || undefined }))
      expect(columns).toEqual(expected.map(({ name, type, format, priority }) => ({ name, type, format, priority })))
    })
  }
})

/** Names and verbs as discovery shows them; resources of groups that are not served yet do not count. */
describeRecorded('names in discovery', () => {
  interface Resource {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
    readonly singularName: string
    readonly shortNames?: readonly string[]
    readonly categories?: readonly string[]
    readonly verbs: readonly string[]
  }
  const standard = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
  const discovery = recorded
    ? (JSON.parse(readFileSync(new URL('discovery.json', facts), 'utf8')) as Record<string, readonly Resource[]>)
    : {}
  for (const kind of builtInKinds) {
    // Upstream serves metrics with another server.
    if (kind.group === 'metrics.k8s.io') continue
    const groupVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version
    it(`are upstream's for ${kind.plural} of ${groupVersion}`, () => {
      const resources = discovery[groupVersion] ?? []
      const own = resources.find(({ name }) => name === kind.plural)
      expect({
        kind: kind.kind,
        namespaced: kind.namespaced,
        singularName: kind.singular,
        shortNames: kind.shortNames,
        categories: kind.categories,
        verbs: kind.verbs ?? standard,
      }).toEqual({
        kind: own?.kind,
        namespaced: own?.namespaced,
        singularName: own?.singularName,
        shortNames: own?.shortNames,
        categories: own?.categories,
        verbs: own?.verbs,
      })
      const prefix = `${kind.plural}/`
      const subresources = resources.filter(({ name }) => name.startsWith(prefix))
      const ours = Object.entries(kind.subresources ?? {}).map(([name, { verbs }]) => ({ name: prefix + name, verbs }))
      expect(ours.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(subresources.map(({ name, verbs }) => ({ name, verbs })))
    })
  }
})

/** What the recorded server served and this one does not, by group and version, and why. */
const missing: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/v1alpha1': 'off by default',
  'admissionregistration.k8s.io/v1beta1': 'off by default',
  'certificates.k8s.io/v1alpha1': 'off by default',
  'certificates.k8s.io/v1beta1': 'off by default',
  'coordination.k8s.io/v1alpha2': 'off by default',
  'coordination.k8s.io/v1beta1': 'off by default',
  'internal.apiserver.k8s.io/v1alpha1': 'off by default',
  'networking.k8s.io/v1beta1': 'off by default',
  'resource.k8s.io/v1alpha3': 'off by default',
  'resource.k8s.io/v1beta1': 'off by default',
  'resource.k8s.io/v1beta2': 'off by default',
  'scheduling.k8s.io/v1alpha2': 'off by default',
  'storage.k8s.io/v1beta1': 'off by default',
  'storagemigration.k8s.io/v1beta1': 'off by default',
}

describeRecorded('what upstream serves', () => {
  const discovery = recorded
    ? (JSON.parse(readFileSync(new URL('discovery.json', facts), 'utf8')) as Record<string, readonly { readonly name: string }[]>)
    : {}
  const served = new Set(builtInKinds.map(kind => `${kind.group ? `${kind.group}/` : ''}${kind.version}/${kind.plural}`))
  it('is served here, but for what is listed with its reason', () => {
    const lacking = Object.entries(discovery).flatMap(([groupVersion, resources]) => {
      const names = resources.filter(({ name }) => !name.includes('/')).map(({ name }) => `${groupVersion}/${name}`)
      return missing[groupVersion] ? [] : names.filter(name => !served.has(name))
    })
    expect(lacking).toEqual([])
  })

  it('is not listed as missing when it is there', () => {
    expect(Object.keys(missing).filter(groupVersion => [...served].some(name => name.startsWith(`${groupVersion}/`)))).toEqual([])
  })
})

if (!recorded) it.skip('compares with recorded answers of upstream, which are not here', () => undefined)
