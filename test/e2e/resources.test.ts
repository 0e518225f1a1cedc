import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Event } from '../../api/core/event.ts'
import type { Node } from '../../api/core/node.ts'
import type { Pod } from '../../api/core/pod.ts'
import { quantityToNumber } from '../../api/quantity.ts'
import { engineLimits, kernelLimits } from '../support/container-limits.ts'
import { eventually } from '../support/eventually.ts'
import { extraNode, type ExtraNode } from '../support/extra-node.ts'
import { docker, kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-resources'
const in_ = `-n ${NAMESPACE}`
const EXTRA = 'extra-resources'
const MiB = 2 ** 20
const seconds = (ms: number) => (ms / 1000).toFixed(1)

type Resources = { requests?: Record<string, string>; limits?: Record<string, string> }
const container = (name: string, resources: Resources = {}, more: object = {}) => ({
  ...{ name, image: 'busybox:1.36', imagePullPolicy: 'IfNotPresent', command: ['sleep', '100000'], resources },
  ...more,
})
const manifest = (name: string, containers: object[], spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { terminationGracePeriodSeconds: 1, containers, ...spec },
})
const create = (...pods: object[]) => kubectl(`create ${in_} -f -`, { input: pods.map(pod => JSON.stringify(pod)).join('\n---\n') })
const ready = (...names: string[]) =>
  kubectl(`wait ${in_} --for=condition=Ready ${names.map(name => `pod/${name}`).join(' ')} --timeout=120s`, { timeoutSeconds: 130 })
const get = async (name: string) => JSON.parse(await kubectl(`get pod ${name} ${in_} -o json`)) as Pod
const events = async (name: string) =>
  (JSON.parse(await kubectl(`get events ${in_} --field-selector involvedObject.name=${name} -o json`)) as { items: Event[] }).items
const reasons = async (name: string) => (await events(name)).map(({ reason }) => reason)
const condition = ({ status }: Pod, type: string) => status.conditions?.find(known => known.type === type)
const resize = (name: string, spec: object) =>
  kubectl.try(`patch pod ${name} ${in_} --subresource resize --type strategic -p '${JSON.stringify({ spec })}'`)
const resizeContainer = (name: string, resources: Resources) => resize(name, { containers: [{ name: 'c', resources }] })

describe('resources on real Docker', () => {
  let namespace: AsyncDisposable
  /** Of which there shall not be enough, and whose agent is killed. */
  let extra: ExtraNode
  beforeAll(async () => {
    ;[namespace, extra] = await Promise.all([ownNamespace(kubectl, NAMESPACE), extraNode(EXTRA)])
    const burstable = { requests: { cpu: '100m', memory: '32Mi' }, limits: { cpu: '200m', memory: '64Mi' } }
    const restarts = { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] }
    await create(
      manifest('burstable', [container('c', burstable)]),
      manifest('best-effort', [container('c')]),
      manifest('guaranteed', [container('c', { limits: { cpu: '50m', memory: '16Mi' } })]),
      manifest('restarting', [container('c', burstable, restarts)]),
      manifest('whole', [container('free'), container('own', { requests: { cpu: '50m' }, limits: { memory: '64Mi' } })], {
        resources: { requests: { cpu: '300m', memory: '80Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
      }),
      manifest('hungry', [container('c', { limits: { memory: '16Mi' } }, { command: ['tail', '/dev/zero'] })]),
      manifest('shown', [
        container(
          'c',
          { limits: { cpu: '1500m', memory: '64Mi' } },
          {
            env: ['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'].map((resource, index) => ({
              name: `SHOWN_${index}`,
              valueFrom: { resourceFieldRef: { resource, ...(resource === 'limits.memory' ? { divisor: '1Mi' } : {}) } },
            })),
          },
        ),
      ]),
    )
    await ready('burstable', 'best-effort', 'guaranteed', 'restarting', 'whole', 'shown')
  }, 240_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
    await extra[Symbol.asyncDispose]()
  }, 120_000)

  it.each([
    { name: 'burstable', qos: 'Burstable', shares: 102, weight: 4, quota: 20_000, memory: 64 * MiB, oom: 999 },
    { name: 'best-effort', qos: 'BestEffort', shares: 2, weight: 1, quota: undefined, memory: undefined, oom: 1000 },
    // Negative scores are for engines that may set them.
    { name: 'guaranteed', qos: 'Guaranteed', shares: 51, weight: 2, quota: 5_000, memory: 16 * MiB, oom: -997 },
  ])(
    'gives a $qos container its shares, quota, memory and OOM score',
    async ({ name, qos, shares, weight, quota, memory, oom }) => {
      const pod = await get(name)
      expect(pod.status.qosClass).toBe(qos)
      const engine = (await engineLimits(pod.metadata.uid)).get('c')
      const kernel = await kernelLimits(kubectl, `${in_} ${name}`)
      console.log(`${name}: engine ${JSON.stringify(engine)}, kernel ${JSON.stringify(kernel)}`)
      expect(engine).toMatchObject({ shares, quota: quota ?? 0, memory: memory ?? 0, memorySwap: memory ?? 0 })
      expect(kernel).toMatchObject({ shares: kernel.version === 1 ? shares : weight, quota, memory })
      if (oom >= 0 || engine?.oomScoreAdj === oom) expect(kernel.oomScoreAdj).toBe(oom)
      else console.log(`this engine cannot lower OOM scores: ${kernel.oomScoreAdj} instead of ${oom}`)
    },
    120_000,
  )

  it('shows a container its limits, by their divisor, and the node’s where it has none', async () => {
    const { spec } = await get('shown')
    const { status } = JSON.parse(await kubectl(`get node ${spec.nodeName} -o json`)) as Node
    const shown = (await kubectl(`exec ${in_} shown -- sh -c 'echo $SHOWN_0 $SHOWN_1 $SHOWN_2'`)).trim()
    expect(shown).toBe(`2 64 ${quantityToNumber(status.allocatable?.['ephemeral-storage'] ?? '')}`)
  }, 120_000)

  it('holds the containers of a pod to what the pod may use as a whole', async () => {
    const { metadata, status } = await get('whole')
    expect(status.qosClass).toBe('Burstable')
    const whole = { requests: { cpu: '300m', memory: '80Mi' }, limits: { cpu: '500m', memory: '128Mi' } }
    expect(status.resources).toEqual(whole)
    expect(status.allocatedResources).toEqual(whole.requests)
    const engine = await engineLimits(metadata.uid)
    const kernel = await kernelLimits(kubectl, `${in_} whole -c free`)
    console.log(`whole: sandbox ${JSON.stringify(engine.get('POD'))}, a container without limits ${JSON.stringify(kernel)}`)
    expect(engine.get('free')).toMatchObject({ shares: 512, quota: 50_000, memory: 128 * MiB })
    expect(engine.get('own')).toMatchObject({ shares: 51, quota: 50_000, memory: 64 * MiB })
    // Where the engine can, the sandbox is the cgroup above them all.
    if (engine.get('POD')?.memory) expect(engine.get('POD')).toMatchObject({ shares: 307, quota: 50_000, memory: 128 * MiB })
    const more = await resize('whole', { resources: { requests: { memory: '90Mi' }, limits: { cpu: '600m', memory: '160Mi' } } })
    expect(more.stderr).toBe('')
    await eventually(async () => (await reasons('whole')).includes('ResizeCompleted'))
    const after = await kernelLimits(kubectl, `${in_} whole -c free`)
    console.log(`whole, resized: ${JSON.stringify(after)}`)
    expect(after).toMatchObject({ quota: 60_000, memory: 160 * MiB, ...(after.version === 1 ? { memoryAbove: 160 * MiB } : {}) })
    expect((await engineLimits(metadata.uid)).get('free')?.id).toBe(engine.get('free')?.id)
    expect((await get('whole')).status.resources?.limits).toEqual({ cpu: '600m', memory: '160Mi' })
  }, 120_000)

  it('resizes a container up and down without restarting it', async () => {
    const before = await get('burstable')
    const was = (await engineLimits(before.metadata.uid)).get('c')
    for (const { cpu, memory } of [
      { cpu: 400, memory: 128 },
      { cpu: 150, memory: 48 },
    ]) {
      const resources = { requests: { cpu: `${cpu / 2}m`, memory: `${memory / 2}Mi` }, limits: { cpu: `${cpu}m`, memory: `${memory}Mi` } }
      expect((await resizeContainer('burstable', resources)).stderr).toBe('')
      const pod = await eventually(async () => {
        const found = await get('burstable')
        return found.status.containerStatuses?.[0]?.resources?.limits?.memory === resources.limits.memory && found
      })
      const engine = (await engineLimits(pod.metadata.uid)).get('c')
      const kernel = await kernelLimits(kubectl, `${in_} burstable`)
      console.log(`${was?.id.slice(0, 12)} resized to ${cpu}m, ${memory}Mi: ${engine?.id.slice(0, 12)} ${JSON.stringify(kernel)}`)
      expect(engine).toMatchObject({ id: was?.id, quota: cpu * 100, memory: memory * MiB, memorySwap: memory * MiB })
      expect(kernel).toMatchObject({ quota: cpu * 100, memory: memory * MiB })
      expect(pod.status.containerStatuses?.[0]).toMatchObject({ restartCount: 0, resources, allocatedResources: resources.requests })
      expect(pod.status.observedGeneration).toBe(pod.metadata.generation)
    }
    expect(await reasons('burstable')).toEqual(expect.arrayContaining(['ResizeStarted', 'ResizeCompleted']))
    const completed = (await events('burstable')).find(({ reason }) => reason === 'ResizeCompleted')
    expect(completed?.message).toMatch(/^Pod resize completed: \{"containers":\[\{"name":"c","resources":\{.*\],"generation":2\}$/)
  }, 120_000)

  it('restarts a container for a resource whose policy says so, and only for that', async () => {
    const { metadata } = await get('restarting')
    const was = (await engineLimits(metadata.uid)).get('c')
    await resizeContainer('restarting', { limits: { cpu: '300m' } })
    await eventually(async () => (await engineLimits(metadata.uid)).get('c')?.quota === 30_000)
    expect((await engineLimits(metadata.uid)).get('c')?.id).toBe(was?.id)
    await resizeContainer('restarting', { limits: { memory: '96Mi' } })
    const pod = await eventually(
      async () => {
        const found = await get('restarting')
        const [status] = found.status.containerStatuses ?? []
        return status?.restartCount === 1 && status.state?.running && found
      },
      { seconds: 90 },
    )
    const now = (await engineLimits(metadata.uid)).get('c')
    console.log(`${was?.id.slice(0, 12)} with ${was?.memory} was restarted as ${now?.id.slice(0, 12)} with ${now?.memory}`)
    expect(now).toMatchObject({ memory: 96 * MiB, quota: 30_000 })
    expect(now?.id).not.toBe(was?.id)
    expect(pod.status.containerStatuses?.[0]?.resources?.limits).toEqual({ cpu: '300m', memory: '96Mi' })
    const killing = (await events('restarting')).find(({ reason }) => reason === 'Killing')
    expect(killing?.message).toBe('Container c resize requires restart')
  }, 150_000)

  it('refuses resizes that change the quality of service or take limits away', async () => {
    const qos = await resizeContainer('best-effort', { requests: { cpu: '100m' } })
    expect(qos.stderr).toContain('Pod QOS Class may not change as a result of resizing')
    const removed = await resize('guaranteed', { containers: [{ name: 'c', resources: { limits: { memory: null } } }] })
    expect(removed.stderr).toContain('spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed')
  }, 120_000)

  it('does not lower a memory limit below what is in use, and does once there is less', async () => {
    const fill = 'dd if=/dev/zero of=/fill/it bs=1M count=24 && touch /tmp/full && sleep 100000'
    const filled = container(
      'c',
      { limits: { memory: '64Mi' } },
      { command: ['sh', '-c', fill], volumeMounts: [{ name: 'fill', mountPath: '/fill' }] },
    )
    await create(manifest('filled', [filled], { volumes: [{ name: 'fill', emptyDir: { medium: 'Memory' } }] }))
    await ready('filled')
    await eventually(() => kubectl(`exec ${in_} filled -- ls /tmp/full`), { seconds: 90 })
    await resizeContainer('filled', { requests: { memory: '16Mi' }, limits: { memory: '16Mi' } })
    const refused = await eventually(async () => condition(await get('filled'), 'PodResizeInProgress')?.reason === 'Error' && get('filled'))
    const why = condition(refused, 'PodResizeInProgress')
    console.log(`filled: ${why?.message}`)
    expect(why?.message).toMatch(
      /^cannot decrease memory limits: \[attempting to set pod memory limit \(16777216\) below current usage \(\d+\), attempting to set container "c" memory limit \(16777216\) below current usage \(\d+\)\]$/,
    )
    expect(refused.status.containerStatuses?.[0]?.resources?.limits?.memory).toBe('64Mi')
    expect(await reasons('filled')).toContain('ResizeError')
    await kubectl(`exec ${in_} filled -- sh -c 'rm /fill/*'`)
    await eventually(async () => condition(await get('filled'), 'PodResizeInProgress') === undefined, { seconds: 90 })
    expect(await kernelLimits(kubectl, `${in_} filled`)).toMatchObject({ memory: 16 * MiB })
  }, 240_000)

  it('says that a container was killed for its memory, now and as its last state', async () => {
    const pod = await eventually(
      async () => {
        const found = await get('hungry')
        const [status] = found.status.containerStatuses ?? []
        return (status?.restartCount ?? 0) >= 1 && status?.lastState?.terminated && status.state?.waiting && found
      },
      { seconds: 90 },
    )
    const [status] = pod.status.containerStatuses ?? []
    const ended = status?.lastState?.terminated
    console.log(
      `hungry: ${ended?.reason}, exit code ${ended?.exitCode} after ${seconds(Date.parse(ended?.finishedAt ?? '') - Date.parse(ended?.startedAt ?? ''))} s`,
    )
    expect(ended).toMatchObject({ reason: 'OOMKilled', exitCode: 137 })
    expect(status?.state?.waiting?.reason).toBe('CrashLoopBackOff')
  }, 120_000)

  it('defers what does not fit until another pod goes, across a restart of the agent; never gives what does not exist', async () => {
    const { status } = JSON.parse(await kubectl(`get node ${EXTRA} -o json`)) as Node
    const allocatable = quantityToNumber(status.allocatable?.memory ?? '0')
    const most = `${Math.floor((allocatable * 0.6) / MiB)}Mi`
    const here = { nodeName: EXTRA }
    await create(
      manifest('big', [container('c', { requests: { memory: most } })], here),
      manifest('waits', [container('c', { requests: { memory: '16Mi' } })], here),
      manifest('greedy', [container('c', { requests: { cpu: '10m' } })], here),
    )
    await ready('big', 'waits', 'greedy')
    await resizeContainer('greedy', { requests: { cpu: '1000' } })
    await resizeContainer('waits', { requests: { memory: most } })
    const greedy = await eventually(async () => condition(await get('greedy'), 'PodResizePending') && get('greedy'))
    expect(condition(greedy, 'PodResizePending')).toMatchObject({
      status: 'True',
      reason: 'Infeasible',
      message: `Node didn't have enough capacity: cpu, requested: 1000000, capacity: ${Number(status.allocatable?.cpu) * 1000}`,
      observedGeneration: 2,
    })
    const waits = await eventually(async () => condition(await get('waits'), 'PodResizePending') && get('waits'))
    const pending = condition(waits, 'PodResizePending')
    console.log(`waits: ${pending?.reason}: ${pending?.message}`)
    expect(pending).toMatchObject({
      reason: 'Deferred',
      message: expect.stringMatching(/^Node didn't have enough resource: memory, requested: \d+, used: \d+, capacity: \d+$/),
    })
    expect(waits.status.containerStatuses?.[0]?.allocatedResources).toEqual({ memory: '16Mi' })
    await docker('exec', extra.container, 'sh', '-c', 'kill -9 $(pidof node)')
    await kubectl(`delete pod big ${in_} --wait=false`)
    const gone = Date.now()
    const satisfied = await eventually(
      async () => {
        const found = await get('waits')
        return found.status.containerStatuses?.[0]?.allocatedResources?.['memory'] === most && found
      },
      { seconds: 90 },
    )
    console.log(`waits: granted ${seconds(Date.now() - gone)} s after the other pod was deleted and the agent killed`)
    expect(condition(satisfied, 'PodResizePending')).toBeUndefined()
    expect(satisfied.status.containerStatuses?.[0]?.restartCount).toBe(0)
    // Deferred is said again when the figures in it change.
    const said = await eventually(async () => {
      const all = new Set((await reasons('waits')).filter(reason => reason?.startsWith('Resize')))
      return all.has('ResizeCompleted') && [...all]
    })
    expect(said).toEqual(['ResizeDeferred', 'ResizeStarted', 'ResizeCompleted'])
    expect((await reasons('greedy')).filter(reason => reason?.startsWith('Resize'))).toEqual(['ResizeInfeasible'])
  }, 180_000)

  it('admits pods to a node as long as there is of what they ask, extended resources included', async () => {
    const dongle = '/status/capacity/example.com~1dongle'
    const patch = (change: object) => kubectl(`patch node ${EXTRA} --subresource status --type json -p '${JSON.stringify([change])}'`)
    await patch({ op: 'add', path: dongle, value: '1' })
    try {
      await eventually(async () => (await kubectl(`get node ${EXTRA} -o json`)).includes('"example.com/dongle": "1"'))
      await eventually(async () => {
        const node = JSON.parse(await kubectl(`get node ${EXTRA} -o json`)) as Node
        return node.status.allocatable?.['example.com/dongle'] === '1'
      })
      const asks = (name: string, limits: Record<string, string>) => manifest(name, [container('c', { limits })], { nodeName: EXTRA })
      await create(asks('has-dongle', { 'example.com/dongle': '1' }))
      await ready('has-dongle')
      await create(asks('no-dongle', { 'example.com/dongle': '1' }), asks('no-storage', { 'ephemeral-storage': '900Ti' }))
      const failed = await eventually(async () => {
        const all = [await get('no-dongle'), await get('no-storage')]
        return all.every(pod => pod.status.phase === 'Failed') && all
      })
      expect(failed.map(pod => pod.status.reason)).toEqual(['OutOfexample.com/dongle', 'OutOfephemeral-storage'])
      expect(failed[0]?.status.message).toBe(
        "Pod was rejected: Node didn't have enough resource: example.com/dongle, requested: 1, used: 1, capacity: 1",
      )
    } finally {
      await patch({ op: 'remove', path: dongle })
    }
  }, 120_000)
})
