import { describe, expect, it } from '@jest/globals'
import type { MetricSpec } from '../../../api/autoscaling/metrics.ts'
import type { Pod } from '../../../api/core/pod.ts'
import { combine, proposalOf, type Measured, type Proposal } from './autoscaler-metrics.ts'

const cpu: MetricSpec = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }
const pod = {
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'c', resources: { requests: { cpu: '100m' } } }] },
  status: {
    phase: 'Running',
    startTime: '2026-01-01T00:00:00Z',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:10Z' }],
  },
} as unknown as Pod
const measured = (metrics: Measured['metrics']): Measured => ({
  pods: [pod],
  metrics,
  replicas: 1,
  tolerance: { up: 0.1, down: 0.1 },
  now: new Date('2026-01-01T01:00:00Z'),
})
const metrics = [
  { metadata: { name: 'a' }, timestamp: '2026-01-01T00:59:50Z', window: '30s', containers: [{ name: 'c', usage: { cpu: '200m' } }] },
]

describe('what a metric asks for', () => {
  it('comes with what was measured', () => {
    expect(proposalOf(cpu, measured(metrics))).toEqual({
      replicas: 4,
      metric: 'cpu resource utilization (percentage of request)',
      status: { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 200, averageValue: '200m' } } },
    })
  })

  it.each([
    [[], 'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API'],
    [
      new Error('the server could not find the requested resource (get pods.metrics.k8s.io)'),
      'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
    ],
  ])('cannot be told without metrics', (none, problem) => {
    expect(proposalOf(cpu, measured(none))).toMatchObject({ reason: 'FailedGetResourceMetric', problem })
  })
})

describe('several metrics', () => {
  const asks = (replicas: number): Proposal => ({ replicas, metric: `m${replicas}`, status: { type: 'Resource' } })
  const fails: Proposal = { reason: 'FailedGetResourceMetric', problem: 'p', error: 'e' }
  it.each([
    ['the largest counts', [asks(2), asks(5)], { replicas: 5, metric: 'm5' }],
    [
      'one that fails does not keep it from growing',
      [asks(7), fails],
      { replicas: 7, error: 'invalid metrics (1 invalid out of 2), first error is: e' },
    ],
    ['but from shrinking', [asks(2), fails], { failed: fails }],
    ['none can be told', [fails], { failed: fails, error: 'invalid metrics (1 invalid out of 1), first error is: e' }],
  ])('%s', (_, proposals, expected) => {
    expect(combine(proposals, 4)).toMatchObject(expected)
  })
})
