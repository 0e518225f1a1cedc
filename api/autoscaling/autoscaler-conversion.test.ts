import { describe, expect, it } from '@jest/globals'
import { fromV2, toV2 } from './autoscaler-conversion.ts'
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import type { ObjectMeta } from '../meta.ts'

const metadata: ObjectMeta = { name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
const stored: HorizontalPodAutoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata,
  spec: {
    scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
    minReplicas: 2,
    maxReplicas: 5,
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      { type: 'Pods', pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '10' } } },
    ],
  },
  status: { currentReplicas: 2, desiredReplicas: 3 },
}

describe('autoscalers', () => {
  it('show processor time as a field in version 1, and other metrics in an annotation', () => {
    const old = fromV2(stored)
    expect(old.apiVersion).toBe('autoscaling/v1')
    expect(old.spec.targetCPUUtilizationPercentage).toBe(50)
    expect(JSON.parse(old.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? '')).toEqual([
      { type: 'Pods', pods: { metricName: 'requests', targetAverageValue: '10' } },
    ])
  })

  it('come back from version 1 as they were', () => {
    expect(toV2(fromV2(stored))).toEqual(stored)
  })

  it('aim at four fifths of the processor time when they name no metric', () => {
    const old = fromV2({ ...stored, spec: { ...stored.spec, metrics: [] } })
    expect(fromV2(toV2(old)).spec.targetCPUUtilizationPercentage).toBe(80)
  })
})
