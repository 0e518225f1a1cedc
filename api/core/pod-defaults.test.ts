import { describe, expect, it } from '@jest/globals'
import { Pod } from './pod.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'

function created(spec: object, labels: Record<string, string> = {}): Pod {
  const json = { metadata: { name: 'p', labels }, spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec } }
  const pod = withDefaults(Pod.schema, decode(Pod.schema, json).value)
  const full = Pod.applyDefaults?.(pod) ?? pod
  return Pod.prepareForCreate?.(full) ?? full
}
const container = (properties: object) => ({ containers: [{ name: 'c', image: 'nginx', ...properties }] })

describe('defaults of a pod', () => {
  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:2', 'IfNotPresent'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    [`nginx:latest@sha256:${'a'.repeat(64)}`, 'Always'],
  ])('pull %s: %s', (image, policy) => {
    expect(created(container({ image })).spec.containers[0]?.imagePullPolicy).toBe(policy)
  })

  it('request what is limited', () => {
    const pod = created(container({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m' } } }))
    expect(pod.spec.containers[0]?.resources.requests).toEqual({ cpu: '100m', memory: '1Gi' })
    expect(pod.status.qosClass).toBe('Burstable')
  })

  it('sum up what the pod requests as a whole', () => {
    const pod = created({ resources: { limits: { cpu: '2', memory: '1Gi' } }, ...container({ resources: { requests: { cpu: '500m' } } }) })
    expect(pod.spec.resources?.requests).toEqual({ cpu: '500m', memory: '1Gi' })
  })

  it('open the node’s ports on the node’s network', () => {
    const pod = created({ hostNetwork: true, ...container({ ports: [{ containerPort: 80 }] }) })
    expect(pod.spec.containers[0]?.ports).toEqual([{ containerPort: 80, hostPort: 80, protocol: 'TCP' }])
  })

  it('make a volume without a source an empty directory', () => {
    expect(created({ volumes: [{ name: 'v' }] }).spec.volumes).toEqual([{ name: 'v', emptyDir: {} }])
  })

  it('keep both names of the service account', () => {
    expect(created({ serviceAccount: 'robot' }).spec).toMatchObject({ serviceAccount: 'robot', serviceAccountName: 'robot' })
  })
})

describe('a new pod', () => {
  it('is pending', () => {
    expect(created({}).status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  })

  it('says so when it is gated', () => {
    expect(created({ schedulingGates: [{ name: 'wait' }] }).status.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' },
    ])
  })

  it('is guaranteed when all that it may use is reserved', () => {
    expect(created(container({ resources: { limits: { cpu: '1', memory: '1Gi' } } })).status.qosClass).toBe('Guaranteed')
  })

  it('spreads by its own label values', () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: {},
      matchLabelKeys: ['hash', 'none'],
    }
    const [spread] = created({ topologySpreadConstraints: [constraint] }, { hash: 'x' }).spec.topologySpreadConstraints ?? []
    expect(spread?.labelSelector).toEqual({ matchExpressions: [{ key: 'hash', operator: 'In', values: ['x'] }] })
  })

  it('gets its grace period only where it runs', () => {
    const pod = created({})
    expect(Pod.defaultGracePeriod?.(pod)).toBe(0)
    const bound = { ...pod, spec: { ...pod.spec, nodeName: 'n' } }
    expect(Pod.defaultGracePeriod?.(bound)).toBe(30)
    expect(Pod.defaultGracePeriod?.({ ...bound, status: { phase: 'Succeeded' } })).toBe(0)
    expect(Pod.defaultGracePeriod?.({ ...bound, spec: { ...bound.spec, terminationGracePeriodSeconds: -5 } })).toBe(1)
  })

  it('is warned about what it probably does not mean', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    const pod = created({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, terminationGracePeriodSeconds: -1, ...container({ env }) })
    expect(Pod.warnings?.(pod)).toEqual([
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
      'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ])
  })
})
