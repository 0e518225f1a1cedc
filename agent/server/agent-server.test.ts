import { connect as connectTls } from 'node:tls'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { issueCertificate, type CertificatePair } from '../../common/certificates.ts'
import { startKubectlProxy } from './kubectl-proxy.ts'
import { startAgentServer, type AgentServerForTests } from './testing.ts'

describe('the agent server', () => {
  let cluster: AgentServerForTests
  beforeAll(async () => {
    cluster = await startAgentServer()
  })
  afterAll(() => cluster.stop())

  interface Asked {
    readonly method?: string
    readonly headers?: Record<string, string>
  }
  const ask = (path: string, client: Partial<CertificatePair>, asked: Asked = {}): Promise<{ code: number; body: string }> =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(
        { host: '127.0.0.1', port: cluster.port, path, ca: cluster.authority.cert, ...client, ...asked, agent: false },
        response => {
          text(response).then(body => resolve({ code: response.statusCode ?? 0, body }), reject)
        },
      )
      request.on('error', reject)
      request.end()
    })
  const get = (path: string, client: Partial<CertificatePair> = cluster.client) => ask(path, client)
  const post = (path: string) => ask(path, cluster.client, { method: 'POST' })
  const withToken = (token: string, path: string) => ask(path, {}, { headers: { authorization: `Bearer ${token}` } })

  it('presents a renewed certificate to the next connection', async () => {
    const presented = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connectTls({ port: cluster.port, host: '127.0.0.1', ca: cluster.authority.cert }, () => {
          resolve(socket.getPeerCertificate().serialNumber)
          socket.destroy()
        })
        socket.on('error', reject)
      })
    const before = await presented()
    cluster.serve(await issueCertificate(cluster.authority, { commonName: 'system:node:node-1', names: ['127.0.0.1'], usages: ['server'] }))
    expect(await presented()).not.toBe(before)
  })

  it('says that it keeps connections longer than the API server does', async () => {
    const options = { host: '127.0.0.1', port: cluster.port, path: '/healthz', ca: cluster.authority.cert, ...cluster.client }
    const told = await new Promise((resolve, reject) => {
      const request = httpsRequest({ ...options, headers: { connection: 'keep-alive' } }, response => {
        response.resume()
        resolve(response.headers['keep-alive'])
      })
      request.on('error', reject).end()
    })
    expect(told).toBe('timeout=90')
  })

  it('serves nobody but the API server and administrators', async () => {
    expect(await get('/healthz')).toEqual({ code: 200, body: 'ok' })
    expect((await get('/pods', {})).code).toBe(401)
    const node = await issueCertificate(cluster.authority, {
      commonName: 'system:node:node-2',
      organizations: ['system:nodes'],
      usages: ['client'],
    })
    expect((await get('/pods', node)).code).toBe(403)
    const admin = await issueCertificate(cluster.authority, { commonName: 'me', organizations: ['system:masters'], usages: ['client'] })
    expect(JSON.parse((await get('/pods', admin)).body)).toMatchObject({ kind: 'PodList', items: [{ metadata: { name: 'web' } }] })
  })

  it('serves logs', async () => {
    expect(await get('/containerLogs/default/web/main')).toEqual({ code: 200, body: 'one\ntwo\n' })
    expect((await get('/containerLogs/default/web/main?tailLines=1')).body).toBe('two\n')
    expect((await get('/containerLogs/default/web/main?limitBytes=5')).body).toBe('one\nt')
    expect((await get('/containerLogs/default/web/main?timestamps=true&tailLines=1')).body).toMatch(/^20\d\d-\S+Z two\n$/)
  })

  it('says in upstream words why there are no logs', async () => {
    const messages = await Promise.all(
      ['none/main', 'web/nope', 'web/pending', 'web/main?previous=true'].map(async path => {
        const { code, body } = await get(`/containerLogs/default/${path}`)
        return `${code} ${body.trim()}`
      }),
    )
    expect(messages).toEqual([
      '404 pod "none" does not exist',
      '404 container "nope" not found in pod "web"',
      '400 container "pending" in pod "web" is waiting to start: trying and failing to pull image',
      '400 previous terminated container "main" in pod "web" not found',
    ])
  })

  it('asks about bearers of tokens, and names what they lack', async () => {
    expect((await withToken('good', '/metrics')).code).toBe(200)
    expect((await withToken('good', '/metrics/resource')).code).toBe(200)
    expect(await withToken('bad', '/metrics')).toEqual({ code: 401, body: 'Unauthorized\n' })
    const forbidden = (verb: string, subresources: string) => ({
      code: 403,
      body: `Forbidden (user=prometheus, verb=${verb}, resource=nodes, subresource(s)=[${subresources}])\n`,
    })
    expect(await withToken('good', '/pods')).toEqual(forbidden('get', 'pods proxy'))
    expect(await withToken('good', '/containerLogs/default/web/main')).toEqual(forbidden('get', 'proxy'))
    expect(await withToken('good', '/stats/summary')).toEqual(forbidden('get', 'stats'))
  })

  it('sums up what pods and the node use', async () => {
    const used = { time: expect.any(String), usageCoreNanoSeconds: expect.any(Number) }
    const summary = JSON.parse((await get('/stats/summary')).body) as Record<string, unknown>
    expect(summary).toMatchObject({
      node: {
        nodeName: 'node-1',
        systemContainers: [{ name: 'kubelet', cpu: used }, { name: 'pods' }],
        cpu: { ...used, usageNanoCores: expect.any(Number) },
        memory: { availableBytes: expect.any(Number), workingSetBytes: expect.any(Number) },
        fs: { capacityBytes: expect.any(Number), inodesFree: expect.any(Number) },
        runtime: { imageFs: { usedBytes: expect.any(Number) } },
        rlimit: { maxpid: expect.any(Number), curproc: expect.any(Number) },
      },
      pods: [
        {
          podRef: { name: 'web', namespace: 'default', uid: 'u1' },
          containers: [{ name: 'main', startTime: expect.any(String), cpu: used, memory: { workingSetBytes: 0 } }],
          volume: [{ name: 'data', usedBytes: 42, capacityBytes: expect.any(Number) }],
          'ephemeral-storage': { usedBytes: 42 },
          process_stats: { process_count: 1 },
        },
      ],
    })
  })

  it('shows metrics under upstream names', async () => {
    const resource = (await get('/metrics/resource')).body
    expect(resource).toMatch(/^container_cpu_usage_seconds_total\{container="main",namespace="default",pod="web"\} 0 \d{13}$/m)
    expect(resource).toMatch(/^node_memory_working_set_bytes \d+ \d{13}$/m)
    expect(resource).toMatch(/^pod_memory_working_set_bytes\{namespace="default",pod="web"\} 0 \d{13}$/m)
    expect(resource).toMatch(/^# TYPE resource_scrape_error gauge\nresource_scrape_error 0$/m)
    expect((await get('/metrics/cadvisor')).body).toMatch(
      /^container_memory_working_set_bytes\{container="main",id="[^"]+",image="busybox"/m,
    )
    const own = (await get('/metrics')).body
    expect(own).toContain('kubelet_running_pods 1\n')
    expect(own).toContain('kubelet_running_containers{container_state="running"} 1\n')
    expect(own).toMatch(
      /^kubelet_http_requests_total\{method="GET",path="metrics\/resource",server_type="readwrite",long_running="false"\} [1-9]/m,
    )
    expect((await get('/metrics/probes')).body).toContain('# TYPE prober_probe_total counter')
    expect((await get('/metrics/other')).code).toBe(404)
  })

  it('says how it is, and how it is configured', async () => {
    expect(await get('/healthz/ping')).toEqual({ code: 200, body: 'ok' })
    expect((await get('/healthz?verbose')).body).toBe('[+]ping ok\n[+]log ok\n[+]syncloop ok\nhealthz check passed\n')
    expect((await get('/healthz/nothing')).code).toBe(404)
    expect(JSON.parse((await get('/configz')).body)).toEqual({ kubeletconfig: { maxPods: 110 } })
    expect(JSON.parse((await get('/runningpods')).body)).toMatchObject({
      kind: 'PodList',
      items: [{ metadata: { name: 'web', uid: 'u1' }, spec: { containers: [{ name: 'main', image: 'busybox' }] } }],
    })
  })

  it('runs commands to their end, and refuses in upstream words what it does not do', async () => {
    expect(await post('/run/default/web/main?cmd=cat')).toEqual({ code: 200, body: '' })
    expect(await post('/run/default/web/main?cmd=say hello'.replace(' ', '%20'))).toEqual({
      code: 500,
      body: "command 'say hello' exited with 3: say hello\ncomplaint\n\n",
    })
    expect((await get('/run/default/web/main?cmd=cat')).code).toBe(405)
    expect(await get('/logs/')).toEqual({ code: 405, body: 'logs endpoint is disabled.\n' })
    expect(await get('/debug/pprof/heap')).toEqual({ code: 405, body: 'profiling endpoint is disabled.\n' })
    expect((await post('/checkpoint/default/none/main')).code).toBe(404)
    expect(await post('/checkpoint/default/web/nope')).toEqual({ code: 404, body: 'container nope does not exist\n' })
    expect((await post('/checkpoint/default/web/main')).body).toMatch(/^checkpointing of default\/web\/main failed \(.*Unimplemented/)
    expect((await get('/exec/default/web/main')).code).toBe(400)
  })

  it('takes one stream of a log, and refuses options that make no sense together', async () => {
    expect((await get('/containerLogs/default/web/main?stream=Stderr')).body).toBe('two\n')
    expect((await get('/containerLogs/default/web/main?stream=All&tail=1')).body).toBe('two\n')
    const answers = ['stream=Stdout&tailLines=1', 'stream=Neither', 'tailLines=-1', 'sinceSeconds=0', 'limitBytes=0'].map(
      async query => await get(`/containerLogs/default/web/main?${query}`),
    )
    for (const answer of await Promise.all(answers)) expect(answer).toEqual({ code: 422, body: '{"message": "Invalid request."}\n' })
    expect((await get('/containerLogs/default/web/main?tailLines=x')).code).toBe(400)
  })

  const versions = [['1.28', 'spdy/3.1'] as const, ['1.33', 'websocket'] as const].map(([version, protocol]) => ({
    version,
    protocol,
    binary: `/usr/lib/google-cloud-sdk/bin/kubectl.${version}`,
  }))
  for (const { version, protocol, binary } of versions) {
    const test = existsSync(binary) ? it : it.skip
    const run = async (args: readonly string[], input = '') => {
      await using proxy = await startKubectlProxy(cluster)
      const child = spawn(binary, ['--server', proxy.url, '-n', 'default', ...args], {
        env: { HOME: '/nonexistent', KUBECONFIG: '/dev/null' },
      })
      child.stdin.end(input)
      const [stdout, stderr, code] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise(resolve => child.once('exit', resolve)),
      ])
      return { stdout, stderr, code }
    }

    test(`lets kubectl ${version} run commands, with their exit code`, async () => {
      const result = await run(['exec', 'web', '-c', 'main', '--', 'say', 'hello'])
      expect(result).toMatchObject({ stdout: 'say hello\n', code: 3 })
      expect(result.stderr).toContain('complaint')
      expect(result.stderr).toContain('command terminated with exit code 3')
      expect(await run(['exec', '-i', 'web', '-c', 'main', '--', 'cat'], 'through the pipe')).toMatchObject({
        stdout: 'through the pipe',
        code: 0,
      })
      const big = await run(['exec', 'web', '-c', 'main', '--', 'big'])
      expect(big.stdout).toHaveLength(3_000_000)
    })

    test(`tells kubectl ${version} that a container does not run`, async () => {
      const { stderr, code } = await run(['exec', 'web', '-c', 'pending', '--', 'true'])
      expect(stderr).toContain('container not found ("pending")')
      expect(code).toBe(1)
    })

    test(`lets kubectl ${version} forward ports`, async () => {
      await using proxy = await startKubectlProxy(cluster)
      const port = await freePort()
      const child = spawn(binary, ['--server', proxy.url, '-n', 'default', 'port-forward', 'pod/web', `${port}:8080`], {
        env: { HOME: '/nonexistent', KUBECONFIG: '/dev/null' },
      })
      try {
        await new Promise<void>((resolve, reject) => {
          child.stdout.once('data', () => resolve())
          child.stderr.once('data', (said: Buffer) => reject(new Error(said.toString())))
        })
        for (const word of ['first', 'second']) {
          const socket = connect(port, '127.0.0.1')
          socket.write(word)
          const answer = await new Promise(resolve => socket.once('data', chunk => resolve(chunk.toString())))
          expect(answer).toBe(`you said ${word}`)
          socket.destroy()
        }
        expect(new Set(proxy.upgrades)).toEqual(new Set([protocol]))
      } finally {
        child.kill()
        await new Promise(resolve => child.once('exit', resolve))
      }
    })
  }
})

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
