import { describe, expect, it } from '@jest/globals'
import { LimitRange } from '../../../../api/core/limit-range.ts'
import { PersistentVolumeClaim } from '../../../../api/core/persistent-volume-claim.ts'
import { Pod } from '../../../../api/core/pod.ts'
import { lookupOf, stored } from '../../rbac/lookup-testing.ts'
import { withContainerDefaults } from './container-defaults.ts'
import { limitRanger } from './limit-ranger.ts'
import { claimViolations, podViolations } from './violations.ts'

const range = (...limits: object[]) => stored(LimitRange, 'limits', { spec: { limits } })
const pod = (resources: object = {}, spec: object = {}): Pod =>
  stored(Pod, 'p', { spec: { containers: [{ name: 'c', resources }], ...spec } })

describe('limit range defaults', () => {
  const defaults = range({ type: 'Container', default: { cpu: '500m', memory: '512Mi' }, defaultRequest: { cpu: '100m', memory: '1Mi' } })

  it('fill what containers leave open and say so', () => {
    const given = pod({ requests: { cpu: '50m' } }, { initContainers: [{ name: 'i', resources: {} }] })
    const { metadata, spec } = withContainerDefaults(given, defaults)
    expect(spec.containers[0]?.resources).toEqual({
      limits: { cpu: '500m', memory: '512Mi' },
      requests: { cpu: '50m', memory: '1Mi' },
    })
    expect(metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: memory request for container c; cpu, memory limit for container c; cpu, memory request for init container i; cpu, memory limit for init container i',
    )
  })

  it('leave alone what says everything', () => {
    const full = pod({ limits: { cpu: '1', memory: '1' }, requests: { cpu: '1', memory: '1' } })
    expect(withContainerDefaults(full, defaults)).toBe(full)
  })
})

describe('a limit range', () => {
  const two = {
    initContainers: [],
    containers: [1, 2].map(() => ({ name: 'c', resources: { requests: { cpu: '1' }, limits: { cpu: '1' } } })),
  }
  it.each<[object, Pod, string[]]>([
    [{ type: 'Container', min: { cpu: '100m' } }, pod(), ['minimum cpu usage per Container is 100m.  No request is specified']],
    [
      { type: 'Container', min: { cpu: '100m' } },
      pod({ requests: { cpu: '0.05' } }),
      ['minimum cpu usage per Container is 100m, but request is 50m'],
    ],
    [
      { type: 'Container', min: { cpu: '100m' } },
      pod({ requests: { cpu: '100m' }, limits: { cpu: '50m' } }),
      ['minimum cpu usage per Container is 100m, but limit is 50m'],
    ],
    [{ type: 'Container', max: { memory: '1Gi' } }, pod(), ['maximum memory usage per Container is 1Gi.  No limit is specified']],
    [
      { type: 'Container', max: { memory: '1Gi' } },
      pod({ limits: { memory: '2Gi' } }),
      ['maximum memory usage per Container is 1Gi, but limit is 2Gi'],
    ],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      pod({ requests: { cpu: '100m' }, limits: { cpu: '300m' } }),
      ['cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000'],
    ],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      pod({ limits: { cpu: '300m' } }),
      ['cpu max limit to request ratio per Container is 2, but no request is specified or request is 0'],
    ],
    [{ type: 'Pod', max: { cpu: '1' } }, pod({}, two), ['maximum cpu usage per Pod is 1, but limit is 2']],
    [{ type: 'Pod', max: { cpu: '2' } }, pod({}, two), []],
  ])('%j on a pod', (item, object, violations) => {
    expect(podViolations(range(item), object)).toEqual(violations)
  })

  it.each([
    ['1Gi', ['minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi']],
    ['2Gi', []],
    ['9Gi', ['maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 9Gi']],
  ])('on a claim of %s', (storage, violations) => {
    const claim = stored(PersistentVolumeClaim, 'c', { spec: { resources: { requests: { storage } } } })
    const item = { type: 'PersistentVolumeClaim', min: { storage: '2Gi' }, max: { storage: '5Gi' } }
    expect(claimViolations(range(item), claim)).toEqual(violations)
  })

  it('refuses with everything that is wrong', () => {
    const rule = limitRanger(lookupOf(range({ type: 'Container', min: { cpu: '1' }, max: { memory: '1Gi' } })))
    const object = pod({ requests: { cpu: '500m' }, limits: { memory: '2Gi' } })
    const context = { kind: Pod, verb: 'create', namespace: 'default', name: 'p', object, dryRun: false, warn: () => undefined } as const
    expect(() => rule.validate?.({ ...context, user: { name: 'alice', groups: [] } })).toThrow(
      'pods "p" is forbidden: [minimum cpu usage per Container is 1, but request is 500m, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    )
  })
})
