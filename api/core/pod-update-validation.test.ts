import { describe, expect, it } from '@jest/globals'
import { Pod } from './pod.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'

type Spec = Record<string, unknown>

/** A pod as it is stored. */
function podOf(spec: Spec = {}, status: Spec = { phase: 'Running', qosClass: 'BestEffort' }): Pod {
  const json = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', resourceVersion: '1' },
    spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'nginx:1' }], ...spec },
    status,
  }
  const pod = withDefaults(Pod.schema, decode(Pod.schema, json).value)
  return Pod.applyDefaults?.(pod) ?? pod
}
const update = (next: Spec, current: Spec = {}) =>
  (Pod.validateUpdate?.(podOf(next), podOf(current)) ?? []).map(({ field, message }) => `${field}: ${message}`)

describe('an update of a pod', () => {
  it('may change images, add tolerations and shorten the deadline', () => {
    const next = {
      containers: [{ name: 'c', image: 'nginx:2' }],
      tolerations: [{ key: 'a', operator: 'Exists' }],
      activeDeadlineSeconds: 5,
    }
    expect(update(next, { activeDeadlineSeconds: 10 })).toEqual([])
  })

  it('names the fields that may change, and shows what else did', () => {
    const [error = ''] = update({ hostname: 'other' })
    expect(error).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,`spec\.initContainers\[\*\]\.image`,`spec\.activeDeadlineSeconds`,`spec\.tolerations` \(only additions to existing tolerations\),`spec\.terminationGracePeriodSeconds` \(allow it to be set to 1 if it was previously negative\)\n@@ /,
    )
    expect(error).toContain('\n- "Hostname": "",\n+ "Hostname": "other",\n')
  })

  it('may not add or remove containers', () => {
    expect(
      update({
        containers: [
          { name: 'c', image: 'nginx:1' },
          { name: 'd', image: 'x' },
        ],
      }),
    ).toEqual(['spec.containers: Forbidden: pod updates may not add or remove containers'])
  })

  it('may not take tolerations away', () => {
    expect(update({}, { tolerations: [{ key: 'a', operator: 'Exists' }] })).toEqual([
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ])
  })

  it('may not prolong or drop the deadline', () => {
    expect(update({ activeDeadlineSeconds: 20 }, { activeDeadlineSeconds: 10 })).toEqual([
      'spec.activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value',
    ])
    expect(update({}, { activeDeadlineSeconds: 10 })).toEqual([
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ])
  })

  it('may open scheduling gates, and add none', () => {
    expect(update({ schedulingGates: [{ name: 'a' }] }, { schedulingGates: [{ name: 'a' }, { name: 'b' }] })).toEqual([])
    expect(update({ schedulingGates: [{ name: 'a' }] })).toEqual([
      "spec.schedulingGates: Forbidden: only deletion is allowed, but found new scheduling gate 'a'",
    ])
  })

  it('may narrow the node selector of a gated pod only', () => {
    const gated = { schedulingGates: [{ name: 'a' }] }
    expect(update({ ...gated, nodeSelector: { disk: 'ssd' } }, gated)).toEqual([])
    expect(update({ nodeSelector: { disk: 'ssd' } })).toHaveLength(1)
  })

  it('may set a negative grace period to 1', () => {
    expect(update({ terminationGracePeriodSeconds: 1 }, { terminationGracePeriodSeconds: -5 })).toEqual([])
  })
})

describe('an update of a pod’s status', () => {
  const ended = { containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 0 } } }], qosClass: 'BestEffort' }
  const running = { containerStatuses: [{ name: 'c', state: { running: {} } }], qosClass: 'BestEffort' }
  const errors = (next: Pod, current: Pod) =>
    (Pod.validateStatusUpdate?.(next, current) ?? []).map(({ field, message }) => `${field}: ${message}`)

  it('may not bring a container back that never restarts', () => {
    const spec = { restartPolicy: 'Never' }
    expect(errors(podOf(spec, running), podOf(spec, ended))).toEqual([
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
    expect(errors(podOf({}, running), podOf({}, ended))).toEqual([])
  })

  it('keeps the class of service', () => {
    expect(errors(podOf({}, { qosClass: 'Burstable' }), podOf())).toEqual([
      'status.qosClass: Invalid value: "Burstable": field is immutable',
    ])
    expect(Pod.prepareSubresource?.['status']?.(podOf({}, { phase: 'Running' }), podOf()).status.qosClass).toBe('BestEffort')
  })
})

describe('the subresources of pods', () => {
  const debug = { name: 'debug', image: 'busybox' }
  const errors = (name: string, next: Pod, current: Pod) =>
    (Pod.validateSubresource?.[name]?.(Pod.prepareSubresource?.[name]?.(next, current) ?? next, current) ?? []).map(
      ({ field, message }) => `${field}: ${message.split('\n')[0]}`,
    )

  it('add ephemeral containers, and neither change nor remove them', () => {
    const after = podOf({ ephemeralContainers: [debug] })
    expect(errors('ephemeralcontainers', after, podOf())).toEqual([])
    expect(errors('ephemeralcontainers', podOf(), after)).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed',
    ])
    expect(errors('ephemeralcontainers', podOf({ ephemeralContainers: [{ ...debug, image: 'x' }] }), after)).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed',
    ])
  })

  describe('resize', () => {
    const sized = (resources: object, more: Spec = {}) =>
      podOf({ containers: [{ name: 'c', image: 'nginx:1', resources }], ...more }, { qosClass: 'Burstable' })
    const small = { requests: { cpu: '100m' }, limits: { cpu: '200m', memory: '64Mi' } }
    const sidecar = (resources: object) => ({ initContainers: [{ name: 's', image: 'nginx:1', restartPolicy: 'Always', resources }] })
    const init = (resources: object) => ({ initContainers: [{ name: 'i', image: 'nginx:1', resources }] })
    const two = {
      containers: [
        { name: 'c', image: 'nginx:1', resources: small },
        { name: 'd', image: 'nginx:1' },
      ],
    }

    it.each<[string, Pod, Pod, string[]]>([
      ['more cpu', sized({ ...small, requests: { cpu: '150m' } }), sized(small), []],
      ['less memory', sized({ ...small, limits: { cpu: '200m', memory: '32Mi' } }), sized(small), []],
      ['a limit that was not there', sized({ requests: { cpu: '100m' }, limits: { cpu: '1' } }), sized({ requests: { cpu: '100m' } }), []],
      ['a sidecar', sized(small, sidecar({ requests: { cpu: '2' } })), sized(small, sidecar({ requests: { cpu: '1' } })), []],
      [
        'no requests any more',
        podOf(),
        sized({ requests: { cpu: '100m' } }),
        [
          'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
          'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
        ],
      ],
      [
        'no memory limit any more',
        sized({ requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m' } }),
        sized(small),
        ['spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed'],
      ],
      [
        'an init container',
        sized(small, init({ requests: { cpu: '2' } })),
        sized(small, init({ requests: { cpu: '1' } })),
        ['spec.initContainers[0].resources: Forbidden: resources for non-sidecar init containers are immutable'],
      ],
      [
        'storage',
        sized({ ...small, limits: { ...small.limits, 'ephemeral-storage': '1Gi' } }),
        sized(small),
        ['spec.containers[0].resources: Forbidden: only cpu and memory resources are mutable'],
      ],
      [
        'another container',
        podOf(two, { qosClass: 'Burstable' }),
        sized(small),
        ['spec.containers: Forbidden: containers may not be added or removed on resize'],
      ],
      [
        'more for the pod as a whole',
        sized(small, { resources: { requests: { cpu: '2' } } }),
        sized(small, { resources: { requests: { cpu: '1' } } }),
        [],
      ],
      [
        'less for the pod as a whole than its containers request',
        sized(small, { resources: { requests: { cpu: '50m' } } }),
        sized(small, { resources: { requests: { cpu: '1' } } }),
        ['spec.resources.requests[cpu]: Invalid value: "50m": must be greater than or equal to aggregate container requests of 100m'],
      ],
    ])('to %s', (_, next, current, expected) => {
      expect(errors('resize', next, current)).toEqual(expected)
    })
  })
})
