import { describe, expect, it } from '@jest/globals'
import { Deployment } from '../apps/deployment.ts'
import { ConfigMap } from '../core/config-map.ts'
import type { Kind } from '../kind.ts'
import { applyConfiguration, ApplyConflicts, coversConflicts, managersAfterUpdate } from './apply.ts'
import { checkApplied } from './check-applied.ts'
import { capUpdaters, decodeManagers, encodeManagers, type Managers } from './managers.ts'
import { mergeApplied } from './merge.ts'
import { printPath } from './path-element.ts'

/** An object that managers apply to and update, one after the other. */
class Subject {
  object: unknown = {}
  managers: Managers = new Map()
  readonly #kind: Pick<Kind, 'schema'>
  #second = 0

  constructor(kind: Pick<Kind, 'schema'>) {
    this.#kind = kind
  }
  apply(manager: string, applied: object, { force = false } = {}): this {
    const actor = this.#actor(manager)
    const { schema } = this.#kind
    const context = { schema, versions: this.#versions, ignored: { 'f:status': {} }, managers: this.managers, actor, force }
    Object.assign(this, applyConfiguration({ ...context, live: this.object, applied }))
    return this
  }
  update(manager: string, after: object): this {
    const actor = this.#actor(manager)
    const { schema } = this.#kind
    this.managers = managersAfterUpdate({ schema, versions: this.#versions, before: this.object, after, managers: this.managers, actor })
    this.object = after
    return this
  }
  owned(manager: string): unknown {
    return encodeManagers(this.managers)?.find(entry => entry.manager === manager)?.fieldsV1
  }
  readonly #versions = (apiVersion: string) => (apiVersion === 'v1' ? { schema: this.#kind.schema, of: (o: unknown) => o } : undefined)
  readonly #actor = (manager: string) => ({ manager, apiVersion: 'v1', subresource: '', time: `2026-01-01T00:00:0${this.#second++}Z` })
}
const configMap = () => new Subject(ConfigMap)
const conflictsOf = (action: () => unknown): string[] => {
  try {
    action()
  } catch (error) {
    if (error instanceof ApplyConflicts) return error.conflicts.map(({ manager, path }) => `${manager.manager}: ${printPath(path)}`)
    throw error
  }
  return []
}
const container = (name: string, more: object = {}) => ({ name, image: 'i', ...more })
const deployment = (containers: object[]) => ({ spec: { template: { spec: { containers } } } })

describe('server-side apply', () => {
  it('gives an applier what it applies, and nothing of what the server says about the object', () => {
    const subject = configMap().apply('a', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'n', labels: { x: '1' } },
      data: { k: 'v' },
    })
    expect(subject.owned('a')).toEqual({ 'f:metadata': { 'f:labels': { 'f:x': {} } }, 'f:data': { 'f:k': {} } })
  })

  it('removes what its manager no longer applies, unless somebody else does', () => {
    const subject = configMap()
      .apply('a', { data: { mine: '1', ours: '1' } })
      .apply('b', { data: { ours: '1' } })
      .apply('a', { data: {} })
    expect(subject.object).toEqual({ data: { ours: '1' } })
    expect(subject.owned('b')).toEqual({ 'f:data': { 'f:ours': {} } })
  })

  it('keeps what updates have added beside what was applied', () => {
    const subject = configMap()
      .apply('a', { data: { applied: '1' } })
      .update('editor', { data: { applied: '1', added: '2' } })
      .apply('a', { data: { other: '3' } })
    expect(subject.object).toEqual({ data: { added: '2', other: '3' } })
  })

  it('refuses to change what others manage, and takes it when forced', () => {
    const subject = configMap()
      .apply('a', { data: { k: 'one', l: 'one' } })
      .update('b', { data: { k: 'one', l: 'one', m: 'one' } })
    expect(conflictsOf(() => subject.apply('c', { data: { k: 'two', m: 'two' } }))).toEqual(['a: .data.k', 'b: .data.m'])
    subject.apply('c', { data: { k: 'two' } }, { force: true })
    expect(subject.owned('a')).toEqual({ 'f:data': { 'f:l': {} } })
    expect(subject.owned('c')).toEqual({ 'f:data': { 'f:k': {} } })
  })

  it('shares what two managers apply with the same value', () => {
    const subject = configMap()
      .apply('a', { data: { k: '1' } })
      .apply('b', { data: { k: '1' } })
    expect([subject.owned('a'), subject.owned('b')]).toEqual([{ 'f:data': { 'f:k': {} } }, { 'f:data': { 'f:k': {} } }])
  })

  it('leaves status to the path for it', () => {
    const subject = new Subject(Deployment).apply('a', { spec: { replicas: 2 }, status: { replicas: 7 } })
    expect(subject.owned('a')).toEqual({ 'f:spec': { 'f:replicas': {} } })
  })

  it('manages items of lists by their keys', () => {
    const subject = new Subject(Deployment)
      .apply('a', deployment([container('one', { ports: [{ containerPort: 80 }] })]))
      .apply('b', deployment([container('two')]))
      .apply('a', deployment([container('one')]))
    expect(subject.object).toEqual(deployment([container('one'), container('two')]))
    const owned = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': expect.anything() } } } }
    expect(subject.owned('b')).toEqual(owned)
    expect(JSON.stringify(subject.owned('b'))).toContain('k:{\\"name\\":\\"two\\"}')
  })

  it('lets go of managers that own nothing any more', () => {
    const subject = configMap().apply('a', { data: { k: '1' } })
    subject.update('b', { data: { k: '2' } })
    expect(subject.owned('a')).toBeUndefined()
    subject.update('b', {})
    expect(encodeManagers(subject.managers)).toBeUndefined()
  })

  it('takes over what client-side apply had recorded and nobody has changed', () => {
    const covered = coversConflicts(ConfigMap.schema, { data: { k: 'v', l: 'v' } }, { data: { k: 'v', l: 'other' } })
    expect([covered(['f:data', 'f:k']), covered(['f:data', 'f:l'])]).toEqual([true, false])
  })
})

describe('merging applied lists', () => {
  const { schema } = Deployment
  const names = (containers: string[]) => deployment(containers.map(name => container(name)))
  const merged = (live: string[], applied: string[]): string[] => {
    const out = mergeApplied(schema, names(live), names(applied)) as { spec: { template: { spec: { containers: { name: string }[] } } } }
    return out.spec.template.spec.containers.map(({ name }) => name)
  }
  it.each([
    { live: ['a', 'x', 'b'], applied: ['a', 'b'], result: ['a', 'x', 'b'] },
    { live: ['a', 'x', 'b'], applied: ['b', 'a'], result: ['x', 'b', 'a'] },
    { live: ['a', 'b'], applied: ['n', 'b'], result: ['a', 'n', 'b'] },
    { live: ['a', 'b', 'c'], applied: ['c', 'a'], result: ['b', 'c', 'a'] },
    { live: [], applied: ['a'], result: ['a'] },
    { live: ['x'], applied: ['a'], result: ['x', 'a'] },
  ])('keeps the applied order: $applied into $live', ({ live, applied, result }) => {
    expect(merged(live, applied)).toEqual(result)
  })
})

describe('managers', () => {
  it('are forgotten where they make no sense', () => {
    expect(decodeManagers([{ manager: 'a', operation: 'Guess', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }])).toBeUndefined()
    expect(
      decodeManagers([{ manager: 'a', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { x: {} } }]),
    ).toBeUndefined()
  })

  it('that update are put together when there are more than ten, the oldest first', () => {
    const entries = Array.from({ length: 13 }, (_, index) => ({
      manager: `m${index}`,
      operation: 'Update',
      apiVersion: 'v1',
      time: `2026-01-01T00:00:${String(index).padStart(2, '0')}Z`,
      fieldsType: 'FieldsV1',
      fieldsV1: { [`f:${index}`]: {} },
    }))
    const capped = encodeManagers(capUpdaters(decodeManagers(entries) ?? new Map())) ?? []
    expect(capped).toHaveLength(10)
    expect(capped.find(({ manager }) => manager === 'ancient-changes')?.fieldsV1).toEqual({ 'f:0': {}, 'f:1': {}, 'f:2': {}, 'f:3': {} })
  })
})

describe('checking a configuration', () => {
  it.each([
    { applied: { spec: { nope: 1 } }, problem: '.spec.nope: field not declared in schema' },
    { applied: { spec: { replicas: 'x' } }, problem: '.spec.replicas: expected numeric (int or float), got string' },
    { applied: { spec: [] }, problem: '.spec: expected map, got &{[]}' },
    {
      applied: deployment([{ image: 'i' }]),
      problem:
        '.spec.template.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)',
    },
    {
      applied: deployment([container('a'), container('a')]),
      problem: '.spec.template.spec.containers: duplicate entries for key [name="a"]',
    },
  ])('says: $problem', ({ applied, problem }) => {
    expect(checkApplied(Deployment.schema, applied)).toEqual([problem])
  })
})
