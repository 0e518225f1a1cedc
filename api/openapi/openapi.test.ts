import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { builtInKinds } from '../kinds.ts'
import { openApiV2 } from './openapi-v2.ts'
import { openApiV3, openApiV3Index } from './openapi-v3.ts'

interface Document {
  readonly paths: Record<string, Record<string, Record<string, unknown>>>
  readonly components: { readonly schemas: Record<string, Definition> }
  readonly definitions: Record<string, Definition>
}
interface Definition {
  readonly properties: Record<string, Record<string, unknown>>
  readonly 'x-kubernetes-group-version-kind'?: unknown
}

/** Every `$ref` in a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) => (name === '$ref' && typeof child === 'string' ? [child] : references(child)))
}

const apps = openApiV3(builtInKinds, 'apps/v1') as unknown as Document
const all = openApiV2(builtInKinds) as unknown as Document

describe('openApiV3', () => {
  it('describes the kinds of one group version', () => {
    const deployment = apps.components.schemas['io.k8s.api.apps.v1.Deployment']
    expect(deployment?.['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', kind: 'Deployment', version: 'v1' }])
    expect(deployment?.properties['spec']).toMatchObject({ allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' }] })
    expect(apps.components.schemas['io.k8s.api.core.v1.PodSpec']?.properties['containers']).toMatchObject({
      type: 'array',
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    })
    expect(openApiV3(builtInKinds, 'none/v1')).toBeUndefined()
  })

  it('refers only to what it defines', () => {
    const names = new Set(Object.keys(apps.components.schemas).map(name => `#/components/schemas/${name}`))
    expect(references(apps).filter(reference => !names.has(reference))).toEqual([])
  })

  it('tells clients that patches can be validated and dry run', () => {
    const patch = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.['patch']
    expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' })
    expect((patch?.['parameters'] as { name: string }[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['dryRun', 'fieldValidation']),
    )
    expect(JSON.stringify(patch?.['requestBody'])).toContain('application/strategic-merge-patch+json')
  })

  it('describes the bodies of subresources', () => {
    const scale = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale']?.['get']
    expect(scale?.['x-kubernetes-group-version-kind']).toEqual({ group: 'autoscaling', version: 'v1', kind: 'Scale' })
    expect(apps.components.schemas['io.k8s.api.autoscaling.v1.Scale']).toBeDefined()
  })
})

describe('openApiV3Index', () => {
  it('leads to every group version, with a hash of its content', () => {
    const { paths } = openApiV3Index(builtInKinds, path => `"HASH-OF-${path}"`) as { paths: Record<string, { serverRelativeURL: string }> }
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1']))
    expect(paths['api/v1']?.serverRelativeURL).toBe('/openapi/v3/api/v1?hash=HASH-OF-/openapi/v3/api/v1')
  })
})

describe('openApiV2', () => {
  it('refers only to what it defines', () => {
    const names = new Set(Object.keys(all.definitions).map(name => `#/definitions/${name}`))
    expect(references(all).filter(reference => !names.has(reference))).toEqual([])
  })
})

const file = new URL('../../../shared/kubernetes-api/definitions.json', import.meta.url)
const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, { fields?: Record<string, unknown> }>) : {}
const onRecorded = existsSync(file) ? it : it.skip

describe('definitions (skipped where those of a real API server are absent)', () => {
  onRecorded('have the names and fields of upstream', () => {
    // The metrics are those of metrics-server, which was not recorded.
    const recorded = Object.entries(all.definitions).filter(([name]) => !name.startsWith('io.k8s.metrics.'))
    const different = recorded.flatMap(([name, definition]) => {
      if (!known[name]) return [name]
      const expected = Object.keys(known[name].fields ?? {}).sort()
      const actual = Object.keys(definition.properties ?? {}).sort()
      return JSON.stringify(expected) === JSON.stringify(actual) ? [] : [`${name}: ${actual.join()} instead of ${expected.join()}`]
    })
    expect(different).toEqual([])
  })
})
