import { describe, expect, it } from '@jest/globals'
import { Namespace } from '../../../api/core/namespace.ts'
import type { ApiError } from '../../../api/errors.ts'
import type { Kind, KubernetesObject } from '../../../api/kind.ts'
import { ResourceClaimTemplate } from '../../../api/resource/resource-claim-template.ts'
import { ResourceClaim } from '../../../api/resource/resource-claim.ts'
import { ResourceSlice } from '../../../api/resource/resource-slice.ts'
import type { AdmissionContext } from '../interfaces.ts'
import { lookupOf, stored } from '../rbac/lookup-testing.ts'
import { deviceAdminAccess } from './device-admin-access.ts'
import { deviceTaintTimes } from './device-taint-times.ts'

const contextOf = (kind: Kind, changes: Partial<AdmissionContext> & { object: KubernetesObject }) => ({
  kind,
  verb: 'create' as const,
  namespace: 'default',
  name: 'x',
  user: { name: 'jane', groups: [] },
  dryRun: false,
  warn: () => undefined,
  ...changes,
})

describe('taints of devices', () => {
  it('say since when they are there, unless they say so already', async () => {
    const rule = deviceTaintTimes({ now: () => new Date('2026-01-02T03:04:05Z') })
    const taints = [
      { key: 'a', effect: 'NoSchedule' },
      { key: 'b', effect: 'None', timeAdded: '2025-01-01T00:00:00Z' },
    ]
    const slice = stored(ResourceSlice, 'x', { spec: { driver: 'd', pool: {}, devices: [{ name: 'one', taints }, { name: 'two' }] } })
    const dated = (await rule.mutate?.(contextOf(ResourceSlice, { object: slice }))) as ResourceSlice
    expect(dated.spec.devices?.map(({ taints: all }) => all?.map(({ timeAdded }) => timeAdded))).toEqual([
      ['2026-01-02T03:04:05Z', '2025-01-01T00:00:00Z'],
      undefined,
    ])
    expect(await rule.mutate?.(contextOf(ResourceSlice, { object: dated, verb: 'update' }))).toBe(dated)
  })
})

describe("administrators' access to devices", () => {
  const admin = { metadata: { labels: { 'resource.kubernetes.io/admin-access': 'true' } } }
  const rule = deviceAdminAccess(lookupOf(stored(Namespace, 'default', {}), stored(Namespace, 'care', admin)))
  const devices = { requests: [{ name: 'a' }, { name: 'r', exactly: { deviceClassName: 'c', adminAccess: true } }] }
  const results = (adminAccess?: boolean) => ({
    status: { allocation: { devices: { results: [{ ...(adminAccess ? { adminAccess } : {}) }] } } },
  })
  const claim = stored(ResourceClaim, 'x', { spec: { devices }, status: {} })
  const template = stored(ResourceClaimTemplate, 'x', { spec: { spec: { devices } } })
  const before = stored(ResourceClaim, 'x', { spec: { devices }, ...results() })
  const granted = stored(ResourceClaim, 'x', { spec: { devices }, ...results(true) })
  const status = { verb: 'update', subresource: 'status' } as const

  const said = (kind: Kind, changes: Partial<AdmissionContext> & { object: KubernetesObject }): string => {
    try {
      void rule.validate?.(contextOf(kind, changes))
      return ''
    } catch (error) {
      return (error as ApiError).message
    }
  }
  const why =
    'Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace'

  it.each([
    [
      'a claim',
      ResourceClaim,
      { object: claim },
      `ResourceClaim.resource.k8s.io "x" is invalid: spec.devices.requests[1].exactly.adminAccess: ${why}`,
    ],
    [
      'a template',
      ResourceClaimTemplate,
      { object: template },
      `ResourceClaimTemplate.resource.k8s.io "x" is invalid: spec.devices.requests[1].exactly.adminAccess: ${why}`,
    ],
    [
      'what is given',
      ResourceClaim,
      { object: granted, current: before, ...status },
      `ResourceClaim.resource.k8s.io "x" is invalid: status.allocation.devices.results[0].adminAccess: ${why}`,
    ],
    ['what was given before', ResourceClaim, { object: granted, current: granted, ...status }, ''],
    ['a claim in a namespace for that', ResourceClaim, { object: claim, namespace: 'care' }, ''],
    ['a claim that is there', ResourceClaim, { object: claim, current: claim, verb: 'update' as const }, ''],
  ])('for %s', (_, kind, changes, message) => {
    expect(said(kind, changes)).toBe(message)
  })
})
