import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { kubectlAt, kubectlPaths, words, type Kubectl } from '../support/kubectl.ts'
import { must } from '../support/shell.ts'
import { ownNamespace, testCluster } from '../support/test-cluster.ts'

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: c
          image: busybox:1.36
          command: [sh, -c, 'i=0; while :; do echo line $i; i=$((i+1)); sleep 0.2; done']
`

const header = (text: string) => (text.split('\n')[0] ?? '').trim().split(/\s{2,}/)

/** Runs kubectl until its output contains `wanted`, then stops it; for commands that never end. */
function untilOutput(kubectl: Kubectl, args: string, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(kubectl.path, words(args), { env: { ...process.env, ...kubectl.env } })
    let output = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`kubectl ${args} did not print ${wanted}: ${output}`))
    }, 20_000)
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      if (!wanted.test(output)) return
      clearTimeout(timer)
      child.kill('SIGKILL')
      resolve(output)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
  })
}

const kubectls = kubectlPaths().map(path => kubectlAt(path, testCluster.kubeconfig))

describe.each(kubectls.map(kubectl => [kubectl.version, kubectl] as const))('kubectl %s', (version, kubectl) => {
  const name = `compat-${version.replaceAll(/[^0-9]+/g, '-').replace(/^-|-$/g, '')}`
  const in_ = `-n ${name}`
  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, name)
  }, 60_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  it('applies a manifest, once as created, then as unchanged, then as configured', async () => {
    expect(await kubectl(`apply ${in_} -f -`, { input: deployment })).toBe('deployment.apps/web created\n')
    expect(await kubectl(`apply ${in_} -f -`, { input: deployment })).toBe('deployment.apps/web unchanged\n')
    expect(await kubectl(`apply ${in_} -f -`, { input: deployment.replace('replicas: 2', 'replicas: 1') })).toBe(
      'deployment.apps/web configured\n',
    )
    expect(await kubectl(`rollout status deployment/web ${in_} --timeout=60s`)).toContain('successfully rolled out')
  }, 90_000)

  it("prints upstream's columns", async () => {
    expect(header(await kubectl(`get deployments ${in_} -o wide`))).toEqual([
      'NAME',
      'READY',
      'UP-TO-DATE',
      'AVAILABLE',
      'AGE',
      'CONTAINERS',
      'IMAGES',
      'SELECTOR',
    ])
    expect(header(await kubectl(`get pods ${in_} -o wide`))).toEqual([
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ])
    expect(header(await kubectl('get nodes -o wide'))).toEqual([
      'NAME',
      'STATUS',
      'ROLES',
      'AGE',
      'VERSION',
      'INTERNAL-IP',
      'EXTERNAL-IP',
      'OS-IMAGE',
      'KERNEL-VERSION',
      'CONTAINER-RUNTIME',
    ])
    expect(header(await kubectl('get services -A -o wide'))).toEqual([
      'NAMESPACE',
      'NAME',
      'TYPE',
      'CLUSTER-IP',
      'EXTERNAL-IP',
      'PORT(S)',
      'AGE',
      'SELECTOR',
    ])
    expect(header(await kubectl(`get replicasets ${in_}`))).toEqual(['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'])
    expect(header(await kubectl(`get events ${in_}`))).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'])
    expect(await kubectl(`get pods ${in_} --no-headers`)).toMatch(/^web-[a-z0-9]+-[a-z0-9]{5}\s+1\/1\s+Running\s+0\s+\d+s\n$/)
    for (const kind of ['namespaces', 'configmaps', 'secrets', 'serviceaccounts', 'endpoints', 'endpointslices', 'leases', 'events'])
      await kubectl(`get ${kind} -A -o wide`)
  }, 60_000)

  it('prints objects as YAML, JSON, names and by jsonpath', async () => {
    expect(await kubectl(`get deployment web ${in_} -o yaml`)).toContain('kind: Deployment')
    expect(JSON.parse(await kubectl(`get deployment web ${in_} -o json`))).toMatchObject({ apiVersion: 'apps/v1', spec: { replicas: 1 } })
    expect(await kubectl(`get deployment ${in_} -o name`)).toBe('deployment.apps/web\n')
    expect(await kubectl(`get deployment web ${in_} -o jsonpath={.status.readyReplicas}`)).toBe('1')
  }, 60_000)

  it('watches', async () => {
    const watching = untilOutput(kubectl, `get configmaps ${in_} -w --no-headers`, /watched/)
    await new Promise(resolve => setTimeout(resolve, 500))
    await kubectl(`create configmap watched ${in_} --from-literal=a=b`)
    expect(await watching).toMatch(/watched\s+1/)
  }, 60_000)

  it('describes deployments, pods and nodes', async () => {
    const text = await kubectl(`describe deployment web ${in_}`)
    expect(text).toMatch(/Replicas:\s+1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable/)
    expect(text).toMatch(/Normal\s+ScalingReplicaSet\s+\S+\s+deployment-controller\s+Scaled up replica set web-/)
    const pod = await kubectl(`describe pods ${in_}`)
    expect(pod).toMatch(/Normal\s+Scheduled\s+\S+\s+default-scheduler\s+Successfully assigned compat-\S+ to node-\d/)
    expect(pod).toMatch(/Normal\s+Started\s+\S+\s+kubelet/)
    expect(await kubectl('describe node node-1')).toMatch(/KubeletReady\s+kubelet is posting ready status/)
  }, 60_000)

  it('creates with its generators, and deletes', async () => {
    await kubectl(`create deployment made ${in_} --image=busybox:1.36 -- sleep 1000`)
    await kubectl(`create secret generic made ${in_} --from-literal=key=value`)
    await kubectl(`create serviceaccount made ${in_}`)
    await kubectl(`create service clusterip made ${in_} --tcp=80:8080`)
    await kubectl(`run made ${in_} --image=busybox:1.36 --restart=Never -- true`)
    expect(await kubectl(`delete deployment,secret,serviceaccount,service,pod made ${in_}`, { timeoutSeconds: 90 })).toContain(
      'deployment.apps "made" deleted',
    )
  }, 120_000)

  it('scales, labels, annotates and waits', async () => {
    expect(await kubectl(`scale deployment web --replicas=2 ${in_}`)).toBe('deployment.apps/web scaled\n')
    expect(await kubectl(`wait --for=condition=Available deployment/web ${in_} --timeout=30s`)).toBe('deployment.apps/web condition met\n')
    expect(await kubectl(`label deployment web tier=front ${in_}`)).toBe('deployment.apps/web labeled\n')
    expect(await kubectl(`annotate deployment web note=hello ${in_}`)).toMatch(/^deployment.apps\/web annotated?\n$/)
    expect(await kubectl(`get deployment -l tier=front ${in_} -o jsonpath={.items[0].metadata.annotations.note}`)).toBe('hello')
    await eventually(async () => (await kubectl(`get deployment web ${in_} -o jsonpath={.status.readyReplicas}`)) === '2')
    await kubectl(`wait --for=delete pod/none ${in_} --timeout=5s`)
  }, 90_000)

  it('explains fields and lists resources', async () => {
    expect(await kubectl('explain pod.spec.containers.image')).toMatch(/FIELD:\s+image/)
    expect(await kubectl('explain deployment')).toMatch(/KIND:\s+Deployment/)
    const resources = await kubectl('api-resources')
    expect(header(resources)).toEqual(['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'])
    expect(resources).toMatch(/deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/)
    expect(await kubectl('api-versions')).toContain('apps/v1')
  }, 60_000)

  it('follows logs', async () => {
    expect(await untilOutput(kubectl, `logs -f deployment/web ${in_} --tail=2`, /line \d+\nline \d+\nline \d+\nline \d+\n/)).toContain(
      'line',
    )
    expect((await kubectl(`logs deployment/web ${in_} --tail=3`)).trim().split('\n')).toHaveLength(3)
  }, 60_000)

  it('executes commands, with their exit codes, input and a terminal', async () => {
    expect(await kubectl(`exec ${in_} deployment/web -- echo hello`)).toBe('hello\n')
    expect((await kubectl.try(`exec ${in_} deployment/web -- sh -c 'exit 3'`)).code).toBe(3)
    expect(await kubectl(`exec -i ${in_} deployment/web -- cat`, { input: 'through\n' })).toBe('through\n')
    // `script` gives kubectl a terminal, as a person has one.
    const command = words(`exec -it ${in_} deployment/web -- tty`)
    const terminal = await must('script', ['-qec', [kubectl.path, ...command].join(' '), '/dev/null'], { env: kubectl.env })
    expect(terminal).toMatch(/\/dev\/pts\/\d/)
  }, 60_000)

  it('forwards a port', async () => {
    await kubectl(`run served ${in_} --image=busybox:1.36 -- httpd -f -p 8080 -h /etc`)
    await kubectl(`wait --for=condition=Ready pod/served ${in_} --timeout=30s`)
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const child = spawn(kubectl.path, words(`port-forward pod/served ${port}:8080 ${in_}`), { env: { ...process.env, ...kubectl.env } })
    try {
      const text = await eventually(async () => (await fetch(`http://127.0.0.1:${port}/hostname`)).text(), { seconds: 15 })
      expect(text.trim()).toBe('served')
    } finally {
      child.kill('SIGKILL')
    }
    await kubectl(`delete pod served ${in_} --grace-period=0 --force`)
  }, 90_000)
})
