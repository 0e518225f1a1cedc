import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { extraNode, type ExtraNode } from '../support/extra-node.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-scheduling'
const NODE = 'node-scheduling'
const in_ = `-n ${NAMESPACE}`

interface Shape {
  readonly tolerations?: readonly string[]
  readonly cpu?: string
  readonly priorityClassName?: string
}
/** A pod that can only go to the node of this test. */
const pinned = (name: string, { tolerations = [], cpu = '1m', priorityClassName = '' }: Shape = {}) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 1
  nodeSelector: { kubernetes.io/hostname: ${NODE} }
  priorityClassName: "${priorityClassName}"
  tolerations: [${['{ key: extra, operator: Exists }', ...tolerations].join(', ')}]
  containers:
    - { name: c, image: "busybox:1.36", imagePullPolicy: IfNotPresent, command: [sleep, "1000"], resources: { requests: { cpu: ${cpu} } } }
`
const create = (...manifests: string[]) => kubectl(`create ${in_} -f -`, { input: manifests.join('---') })
const running = (...names: string[]) =>
  kubectl(`wait ${in_} --for=condition=Ready ${names.map(name => `pod/${name}`).join(' ')} --timeout=90s`, { timeoutSeconds: 100 })
const gone = (name: string) => kubectl(`wait ${in_} --for=delete pod/${name} --timeout=90s`, { timeoutSeconds: 100 })
const events = (name: string, reason: string) =>
  kubectl(`get events ${in_} --field-selector involvedObject.name=${name},reason=${reason} -o 'jsonpath={.items[*].message}'`)

describe('scheduling on real Docker', () => {
  let namespace: AsyncDisposable
  let node: ExtraNode
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
    node = await extraNode(NODE)
  }, 180_000)
  afterAll(async () => {
    await kubectl('delete priorityclass e2e-important --ignore-not-found')
    await namespace[Symbol.asyncDispose]()
    await node[Symbol.asyncDispose]()
  }, 180_000)

  it('evicts by taints, at once or after a while, and lets pods in again when they are gone', async () => {
    const tolerating = (seconds = '') => `{ key: e2e, operator: Exists, effect: NoExecute${seconds} }`
    await create(
      pinned('plain'),
      pinned('brief', { tolerations: [tolerating(', tolerationSeconds: 5')] }),
      pinned('patient', { tolerations: [tolerating()] }),
    )
    await running('plain', 'brief', 'patient')
    await kubectl(`taint node ${NODE} e2e=x:NoExecute`)
    await gone('plain')
    await gone('brief')
    expect(await events('plain', 'TaintManagerEviction')).toContain(`Marking for deletion Pod ${NAMESPACE}/plain`)
    expect(await kubectl(`get pod patient ${in_} -o 'jsonpath={.status.phase} {.metadata.deletionTimestamp}'`)).toBe('Running ')
    await create(pinned('late'))
    // Nodes of other tests may have taints, too.
    await eventually(async () => /\d node\(s\) had untolerated taint\(s\)/.test(await events('late', 'FailedScheduling')))
    expect(await kubectl(`describe pod late ${in_}`)).toMatch(/Warning +FailedScheduling .*default-scheduler +0\/\d+ nodes are available: /)
    await kubectl(`taint node ${NODE} e2e-`)
    await running('late')
    await kubectl(`delete pod late patient ${in_}`)
  }, 300_000)

  it('makes a less important pod leave for a more important one', async () => {
    await kubectl('create priorityclass e2e-important --value=1000 --description=e2e')
    const { status } = await node.get()
    const cpu = status.allocatable?.['cpu'] ?? ''
    const most = `${Math.floor((cpu.endsWith('m') ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000) * 0.7)}m`
    await create(pinned('low', { cpu: most }))
    await running('low')
    await create(pinned('high', { cpu: most, priorityClassName: 'e2e-important' }))
    await gone('low')
    await running('high')
    const uid = await kubectl(`get pod high ${in_} -o 'jsonpath={.metadata.uid}'`)
    expect(await events('low', 'Preempted')).toBe(`Preempted by pod ${uid} on node ${NODE}`)
    expect(await kubectl(`get pod high ${in_} -o 'jsonpath={.spec.priority} {.status.nominatedNodeName}'`)).toBe('1000 ')
  }, 240_000)
})

describe('a HorizontalPodAutoscaler on real Docker', () => {
  const other = 'e2e-autoscaler'
  const at = `-n ${other}`
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, other)
  }, 60_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  const replicas = async () => Number(await kubectl(`get deployment load ${at} -o 'jsonpath={.spec.replicas}'`))

  it('follows the load that containers really make, up and down', async () => {
    // Busy as long as the file is there.
    const script = 'while :; do if [ -f /tmp/busy ]; then :; else sleep 0.2; fi; done'
    const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: load }
spec:
  replicas: 1
  selector: { matchLabels: { app: load } }
  template:
    metadata: { labels: { app: load } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: c
          image: busybox:1.36
          imagePullPolicy: IfNotPresent
          command: [sh, -c, "${script}"]
          resources: { requests: { cpu: 50m }, limits: { cpu: 200m } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: load }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: load }
  minReplicas: 1
  maxReplicas: 3
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } } }]
  behavior:
    scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: Pods, value: 4, periodSeconds: 15 }] }
    scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: Pods, value: 4, periodSeconds: 15 }] }
`
    await kubectl(`apply ${at} -f -`, { input: manifest })
    await kubectl(`rollout status deployment/load ${at} --timeout=60s`)
    const pod = await kubectl(`get pods ${at} -l app=load -o 'jsonpath={.items[0].metadata.name}'`)
    await kubectl(`exec ${at} ${pod} -- touch /tmp/busy`)
    await eventually(async () => (await replicas()) === 3, { seconds: 120, what: 'three replicas under load' })
    await eventually(async () => /cpu: \d+%\/60% +1 +3 +3 /.test(await kubectl(`get hpa load ${at}`)), { seconds: 60 })
    expect(await kubectl(`describe hpa load ${at}`)).toMatch(
      /Normal +SuccessfulRescale .*New size: [23]; reason: cpu resource utilization \(percentage of request\) above target/,
    )
    await kubectl(`exec ${at} ${pod} -- rm /tmp/busy`)
    await eventually(async () => (await replicas()) === 1, { seconds: 120, what: 'one replica without load' })
    expect(await kubectl(`describe hpa load ${at}`)).toMatch(/SuccessfulRescale .*New size: 1; reason: All metrics below target/)
  }, 400_000)
})
