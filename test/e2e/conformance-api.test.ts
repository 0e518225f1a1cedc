import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { words } from '../support/kubectl.ts'
import { ReportPods, scriptPod } from '../support/report-pods.ts'
import { kubectlOfCluster, ownNamespace } from '../support/test-cluster.ts'

const NAMESPACE = 'e2e-conformance-api'
const kubectl = kubectlOfCluster()
const pods = new ReportPods(kubectl, NAMESPACE)
const in_ = `-n ${NAMESPACE}`
const image = 'busybox:1.36'
const path = `/api/v1/namespaces/${NAMESPACE}`
const account = '/var/run/secrets/kubernetes.io/serviceaccount'

/** A controller whose pods keep one port open. */
const controller = (name: string, replicas: number) => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas,
    selector: { app: name },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image, command: ['httpd', '-f', '-p', '6379', '-h', '/etc'], ports: [{ containerPort: 6379 }] }],
      },
    },
  },
})

/** A web server whose pages are scripts, and the service before it. */
function tier(name: string, scripts: Readonly<Record<string, string>>): object[] {
  const write = Object.entries(scripts).map(
    ([page, script]) => `printf '#!/bin/sh\\nprintf "Content-Type: text/plain\\\\n\\\\n"\\n%s\\n' '${script}' > /www/cgi-bin/${page}`,
  )
  const command = ['mkdir -p /www/cgi-bin', ...write, 'chmod +x /www/cgi-bin/*', 'exec httpd -f -p 80 -h /www'].join('\n')
  const labels = { app: 'guestbook', tier: name }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image, command: ['sh', '-c', command] }] },
        },
      },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec: { selector: labels, ports: [{ port: 80 }] } },
  ]
}

/** `kubectl proxy`, until what it prints says where it listens. */
async function proxy(args: string): Promise<{ readonly said: string; readonly end: () => void }> {
  const child = spawn(kubectl.path, words(`proxy ${args}`), { env: { ...process.env, NODE_OPTIONS: '', ...kubectl.env } })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await eventually(async () => said.includes('Starting to serve on'), { what: `kubectl proxy ${args}` })
  return { said, end: () => child.kill('SIGKILL') }
}

const pageOf = (options: object): Promise<string> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ path: '/api/', ...options }, incoming => {
      let text = ''
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
      incoming.on('end', () => resolve(text))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })

let namespace: AsyncDisposable
beforeAll(async () => {
  namespace = await ownNamespace(kubectl, NAMESPACE)
  const projected = {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 0o440,
  }
  const mounted = {
    spec: { volumes: [{ name: 'projected', projected }] },
    container: { volumeMounts: [{ name: 'projected', mountPath: '/projected' }] },
  }
  await pods.create(
    scriptPod('mounted', 'exec sleep 1000', mounted),
    scriptPod('talker', 'for i in 1 2 3 4 5 6 7 8 9 10; do echo "line $i"; done; sleep 2; echo last; exec sleep 1000'),
    ...tier('backend', { set: 'echo "$QUERY_STRING" >> /tmp/entries; echo Updated', get: 'cat /tmp/entries' }),
    ...tier('frontend', { guestbook: 'wget -qO- -T 5 "http://backend/cgi-bin/${QUERY_STRING%%=*}?${QUERY_STRING#*=}"' }),
    controller('agnhost-primary', 1),
    controller('update-demo', 2),
  )
}, 120_000)
afterAll(async () => {
  await namespace[Symbol.asyncDispose]()
}, 120_000)

describe('service accounts in pods', () => {
  it.each([
    ['its own place', account],
    ['a projected volume', '/projected'],
  ])(
    'are a token that the API knows, the CA and the namespace, in %s',
    async (_, directory) => {
      await pods.running('mounted')
      const [token, ca, ns] = await Promise.all(
        ['token', 'ca.crt', 'namespace'].map(file => pods.exec('mounted', `cat ${directory}/${file}`)),
      )
      expect(ns).toBe(NAMESPACE)
      expect(ca).toBe(await kubectl(`get configmap kube-root-ca.crt ${in_} -o jsonpath={.data.ca\\.crt}`))
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } }
      const { status } = JSON.parse(await kubectl('create -f - -o json', { input: JSON.stringify(review) })) as { status: object }
      expect(status).toMatchObject({ authenticated: true, user: { username: `system:serviceaccount:${NAMESPACE}:default` } })
    },
    90_000,
  )

  it('find out from the issuer of their tokens how to check them', async () => {
    await pods.running('mounted')
    const wget = (url: string) =>
      pods.exec('mounted', `wget -qO- -T 5 --no-check-certificate --header "Authorization: Bearer $(cat ${account}/token)" ${url}`)
    const [, claims = ''] = (await pods.exec('mounted', `cat ${account}/token`)).split('.')
    const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iss: string }
    const { issuer, jwks_uri: keys } = JSON.parse(await wget(`${iss}/.well-known/openid-configuration`)) as Record<string, string>
    expect(issuer).toBe(iss)
    expect(JSON.parse(await wget(keys ?? ''))).toMatchObject({ keys: [{ use: 'sig', kid: expect.any(String) }] })
  }, 90_000)
})

describe('kubectl', () => {
  it('shows of logs what it is asked for', async () => {
    await eventually(async () => (await kubectl(`logs talker ${in_}`)).includes('last'))
    const logs = (flags: string) => kubectl(`logs talker main ${in_} ${flags}`)
    const [all, tail, bytes, timed, recent, long] = await Promise.all(
      ['', '--tail=1', '--limit-bytes=1', '--tail=1 --timestamps', '--since=1s', '--since=24h'].map(logs),
    )
    expect(all?.split('\n')).toHaveLength(12)
    expect(tail).toBe('last\n')
    expect(bytes).toBe('l')
    const [time = '', ...words] = (timed ?? '').trim().split(' ')
    expect([Number.isNaN(Date.parse(time)), words]).toEqual([false, ['last']])
    expect((recent ?? '').length).toBeLessThan((long ?? '').length)
    expect(long).toBe(all)
  }, 90_000)

  it('serves the API at a port that nobody had, and at a socket', async () => {
    const socketPath = join(tmpdir(), `kubectl-proxy-${process.pid}.sock`)
    const [atPort, atSocket] = await Promise.all([proxy('--port=0 --disable-filter=true'), proxy(`--unix-socket=${socketPath}`)])
    try {
      const [, port] = /:(\d+)\s*$/.exec(atPort.said.trim()) ?? []
      const pages = await Promise.all([pageOf({ host: '127.0.0.1', port }), pageOf({ socketPath })])
      for (const page of pages) expect(JSON.parse(page)).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    } finally {
      atPort.end()
      atSocket.end()
    }
  }, 90_000)

  it('tells its version and the server’s, and what there is', async () => {
    const [version, versions] = await Promise.all([kubectl('version'), kubectl('api-versions')])
    expect(version).toMatch(/Client Version: .*v1\.\d+[^]*Server Version: .*v1\.36/)
    expect(versions.split('\n')).toContain('v1')
  }, 90_000)

  it('creates, scales and stops a replication controller', async () => {
    const images = () => kubectl(`get pods ${in_} -l app=update-demo -o jsonpath='{.items[*].status.containerStatuses[*].image}'`)
    const run = (count: number) =>
      eventually(
        async () => {
          const running = `get pods ${in_} -l app=update-demo --field-selector=status.phase=Running -o name`
          return (await kubectl(running)).trim().split('\n').length === count && (await images()).trim().split(' ').length === count
        },
        { seconds: 60, what: `${count} pods` },
      )
    await run(2)
    for (const replicas of [1, 2]) {
      expect(await kubectl(`scale rc update-demo ${in_} --replicas=${replicas} --timeout=60s`)).toContain('scaled')
      await run(replicas)
    }
    await kubectl(`delete rc update-demo ${in_} --grace-period=0 --force`)
    await eventually(async () => (await kubectl(`get rc,pods ${in_} -l app=update-demo -o name`)) === '', { seconds: 60 })
  }, 120_000)

  it('describes, exposes and patches a replication controller and its pods', async () => {
    await kubectl(`wait --for=jsonpath={.status.readyReplicas}=1 rc/agnhost-primary ${in_} --timeout=60s`)
    const [rc, pod, ns] = await Promise.all(
      [`rc agnhost-primary ${in_}`, `pods -l app=agnhost-primary ${in_}`, `namespace ${NAMESPACE}`].map(what =>
        kubectl(`describe ${what}`),
      ),
    )
    expect(rc).toMatch(
      /Name:\s+agnhost-primary[^]*Namespace:\s[^]*Selector:\s+app=agnhost-primary[^]*Labels:\s+app=agnhost-primary[^]*Replicas:\s+1 current[^]*Pods Status:\s+1 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed[^]*Pod Template:[^]*Image:\s+busybox[^]*Events:/,
    )
    expect(pod).toMatch(
      /Name:\s+agnhost-primary-[^]*Status:\s+Running[^]*Controlled By:\s+ReplicationController\/agnhost-primary[^]*Image:/,
    )
    expect(ns).toMatch(/Name:\s+e2e-conformance-api[^]*Labels:[^]*Annotations:[^]*Status:\s+Active[^]*No resource quota/)
    expect(await kubectl(`expose rc agnhost-primary ${in_} --name=rm2 --port=1234 --target-port=6379`)).toBe('service/rm2 exposed\n')
    expect(await kubectl(`expose service rm2 ${in_} --name=rm3 --port=2345 --target-port=6379`)).toBe('service/rm3 exposed\n')
    const service = await kubectl(`describe service rm2 ${in_}`)
    expect(service).toMatch(
      /Selector:\s+app=agnhost-primary[^]*IP:\s+\d[^]*Port:\s+<unset>\s+1234\/TCP[^]*Endpoints:\s+\d+\.\d+\.\d+\.\d+:6379/,
    )
    for (const [name, port] of [
      ['rm2', 1234],
      ['rm3', 2345],
    ])
      await eventually(async () =>
        (await pods.exec('mounted', `wget -qO- -T 5 http://${name}:${port}/hostname`)).startsWith('agnhost-primary-'),
      )
    const annotate = `{"metadata":{"annotations":{"x":"y"}}}`
    const [name = ''] = (await kubectl(`get pods -l app=agnhost-primary ${in_} -o name`)).trim().split('\n')
    await kubectl(`patch ${name} ${in_} -p '${annotate}'`)
    expect(await kubectl(`get ${name} ${in_} -o jsonpath={.metadata.annotations.x}`)).toBe('y')
  }, 90_000)

  it('tries a change of a pod on the server, and makes it by replacing the pod', async () => {
    await pods.running('mounted')
    const other = '{"spec":{"containers":[{"name":"main","image":"busybox:other"}]}}'
    const imageOf = () => kubectl(`get pod mounted ${in_} -o jsonpath={.spec.containers[0].image}`)
    expect(await kubectl(`patch pod mounted ${in_} -p '${other}' --dry-run=server`)).toContain('pod/mounted patched')
    expect(await imageOf()).toBe(image)
    const manifest = await kubectl(`get pod talker ${in_} -o json`)
    await kubectl(`replace ${in_} -f -`, { input: manifest.replaceAll(`"image": "${image}"`, '"image": "busybox:other"') })
    expect(await kubectl(`get pod talker ${in_} -o jsonpath={.spec.containers[0].image}`)).toBe('busybox:other')
  }, 90_000)

  it('runs an application of two tiers, and stops it', async () => {
    const ask = async (query: string) => kubectl(`get --raw '${path}/services/frontend/proxy/cgi-bin/guestbook?${query}'`)
    await eventually(async () => (await ask('set=TestEntry')).includes('Updated'), { seconds: 60, what: 'the guestbook' })
    expect(await ask('get=')).toContain('TestEntry')
    const names = 'deployment/backend deployment/frontend service/backend service/frontend'
    await kubectl(`delete ${names} ${in_} --grace-period=0 --force`)
    await eventually(async () => (await kubectl(`get all ${in_} -l app=guestbook -o name`)) === '', { seconds: 60 })
  }, 120_000)
})

describe('the cluster', () => {
  it('has at least two nodes without taints', async () => {
    const { items } = JSON.parse(await kubectl('get nodes -o json')) as {
      items: { spec: { taints?: object[]; unschedulable?: boolean } }[]
    }
    expect(items.filter(({ spec }) => !spec.taints?.length && !spec.unschedulable).length).toBeGreaterThanOrEqual(2)
  }, 90_000)
})
