import { describe, expect, it } from '@jest/globals'
import type { Container } from '../../api/core/container.ts'
import type { Pod } from '../../api/core/pod.ts'
import { containerResources, needsPodCgroup, podCgroup } from './container-resources.ts'
import { oomScoreAdj } from './oom-score.ts'

type Resources = Container['resources']
const GiB = 2 ** 30
const container = (resources: Resources = {}, more: object = {}): Container => ({ name: 'c', resources, ...more }) as Container
const podOf = (containers: Container[], spec: object = {}): Pod =>
  ({ metadata: {}, spec: { containers, ...spec }, status: {} }) as unknown as Pod
const of = (resources: Resources, spec: object = {}) => {
  const { oomScoreAdj: _, ...rest } = containerResources(podOf([container(resources)], spec), container(resources), {
    nodeMemory: 16 * GiB,
  })
  return rest
}
const quota = (cpuQuotaMicros: number) => ({ cpuQuotaMicros, cpuPeriodMicros: 100_000 })

describe('what a container may use', () => {
  it.each<[string, Resources, object]>([
    ['nothing asked', {}, { cpuShares: 2 }],
    ['a CPU requested', { requests: { cpu: '1' } }, { cpuShares: 1024 }],
    ['100m requested', { requests: { cpu: '100m' } }, { cpuShares: 102 }],
    ['1m requested', { requests: { cpu: '1m' } }, { cpuShares: 2 }],
    ['more than the kernel counts requested', { requests: { cpu: '300' } }, { cpuShares: 262_144 }],
    ['a limit only', { limits: { cpu: '500m' } }, { cpuShares: 512, ...quota(50_000) }],
    ['request and limit', { requests: { cpu: '250m' }, limits: { cpu: '2' } }, { cpuShares: 256, ...quota(200_000) }],
    ['a limit below the least', { limits: { cpu: '5m' } }, { cpuShares: 5, ...quota(1_000) }],
    ['memory', { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } }, { cpuShares: 2, memoryBytes: 2 * GiB }],
  ])('follows from %s', (_, resources, expected) => {
    expect(of(resources)).toEqual(expected)
  })

  it('is what its pod may use where it has no limit of its own', () => {
    const whole = { resources: { requests: { cpu: '1' }, limits: { cpu: '2', memory: '1Gi' } } }
    expect(of({ requests: { cpu: '100m' } }, whole)).toEqual({ cpuShares: 102, ...quota(200_000), memoryBytes: GiB })
    expect(of({ limits: { memory: '512Mi' } }, whole)).toMatchObject({ memoryBytes: GiB / 2, cpuQuotaMicros: 200_000 })
  })

  it('counts processes where the node limits them', () => {
    const pod = podOf([container()])
    expect(containerResources(pod, container(), { nodeMemory: GiB, podPidsLimit: 100 })).toMatchObject({ pidsLimit: 100 })
    expect([needsPodCgroup(pod, {}), needsPodCgroup(pod, { podPidsLimit: 100 })]).toEqual([false, true])
    expect(podCgroup(pod, { podPidsLimit: 100 })).toEqual({ cpuShares: 2, pidsLimit: 100 })
  })
})

describe('what the containers of a pod may use together', () => {
  const half = { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '500m', memory: '1Gi' } }
  it.each<[string, Pod, object]>([
    ['all their limits', podOf([container(half), container(half)]), { cpuShares: 512, ...quota(100_000), memoryBytes: 2 * GiB }],
    ['no limit when one has none', podOf([container(half), container()]), { cpuShares: 256 }],
    [
      'the pod’s own',
      podOf([container(half), container()], { resources: { requests: { cpu: '1' }, limits: { memory: '4Gi' } } }),
      { cpuShares: 1024, memoryBytes: 4 * GiB },
    ],
  ])('is %s', (_, pod, expected) => {
    expect(podCgroup(pod, {})).toEqual(expected)
  })
})

describe('the OOM score adjustment', () => {
  const memory = (amount: string) => ({ requests: { memory: amount } })
  const guaranteed = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } }
  const sidecar = container(memory('1Gi'), { name: 's', restartPolicy: 'Always' })
  it.each<[string, Pod, Container, number]>([
    ['guaranteed', podOf([container(guaranteed)]), container(guaranteed), -997],
    ['best effort', podOf([container()]), container(), 1000],
    ['a fourth of the node', podOf([container(memory('4Gi'))]), container(memory('4Gi')), 750],
    ['next to nothing', podOf([container(memory('1Mi'))]), container(memory('1Mi')), 999],
    ['all of the node', podOf([container(memory('16Gi'))]), container(memory('16Gi')), 3],
    ['critical for the node', podOf([container()], { priorityClassName: 'system-node-critical' }), container(), -997],
    ['critical for the cluster', podOf([container()], { priorityClassName: 'system-cluster-critical' }), container(), 1000],
    ['a sidecar beside a larger container', podOf([container(memory('8Gi'))], { initContainers: [sidecar] }), sidecar, 500],
    ['a sidecar larger than the container', podOf([container(memory('512Mi'))], { initContainers: [sidecar] }), sidecar, 938],
    [
      'a share of what the pod requests beyond its containers',
      podOf([container(memory('2Gi')), container()], { resources: memory('10Gi') }),
      container(memory('2Gi')),
      1000 - (1000 * (2 + 4)) / 16,
    ],
  ])('of a container that is %s', (_, pod, subject, expected) => {
    expect(oomScoreAdj(pod, subject, 16 * GiB)).toBe(expected)
  })
})
