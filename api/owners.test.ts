import { describe, expect, it } from '@jest/globals'
import type { ObjectMeta } from './meta.ts'
import { controllerOf, controllerReference, isControlledBy, setController } from './owners.ts'

const object = (name: string, uid: string) => ({
  metadata: { name, uid, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' } as ObjectMeta,
})
const kind = { group: 'apps', version: 'v1', kind: 'ReplicaSet' }

describe('setController', () => {
  const owner = object('web', 'u1')
  const owned = setController(object('web-1', 'u2'), controllerReference(kind, owner))

  it('makes the owner the controller', () => {
    expect(controllerOf(owned)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web',
      uid: 'u1',
      controller: true,
      blockOwnerDeletion: true,
    })
    expect(isControlledBy(owned, owner)).toBe(true)
  })

  it('does not take an object away from another controller', () => {
    expect(() => setController(owned, controllerReference(kind, object('other', 'u3')))).toThrow(
      'is already owned by another ReplicaSet controller web',
    )
  })
})
