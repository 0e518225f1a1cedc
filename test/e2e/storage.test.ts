import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Pod } from '../../api/core/pod.ts'
import type { PersistentVolumeClaim } from '../../api/core/persistent-volume-claim.ts'
import { eventually } from '../support/eventually.ts'
import { docker, kubectlOfCluster, ownNamespace, serviceContainer } from '../support/test-cluster.ts'

const kubectl = kubectlOfCluster()
const NAMESPACE = 'e2e-storage'
const in_ = `-n ${NAMESPACE}`
const get = async <T>(what: string): Promise<T> => JSON.parse(await kubectl(`get ${what} ${in_} -o json`)) as T
const apply = (input: string) => kubectl(`apply ${in_} -f -`, { input })
/** Pods that start at once and end at once. */
const container = 'image: busybox:1.36, imagePullPolicy: IfNotPresent'
const forever = 'trap exit TERM; while :; do sleep 1 & wait; done'

const counters = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: counter }
spec:
  serviceName: counter
  replicas: 2
  podManagementPolicy: Parallel
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete, whenScaled: Retain }
  selector: { matchLabels: { app: counter } }
  template:
    metadata: { labels: { app: counter } }
    spec:
      terminationGracePeriodSeconds: 2
      containers:
        - { name: c, ${container}, command: [sh, -c, 'hostname >> /data/starts; ${forever}'], volumeMounts: [{ name: data, mountPath: /data }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 16Mi } } }
`

const byHand = (path: string) => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: ${NAMESPACE} }
spec:
  capacity: { storage: 5Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: manual
  hostPath: { path: ${path}, type: DirectoryOrCreate }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: by-hand }
spec: { accessModes: [ReadWriteOnce], storageClassName: manual, resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: reader }
spec:
  terminationGracePeriodSeconds: 1
  securityContext: { fsGroup: 2000 }
  containers:
    - name: c
      ${container.replace(', ', '\n      ')}
      command: [sh, -c, 'echo one > /part/file; id > /scratch/id; ${forever}']
      volumeMounts:
        - { name: kept, mountPath: /part, subPath: some/part }
        - { name: kept, mountPath: /whole, readOnly: true }
        - { name: scratch, mountPath: /scratch }
  volumes:
    - { name: kept, persistentVolumeClaim: { claimName: by-hand } }
    - name: scratch
      ephemeral:
        volumeClaimTemplate:
          spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
`

/** A container counts as ready when it has started: what it does first may come a moment later. */
const shows = (pod: string, file: string, wanted: string | RegExp) =>
  eventually(async () => {
    const text = await kubectl(`exec ${in_} ${pod} -- cat ${file}`)
    return typeof wanted === 'string' ? text === wanted : wanted.test(text)
  })
const hasStarted = (pod: string, times: number) => shows(pod, '/data/starts', `${pod}\n`.repeat(times))
const settled = () => kubectl(`rollout status statefulset/counter ${in_} --timeout=60s`)

describe('storage on real Docker', () => {
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, NAMESPACE)
  }, 60_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
    await kubectl(`delete pv ${NAMESPACE} --ignore-not-found --wait=false`)
  }, 120_000)

  it('gives each pod of a StatefulSet a volume of its own, on its node', async () => {
    await apply(counters)
    await settled()
    const { items } = await get<{ items: PersistentVolumeClaim[] }>('pvc -l app=counter')
    expect(items.map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
      ['data-counter-0', 'Bound'],
      ['data-counter-1', 'Bound'],
    ])
    expect(await kubectl(`get sc`)).toMatch(/^standard \(default\) +kubeling\.io\/node-directory +Delete +WaitForFirstConsumer +true +/m)
    expect(await kubectl(`get pv,pvc ${in_}`)).toMatch(
      new RegExp(`^persistentvolume/pvc-\\S+ +16Mi +RWO +Delete +Bound +${NAMESPACE}/data-counter-0 +standard +<unset> +`, 'm'),
    )
    const described = await kubectl(`describe pvc data-counter-0 ${in_}`)
    expect(described).toMatch(/^Used By: +counter-0$/m)
    for (const reason of ['WaitFor', 'ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded']) expect(described).toContain(reason)
    await hasStarted('counter-0', 1)
    await hasStarted('counter-1', 1)
  }, 90_000)

  it('keeps what is in it when the pod is deleted, and when the set is scaled down and up', async () => {
    const before = await get<Pod>('pod counter-1')
    await kubectl(`delete pod counter-1 ${in_}`)
    await settled()
    const after = await get<Pod>('pod counter-1')
    expect([after.metadata.uid === before.metadata.uid, after.spec.nodeName]).toEqual([false, before.spec.nodeName])
    await hasStarted('counter-1', 2)
    await kubectl(`scale statefulset counter --replicas=1 ${in_}`)
    await kubectl(`wait pod/counter-1 --for=delete ${in_} --timeout=60s`)
    await kubectl(`scale statefulset counter --replicas=2 ${in_}`)
    await settled()
    await hasStarted('counter-1', 3)
  }, 180_000)

  it('makes a claim larger', async () => {
    const body = JSON.stringify({ spec: { resources: { requests: { storage: '32Mi' } } } })
    await kubectl(`patch pvc data-counter-0 ${in_} -p '${body}'`)
    await eventually(async () => (await get<PersistentVolumeClaim>('pvc data-counter-0')).status.capacity?.['storage'] === '32Mi')
  }, 30_000)

  it('takes claims, volumes and data away with the set', async () => {
    const pod = await get<Pod>('pod counter-0')
    const volume = (await get<PersistentVolumeClaim>('pvc data-counter-0')).spec.volumeName ?? ''
    const node = await serviceContainer(pod.spec.nodeName ?? '')
    const kept = () => docker('exec', node, 'ls', '/var/lib/kubeling/volumes')
    expect(await kept()).toContain(volume)
    await kubectl(`delete statefulset counter ${in_}`)
    await eventually(async () => !(await kubectl('get pv')).includes(NAMESPACE), { seconds: 40 })
    expect(await kept()).not.toContain(volume)
  }, 90_000)

  it('mounts volumes made by hand, parts of them, and volumes of a pod’s own', async () => {
    await apply(byHand(`/tmp/kubeling-e2e-${process.pid}`))
    await kubectl(`wait pod/reader --for=condition=Ready ${in_} --timeout=90s`)
    await shows('reader', '/whole/some/part/file', 'one\n')
    await expect(kubectl(`exec ${in_} reader -- touch /whole/file`)).rejects.toThrow('Read-only file system')
    expect(await kubectl(`exec ${in_} reader -- stat -c '%g %a' /scratch`)).toBe('2000 2777\n')
    await shows('reader', '/scratch/id', /\b2000\b/)
    expect(await kubectl(`get pvc ${in_}`)).toMatch(/^reader-scratch +Bound +pvc-\S+ +1Mi +RWO +standard +/m)
    await kubectl(`delete pod reader ${in_}`)
    await eventually(async () => !(await kubectl(`get pvc ${in_} -o name`)).includes('reader-scratch'))
    await kubectl(`delete pvc by-hand ${in_}`)
    await eventually(async () => /Released/.test(await kubectl(`get pv ${NAMESPACE}`)))
  }, 150_000)
})
