import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-controllers'
const in_ = `-n ${NAMESPACE}`
const busybox = (more = '') =>
  `{ terminationGracePeriodSeconds: 1, containers: [{ name: c, image: "busybox:1.36", imagePullPolicy: IfNotPresent, command: [sleep, "1000"] }]${more} }`
const lines = (text: string) => text.trim().split('\n').filter(Boolean)

describe('controllers on real Docker', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
  }, 60_000)
  afterAll(async () => {
    await kubectl('label nodes --all kubeling-e2e-')
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it('start a StatefulSet in order, roll it out above a partition, then all of it, and back', async () => {
    const manifest = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web }
spec:
  serviceName: web
  replicas: 2
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: ${busybox()} }
`
    await kubectl(`apply ${in_} -f -`, { input: manifest })
    expect(await kubectl(`rollout status statefulset/web ${in_} --timeout=60s`)).toContain('partitioned roll out complete: 2 new pods')
    expect(await kubectl(`exec ${in_} web-1 -- hostname`)).toBe('web-1\n')
    await kubectl(`patch statefulset web ${in_} -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}}'`)
    await kubectl(`set env statefulset/web ${in_} ROUND=2`)
    const status = await kubectl(`rollout status statefulset/web ${in_} --timeout=60s`)
    expect(status).toContain('partitioned roll out complete: 1 new pods have been updated...')
    const rounds = await kubectl(
      `get pods ${in_} -l app=web -o 'jsonpath={range .items[*]}{.metadata.name}={.spec.containers[0].env[0].value} {end}'`,
    )
    expect(rounds.trim()).toBe('web-0= web-1=2')
    expect(lines(await kubectl(`rollout history statefulset/web ${in_}`)).map(line => line.split(/\s+/)[0])).toEqual([
      'statefulset.apps/web',
      'REVISION',
      '1',
      '2',
    ])
    await kubectl(`rollout undo statefulset/web ${in_}`)
    await kubectl(`patch statefulset web ${in_} -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`)
    await kubectl(`rollout status statefulset/web ${in_} --timeout=60s`)
    await kubectl(`scale statefulset web ${in_} --replicas=1`)
    await kubectl(`wait ${in_} --for=delete pod/web-1 --timeout=30s`)
    expect(await kubectl(`describe statefulset web ${in_}`)).toContain('delete Pod web-1 in StatefulSet web successful')
  }, 120_000)

  it('run a DaemonSet where node labels say so, and roll it out and back', async () => {
    const manifest = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: logs }
spec:
  selector: { matchLabels: { app: logs } }
  template: { metadata: { labels: { app: logs } }, spec: ${busybox(', nodeSelector: { kubeling-e2e: "yes" }')} }
`
    await kubectl(`apply ${in_} -f -`, { input: manifest })
    // The cluster's own; other tests bring nodes that come and go.
    const nodes = ['node-1', 'node-2']
    const running = async () =>
      lines(await kubectl(`get pods ${in_} -l app=logs -o 'jsonpath={range .items[*]}{.spec.nodeName}{"\\n"}{end}'`)).sort()
    await kubectl(`label node ${nodes.join(' ')} kubeling-e2e-`)
    await kubectl(`label node ${nodes[0]} kubeling-e2e=yes`)
    await eventually(async () => (await running()).join() === nodes[0])
    await kubectl(`label node ${nodes[1]} kubeling-e2e=yes`)
    await eventually(async () => (await running()).join() === [nodes[0], nodes[1]].sort().join())
    await kubectl(`label node ${nodes[0]} kubeling-e2e-`)
    await eventually(async () => (await running()).join() === nodes[1])
    await kubectl(`set env daemonset/logs ${in_} ROUND=2`)
    expect(await kubectl(`rollout status daemonset/logs ${in_} --timeout=60s`)).toContain('successfully rolled out')
    await kubectl(`rollout undo daemonset/logs ${in_} --to-revision=1`)
    await kubectl(`rollout status daemonset/logs ${in_} --timeout=60s`)
    expect(lines(await kubectl(`rollout history daemonset/logs ${in_}`)).map(line => line.split(/\s+/)[0])).toEqual([
      'daemonset.apps/logs',
      'REVISION',
      '2',
      '3',
    ])
  }, 120_000)

  it('keep the pods of a ReplicationController, and undo a Deployment’s rollout', async () => {
    const manifest = `
apiVersion: v1
kind: ReplicationController
metadata: { name: old }
spec: { replicas: 2, template: { metadata: { labels: { app: old } }, spec: ${busybox()} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  replicas: 2
  selector: { matchLabels: { app: app } }
  template: { metadata: { labels: { app: app } }, spec: ${busybox()} }
`
    await kubectl(`apply ${in_} -f -`, { input: manifest })
    await kubectl(`rollout status deployment/app ${in_} --timeout=60s`)
    await kubectl(`annotate deployment/app ${in_} kubernetes.io/change-cause=second`)
    await kubectl(`set env deployment/app ${in_} ROUND=2`)
    await kubectl(`rollout status deployment/app ${in_} --timeout=60s`)
    expect(await kubectl(`rollout history deployment/app ${in_}`)).toMatch(/2 +second/)
    await kubectl(`rollout undo deployment/app ${in_}`)
    await kubectl(`rollout status deployment/app ${in_} --timeout=60s`)
    expect(await kubectl(`get deployment app ${in_} -o 'jsonpath={.spec.template.spec.containers[0].env}'`)).toBe('')
    await kubectl(`scale rc old ${in_} --replicas=1`)
    await eventually(async () => (await kubectl(`get rc old ${in_} --no-headers`)).trim().split(/\s+/).slice(0, 4).join() === 'old,1,1,1')
  }, 120_000)
})
