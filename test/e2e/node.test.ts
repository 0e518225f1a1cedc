import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import type { Node } from '../../api/core/node.ts'
import { eventually } from '../support/eventually.ts'
import { extraNode, type ExtraNode } from '../support/extra-node.ts'
import { containerId, viewOf } from '../support/namespace-view.ts'
import { docker, kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-node'
const in_ = `-n ${NAMESPACE}`

const own = { KUBELING_REGISTER_WITH_TAINTS: 'e2e=node:NoSchedule', KUBELING_EVICTION_MONITORING_PERIOD: '1s' }
const settings = {
  hungry: {
    ...own,
    KUBELING_MEMORY: '400Mi',
    KUBELING_CPUS: '2',
    KUBELING_KUBE_RESERVED: 'cpu=200m,memory=10Mi',
    KUBELING_SYSTEM_RESERVED: 'cpu=100m',
    KUBELING_EVICTION_HARD: 'memory.available<340Mi',
    KUBELING_EVICTION_PRESSURE_TRANSITION_PERIOD: '12s',
    KUBELING_NODE_LABELS: 'topology.kubernetes.io/zone=z1,topology.kubernetes.io/region=r1',
    KUBELING_PROVIDER_ID: 'kubeling://extra',
    KUBELING_NODE_LEASE_DURATION_SECONDS: '30',
  },
  soft: {
    ...own,
    KUBELING_MEMORY: '400Mi',
    KUBELING_EVICTION_HARD: 'memory.available<10Mi',
    KUBELING_EVICTION_SOFT: 'memory.available<340Mi',
    KUBELING_EVICTION_SOFT_GRACE_PERIOD: 'memory.available=6s',
    KUBELING_EVICTION_MAX_POD_GRACE_PERIOD: '3',
  },
  full: {
    ...own,
    KUBELING_REGISTER_SCHEDULABLE: 'false',
    // Of any disk and any machine more is in use than this leaves.
    KUBELING_EVICTION_HARD: 'nodefs.available<99.9%,pid.available<99.9999%',
  },
  plain: own,
  off: { ...own, KUBELING_SHUTDOWN_GRACE_PERIOD: '9s', KUBELING_SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS: '4s' },
}
type Name = keyof typeof settings

const sh = (script: string, more: object = {}) => ({ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script], ...more })
/** A pod that uses 76 MiB: files in memory count as its container's. */
const greedy = (script: string) => ({
  containers: [sh(`head -c 80000000 /dev/zero > /memory/file; ${script}`, { volumeMounts: [{ name: 'memory', mountPath: '/memory' }] })],
  volumes: [{ name: 'memory', emptyDir: { medium: 'Memory' } }],
})
const podOn = (node: Name, name: string, spec: { containers: object[] } & Record<string, unknown>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { nodeName: nameOf(node), restartPolicy: 'Never', terminationGracePeriodSeconds: 30, ...spec },
})
const nameOf = (node: Name) => `extra-${node}`
const asList = (items: readonly object[]) => ({ input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
const apply = (...items: object[]) => kubectl(`apply ${in_} -f -`, asList(items))
const { get, podIn, eventOf } = viewOf(kubectl, NAMESPACE)
const conditionOf = ({ status }: { status: { conditions?: Node['status']['conditions'] | Pod['status']['conditions'] } }, type: string) =>
  status.conditions?.find(condition => condition.type === type)
const under = (node: ExtraNode, type: string, status: 'True' | 'False', seconds = 60) =>
  eventually(
    async () => {
      const condition = conditionOf(await node.get(), type)
      return condition?.status === status && condition
    },
    { seconds, what: `${type}=${status} of ${node.name}` },
  )
const taintsOf = ({ spec }: Node) => (spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)
const secondsBetween = (earlier: string | undefined, later: string | undefined) =>
  (Date.parse(later ?? '') - Date.parse(earlier ?? '')) / 1000
const print = (what: string, seconds: number) => process.stdout.write(`node: ${what}: ${seconds.toFixed(1)} s\n`)
/** The engine's own times have fractions of seconds. */
const finishedAt = async (containerId: string) => (await docker('inspect', '--format', '{{.State.FinishedAt}}', containerId)).trim()

describe('a node', () => {
  let namespace: AsyncDisposable
  const nodes = {} as Record<Name, ExtraNode>
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    const names = Object.keys(settings) as Name[]
    await Promise.all(names.map(async name => (nodes[name] = await extraNode(nameOf(name), { settings: settings[name] }))))
    // What takes its time begins at once: memory that runs short.
    await apply(
      podOn('hungry', 'modest', { containers: [sh('sleep 100000', { resources: { requests: { memory: '20Mi' } } })] }),
      podOn('hungry', 'greedy', greedy('sleep 100000')),
      podOn('soft', 'tolerated', greedy(`trap '' TERM; while :; do sleep 1; done`)),
    )
  }, 300_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
    await Promise.all(Object.values(nodes).map(node => node[Symbol.asyncDispose]()))
  }, 180_000)

  it('registers with what it was told, and keeps what is reserved from pods', async () => {
    const { metadata, spec, status } = await nodes.hungry.get()
    expect(metadata.labels).toMatchObject({ 'topology.kubernetes.io/zone': 'z1', 'topology.kubernetes.io/region': 'r1' })
    expect(spec).toMatchObject({
      providerID: 'kubeling://extra',
      taints: expect.arrayContaining([expect.objectContaining({ key: 'e2e', value: 'node' })]),
    })
    expect(status.capacity).toMatchObject({ cpu: '2', memory: '400Mi' })
    // 400 - 10 reserved - 340 of the eviction threshold.
    expect(status.allocatable).toMatchObject({ cpu: '1700m', memory: '50Mi' })
    expect(status.nodeInfo.bootID).toMatch(/^[0-9a-f-]{36}$/)
    expect(status.runtimeHandlers).toEqual([{ name: '', features: { recursiveReadOnlyMounts: false, userNamespaces: false } }])
    expect(status.features).toEqual({ supplementalGroupsPolicy: true })
    const lease = JSON.parse(await kubectl(`get lease extra-hungry -n kube-node-lease -o json`)) as { spec: object }
    expect(lease.spec).toMatchObject({ holderIdentity: 'extra-hungry', leaseDurationSeconds: 30 })
    const cordoned = await nodes.full.get()
    expect(cordoned.spec.unschedulable).toBe(true)
    expect(taintsOf(cordoned)).toContain('node.kubernetes.io/unschedulable:NoSchedule')
    await eventOf('Node', 'extra-full', 'NodeNotSchedulable')
    await eventOf('Node', 'extra-hungry', 'NodeHasSufficientMemory')
  }, 60_000)

  it('evicts who uses more memory than it asked for, and says so', async () => {
    const evicted = await podIn('greedy', 'Failed')
    const message =
      /^The node was low on resource: memory\. Threshold quantity: 340Mi, available: \d+Ki\. Container c was using \d+(Ki|Mi), request is 0, has larger consumption of memory\. $/
    expect(evicted.status).toMatchObject({ reason: 'Evicted', message: expect.stringMatching(message) })
    expect(conditionOf(evicted, 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'TerminationByKubelet',
      message: evicted.status.message,
    })
    expect(await eventOf('Pod', 'greedy', 'Evicted')).toMatchObject({
      type: 'Warning',
      message: evicted.status.message,
      metadata: { annotations: { starved_resource: 'memory', offending_containers: 'c' } },
    })
    expect(await eventOf('Node', 'extra-hungry', 'EvictionThresholdMet')).toMatchObject({
      type: 'Warning',
      message: 'Attempting to reclaim memory',
    })
    expect((await get('modest')).status.phase).toBe('Running')
  }, 90_000)

  it('is under memory pressure for the transition period, and takes no BestEffort pods meanwhile', async () => {
    const condition = await under(nodes.hungry, 'MemoryPressure', 'True')
    expect(condition).toMatchObject({ reason: 'KubeletHasInsufficientMemory', message: 'kubelet has insufficient memory available' })
    await apply(
      podOn('hungry', 'unwelcome', { containers: [sh('sleep 100000')] }),
      podOn('hungry', 'welcome', { containers: [sh('sleep 100000', { resources: { requests: { memory: '1Mi' } } })] }),
    )
    const refused = await podIn('unwelcome', 'Failed')
    expect(refused.status).toMatchObject({ reason: 'Evicted', message: 'Pod was rejected: The node had condition: [MemoryPressure]. ' })
    expect(taintsOf(await nodes.hungry.get())).toContain('node.kubernetes.io/memory-pressure:NoSchedule')
    await podIn('welcome', 'Running')
    const over = await under(nodes.hungry, 'MemoryPressure', 'False')
    const lasted = secondsBetween(condition.lastTransitionTime, over.lastTransitionTime)
    print('memory pressure with a transition period of 12 s', lasted)
    // Both times are whole seconds.
    expect(lasted).toBeGreaterThanOrEqual(10)
    await eventually(async () => !taintsOf(await nodes.hungry.get()).includes('node.kubernetes.io/memory-pressure:NoSchedule'))
    const told = await eventOf('Node', 'extra-hungry', 'NodeHasInsufficientMemory')
    expect(told).toMatchObject({ type: 'Normal', message: 'Node extra-hungry status is now: NodeHasInsufficientMemory' })
  }, 120_000)

  it('bears a soft threshold for its grace period, and gives pods time to end', async () => {
    const evicted = await podIn('tolerated', 'Failed')
    expect(evicted.status).toMatchObject({ reason: 'Evicted', message: expect.stringContaining('Threshold quantity: 340Mi') })
    const condition = await under(nodes.soft, 'MemoryPressure', 'True')
    const { firstTimestamp } = await eventOf('Pod', 'tolerated', 'Evicted')
    const borne = secondsBetween(condition.lastTransitionTime, firstTimestamp as string)
    const ending = secondsBetween(firstTimestamp as string, await finishedAt(containerId(evicted)))
    print('soft threshold with a grace period of 6 s', borne)
    print('a pod that does not end, with 3 s to do so', ending)
    expect(borne).toBeGreaterThanOrEqual(4)
    // It begins within the second that the event names.
    expect(ending).toBeGreaterThanOrEqual(2)
  }, 90_000)

  it('tells of a full disk and too many processes, and takes no pods at all', async () => {
    expect(await under(nodes.full, 'DiskPressure', 'True')).toMatchObject({
      reason: 'KubeletHasDiskPressure',
      message: 'kubelet has disk pressure',
    })
    expect(await under(nodes.full, 'PIDPressure', 'True')).toMatchObject({
      reason: 'KubeletHasInsufficientPID',
      message: 'kubelet has insufficient PID available',
    })
    await eventually(async () => {
      const taints = taintsOf(await nodes.full.get())
      return taints.includes('node.kubernetes.io/disk-pressure:NoSchedule') && taints.includes('node.kubernetes.io/pid-pressure:NoSchedule')
    })
    await apply(podOn('full', 'nowhere', { containers: [sh('sleep 1', { resources: { requests: { memory: '1Mi' } } })] }))
    const refused = await podIn('nowhere', 'Failed')
    expect(refused.status).toMatchObject({
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [DiskPressure PIDPressure]. ',
    })
    expect(await eventOf('Node', 'extra-full', 'EvictionThresholdMet')).toMatchObject({
      message: expect.stringMatching(/^Attempting to reclaim (ephemeral-storage|pids)$/),
    })
  }, 60_000)

  it('evicts pods that outgrow a limit on local storage', async () => {
    const write = 'head -c 3000000 /dev/zero > /written; sleep 100000'
    const limited = (storage: string) => ({ resources: { limits: { 'ephemeral-storage': storage } } })
    await apply(
      podOn('plain', 'big-pod', { containers: [sh(write, limited('1Mi'))] }),
      podOn('plain', 'big-container', { containers: [sh(write, limited('1Mi')), { ...sh('sleep 100000', limited('50Mi')), name: 'd' }] }),
      podOn('plain', 'big-volume', {
        containers: [sh('head -c 3000000 /dev/zero > /data/written; sleep 100000', { volumeMounts: [{ name: 'v', mountPath: '/data' }] })],
        volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi' } }],
      }),
      podOn('plain', 'small', { containers: [sh(write, limited('100Mi'))] }),
    )
    const messages = {
      'big-pod': 'Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ',
      'big-container': 'Container c exceeded its local ephemeral storage limit "1Mi". ',
      'big-volume': 'Usage of EmptyDir volume "v" exceeds the limit "1Mi". ',
    }
    for (const [name, message] of Object.entries(messages)) {
      const evicted = await podIn(name, 'Failed')
      expect(evicted.status).toMatchObject({ reason: 'Evicted', message })
      expect(conditionOf(evicted, 'DisruptionTarget')).toBeUndefined()
      expect(await eventOf('Pod', name, 'Evicted')).toMatchObject({ message })
    }
    expect((await get('small')).status.phase).toBe('Running')
  }, 90_000)

  it('ends its pods in the order of their priorities when it is switched off, and takes no new ones', async () => {
    const critical = podOn('off', 'critical', {
      containers: [sh('sleep 100000 & trap "exit 0" TERM; wait')],
      priorityClassName: 'system-node-critical',
    })
    await apply(
      podOn('off', 'deaf', { containers: [sh(`trap '' TERM; while :; do sleep 1; done`)] }),
      podOn('off', 'quick', { containers: [sh('sleep 100000 & trap "exit 0" TERM; wait')] }),
    )
    await kubectl('apply -n kube-system -f -', asList([critical]))
    await Promise.all([podIn('deaf', 'Running'), podIn('quick', 'Running')])
    await kubectl('wait -n kube-system --for=condition=Ready pod/critical --timeout=60s', { timeoutSeconds: 70 })
    const began = new Date().toISOString()
    await docker('kill', '--signal', 'PWR', nodes.off.container)
    const ready = await under(nodes.off, 'Ready', 'False', 20)
    expect(ready).toMatchObject({ reason: 'KubeletNotReady', message: 'node is shutting down' })
    await apply(podOn('off', 'late', { containers: [sh('sleep 1')] }))
    const late = await podIn('late', 'Failed')
    expect(late.status).toMatchObject({
      reason: 'NodeShutdown',
      message: 'Pod was rejected: Pod was rejected as the node is shutting down.',
    })
    const state = () => docker('inspect', '--format', '{{.State.Status}}', nodes.off.container)
    await eventually(async () => (await state()).trim() === 'exited', { seconds: 60, what: 'a node that is off' })
    const [deaf, quick, important] = await Promise.all([
      podIn('deaf', 'Failed'),
      podIn('quick', 'Failed'),
      kubectl('get pod critical -n kube-system -o json').then(text => JSON.parse(text) as Pod),
    ])
    const message = 'Pod was terminated in response to imminent node shutdown.'
    for (const { status } of [deaf, quick, important]) expect(status).toMatchObject({ phase: 'Failed', reason: 'Terminated', message })
    expect(conditionOf(deaf, 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'TerminationByKubelet', message })
    const ended = await Promise.all([deaf, quick, important].map(async pod => secondsBetween(began, await finishedAt(containerId(pod)))))
    const [deafEnded = 0, quickEnded = 0, criticalEnded = 0] = ended
    print('a pod that does not end, with 5 of 9 s', deafEnded)
    print('a pod that ends when it is told', quickEnded)
    print('a critical pod, after all others', criticalEnded)
    // The engine notes an end when it comes to hear of it: a second is left to it.
    expect(deafEnded).toBeGreaterThanOrEqual(4)
    expect(quickEnded).toBeLessThan(deafEnded)
    expect(criticalEnded).toBeGreaterThanOrEqual(deafEnded - 1)
    expect(await eventOf('Node', 'extra-off', 'NodeShutdown')).toMatchObject({ message: 'Shutdown manager detected shutdown event' })
    await kubectl('delete pod critical -n kube-system --grace-period=0 --force')
  }, 150_000)
})
