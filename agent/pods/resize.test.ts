import { describe, expect, it } from '@jest/globals'
import type { Container } from '../../api/core/container.ts'
import { Pod } from '../../api/core/pod.ts'
import type { PodStatus } from '../../api/core/pod-status.ts'
import { startScenario } from '../testing/scenario.ts'

type Scenario = Awaited<ReturnType<typeof startScenario>>
type Resources = Container['resources']
const sized = (resources: Resources, more: object = {}): Container =>
  ({ name: 'c', image: 'busybox:1.36', resources, ...more }) as Container
const runs = ({ containerStatuses }: PodStatus) => containerStatuses?.[0]?.state?.running !== undefined
const condition = (status: PodStatus, type: string) => status.conditions?.find(known => known.type === type)
const resizeEvents = (s: Scenario, name: string) => s.events(name).filter(({ reason }) => reason?.startsWith('Resize'))

function resize(s: Scenario, name: string, resources: Resources): void {
  const pod = s.api.pod(name)
  const [container] = pod?.spec.containers ?? []
  if (!pod || !container) throw new Error(`${name} is not there`)
  const spec = { ...pod.spec, containers: [{ ...container, resources }] }
  s.api.put(Pod, { ...pod, metadata: { ...pod.metadata, generation: (pod.metadata.generation ?? 1) + 1 }, spec })
}
const small = { requests: { cpu: '1' }, limits: { memory: '64Mi' } }

describe('a pod that is resized', () => {
  it('goes on with other limits, and says when it began and ended', async () => {
    await using s = await startScenario()
    s.run('p', { containers: [sized(small)] })
    const before = await s.until('p', runs)
    resize(s, 'p', { requests: { cpu: '2' }, limits: { memory: '128Mi' } })
    const status = await s.until('p', ({ containerStatuses }) => containerStatuses?.[0]?.resources?.limits?.memory === '128Mi')
    expect(status.containerStatuses?.[0]).toMatchObject({
      containerID: before.containerStatuses?.[0]?.containerID,
      allocatedResources: { cpu: '2' },
      resources: { requests: { cpu: '2' } },
    })
    await s.until('p', now => condition(now, 'PodResizeInProgress') === undefined)
    expect(resizeEvents(s, 'p').map(({ reason }) => reason)).toEqual(['ResizeStarted', 'ResizeCompleted'])
    expect(resizeEvents(s, 'p')[1]?.message).toBe(
      'Pod resize completed: {"containers":[{"name":"c","resources":{"limits":{"memory":"128Mi"},"requests":{"cpu":"2"}}}],"generation":2}',
    )
  })

  it('starts a container anew whose policy says so', async () => {
    await using s = await startScenario()
    s.run('p', { containers: [sized(small, { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] })] })
    await s.until('p', runs)
    resize(s, 'p', { ...small, limits: { memory: '128Mi' } })
    const status = await s.until('p', now => now.containerStatuses?.[0]?.restartCount === 1 && runs(now))
    expect(status.containerStatuses?.[0]?.resources?.limits).toEqual({ memory: '128Mi' })
    expect(s.events('p').find(({ reason }) => reason === 'Killing')?.message).toBe('Container c resize requires restart')
  })

  it('waits for room, and is remembered by the next agent', async () => {
    await using s = await startScenario()
    s.run('big', { containers: [sized({ requests: { cpu: '2' } })] })
    s.run('p', { containers: [sized(small)] })
    await Promise.all([s.until('big', runs), s.until('p', runs)])
    resize(s, 'p', { ...small, requests: { cpu: '3' } })
    const waiting = await s.until('p', now => condition(now, 'PodResizePending') !== undefined)
    expect(condition(waiting, 'PodResizePending')).toMatchObject({
      reason: 'Deferred',
      message: "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
      observedGeneration: 2,
    })
    expect(waiting.containerStatuses?.[0]?.allocatedResources).toEqual({ cpu: '1' })
    s.api.deleteGracefully('big', new Date().toISOString())
    const status = await s.until('p', ({ containerStatuses }) => containerStatuses?.[0]?.allocatedResources?.cpu === '3')
    expect(condition(status, 'PodResizePending')).toBeUndefined()
    expect(resizeEvents(s, 'p')[0]?.message).toContain('"generation":2,"error":"Node didn\'t have enough resource: cpu')
  })

  it('never gets what the node does not have, and may change its mind', async () => {
    await using s = await startScenario()
    s.run('p', { containers: [sized(small)] })
    await s.until('p', runs)
    resize(s, 'p', { ...small, requests: { cpu: '5' } })
    const refused = await s.until('p', now => condition(now, 'PodResizePending') !== undefined)
    expect(condition(refused, 'PodResizePending')).toMatchObject({
      reason: 'Infeasible',
      message: "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000",
    })
    resize(s, 'p', small)
    await s.until('p', now => condition(now, 'PodResizePending') === undefined)
    expect(resizeEvents(s, 'p').map(({ reason }) => reason)).toEqual(['ResizeInfeasible'])
  })

  it('keeps its memory limit while it uses more than the new one', async () => {
    await using s = await startScenario({ script: () => ({ uses: { memoryBytes: 50 << 20 } }) })
    s.run('p', { containers: [sized(small)] })
    await s.until('p', runs)
    resize(s, 'p', { ...small, limits: { memory: '32Mi' } })
    const status = await s.until('p', now => condition(now, 'PodResizeInProgress')?.reason === 'Error')
    expect(condition(status, 'PodResizeInProgress')?.message).toContain('attempting to set container "c" memory limit (33554432) below')
    expect(status.containerStatuses?.[0]?.resources?.limits).toEqual({ memory: '64Mi' })
    expect(resizeEvents(s, 'p').map(({ reason }) => reason)).toEqual(['ResizeStarted', 'ResizeError'])
  })
})
