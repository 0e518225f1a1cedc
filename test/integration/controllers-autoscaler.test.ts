import { describe, expect, it } from '@jest/globals'
import { Deployment } from '../../api/apps/deployment.ts'
import { HorizontalPodAutoscaler } from '../../api/autoscaling/horizontal-pod-autoscaler.ts'
import { findCondition } from '../../api/conditions.ts'
import { Event } from '../../api/core/event.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const key = { name: 'web', namespace }

describe('a HorizontalPodAutoscaler', () => {
  it('brings its target within bounds, and says what it lacks', async () => {
    await using cluster = await startHollowCluster()
    const { client } = cluster
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
    await client.create(Deployment, { metadata: key, spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template } } as never)
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    const autoscaler = { metadata: key, spec: { scaleTargetRef, minReplicas: 3, maxReplicas: 5 } }
    await client.create(HorizontalPodAutoscaler, autoscaler as never)
    await eventually(async () => (await client.get(Deployment, key)).status.availableReplicas === 3)
    const rescaled = await eventually(async () =>
      (await client.list(Event, { namespace })).items.find(({ reason }) => reason === 'SuccessfulRescale'),
    )
    expect(rescaled.message).toBe('New size: 3; reason: Current number of replicas below Spec.MinReplicas')
    const { status } = await client.get(HorizontalPodAutoscaler, key)
    expect(findCondition(status.conditions, 'AbleToScale')).toMatchObject({ status: 'True', reason: 'SucceededRescale' })
    // A changed spec is looked at at once; hollow nodes measure nothing.
    await client.patch(HorizontalPodAutoscaler, key, { type: 'merge', body: { spec: { maxReplicas: 6 } } })
    const active = await eventually(
      async () => {
        const current = await client.get(HorizontalPodAutoscaler, key)
        return findCondition(current.status.conditions, 'ScalingActive')
      },
      { seconds: 60 },
    )
    expect(active).toMatchObject({ status: 'False', reason: 'FailedGetResourceMetric' })
    expect(active.message).toMatch(
      /^the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: /,
    )
  }, 120_000)
})
