import { describe, expect, it } from '@jest/globals'
import { Namespace } from './namespace.ts'
import { decode } from '../schema/decode.ts'

const namespace = (fields: Record<string, unknown> = {}): Namespace =>
  decode(Namespace.schema, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'test', labels: { a: '1' } }, ...fields }).value
const texts = (errors: readonly { field: string; message: string }[] | undefined) =>
  (errors ?? []).map(each => `${each.field}: ${each.message}`)

describe('a namespace', () => {
  it('starts out active, labelled with its name and waiting for its contents', () => {
    const created = Namespace.prepareForCreate?.(namespace({ spec: { finalizers: ['example.com/mine'] } }))
    expect(created).toMatchObject({
      metadata: { labels: { a: '1', 'kubernetes.io/metadata.name': 'test' } },
      spec: { finalizers: ['example.com/mine', 'kubernetes'] },
      status: { phase: 'Active' },
    })
  })

  it('changes its finalizers through finalize only', () => {
    const current = namespace({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } })
    expect(Namespace.prepareForUpdate?.(namespace(), current).spec).toEqual({ finalizers: ['kubernetes'] })
    const finalized = Namespace.prepareSubresource?.['finalize']?.(namespace(), current)
    expect(finalized?.spec.finalizers).toBeUndefined()
    expect(finalized?.status).toEqual({ phase: 'Terminating' })
    expect(texts(Namespace.validateSubresource?.['finalize']?.(namespace({ spec: { finalizers: ['mine'] } }), current))).toEqual([
      'spec.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ])
  })

  it('is terminating only while it is deleted', () => {
    const next = namespace({ status: { phase: 'Terminating' } })
    expect(texts(Namespace.validateStatusUpdate?.(next, namespace()))).toEqual([
      'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
    ])
    expect(Namespace.prepareForDelete?.(namespace()).status.phase).toBe('Terminating')
    expect(Namespace.blockers?.(namespace({ spec: { finalizers: ['kubernetes'] } }))).toEqual(['kubernetes'])
  })
})
