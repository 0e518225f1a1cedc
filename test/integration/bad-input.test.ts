import { readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseAllDocuments } from 'yaml'
import { mutateValue, randomOf } from '../fuzz/generators.ts'
import { ControlPlaneProcess } from '../support/control-plane-process.ts'

interface Answer {
  readonly code: number
  readonly text: string
}

let controlPlane: ControlPlaneProcess
let agent: Agent
let port: string
let pid: number | undefined

beforeAll(async () => {
  controlPlane = await ControlPlaneProcess.start('--controllers', 'false', '--scheduler', 'false')
  const config = await controlPlane.config()
  const pair = typeof config.certificate === 'function' ? config.certificate() : config.certificate
  agent = new Agent({ keepAlive: true, ca: config.ca, ...pair })
  port = new URL(config.server).port
  pid = controlPlane.pid
  // Pods are admitted only where there is a service account for them, which a controller makes otherwise.
  await send(
    'POST',
    '/api/v1/namespaces/default/serviceaccounts',
    JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }),
  )
}, 60_000)
afterAll(async () => {
  agent.destroy()
  await controlPlane[Symbol.asyncDispose]()
})

function send(method: string, path: string, body?: string | Buffer, contentType = 'application/json'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ agent, host: '127.0.0.1', port, method, path, headers: { 'content-type': contentType } }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    // A server that refuses a body before its end may close the connection: then the answer has been read already.
    call.on('error', reject)
    call.end(body)
  })
}

function expectStatus({ code, text }: Answer, what: string): void {
  const answer = `${what} → ${code} ${text.slice(0, 200)}`
  if (code >= 500 || code < 400) throw new Error(answer)
  const status = JSON.parse(text) as { kind?: string; status?: string; code?: number }
  if (status.kind !== 'Status' || status.status !== 'Failure' || status.code !== code) throw new Error(answer)
}

const pods = '/api/v1/namespaces/default/pods'
const goodPod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'busybox' }] } }

describe('bad input', () => {
  it.each([
    ['broken JSON', '{"apiVersion":"v1","kind":"Pod",', undefined],
    ['no JSON at all', 'hello', undefined],
    ['an empty body', '', undefined],
    ['null', 'null', undefined],
    ['a list', '[]', undefined],
    ['binary garbage', Buffer.from(Array.from({ length: 2000 }, (_, index) => (index * 131) % 256)), undefined],
    [
      'binary garbage as protobuf',
      Buffer.concat([Buffer.from('k8s\0'), Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 37) % 256))]),
      'application/vnd.kubernetes.protobuf',
    ],
    ['broken YAML', 'a: [b\n  c: }', 'application/yaml'],
    [
      'a YAML bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from(
        { length: 12 },
        (_, index) =>
          `b${index}: &b${index} [${Array(9)
            .fill(index === 0 ? '*a' : `*b${index - 1}`)
            .join(',')}]`,
      ).join('\n')}`,
      'application/yaml',
    ],
    ['deep nesting', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, undefined],
    ['an unknown media type', '{}', 'text/html'],
    ['the wrong kind', JSON.stringify({ ...goodPod, kind: 'Deployment' }), undefined],
    ['wrong types', JSON.stringify({ ...goodPod, spec: { containers: 'c' } }), undefined],
    [
      'a prototype',
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"__proto__":{"a":1},"spec":{"__proto__":{},"containers":[]}}',
      undefined,
    ],
  ])('answers %s with a Status', async (what, body, contentType) => {
    expectStatus(await send('POST', pods, body, contentType), what)
  })

  it('refuses unknown fields when asked to be strict', async () => {
    const answer = await send('POST', `${pods}?fieldValidation=Strict`, JSON.stringify({ ...goodPod, spec: { ...goodPod.spec, bogus: 1 } }))
    expectStatus(answer, 'unknown field')
    expect(answer.text).toContain('unknown field \\"spec.bogus\\"')
  })

  it('refuses a body of ten megabytes', async () => {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, data: { a: 'x'.repeat(10_000_000) } })
    const answer = await send('POST', '/api/v1/namespaces/default/configmaps', body)
    expectStatus(answer, '10 MB')
    expect(answer.code).toBe(413)
  })

  it.each([
    '/api/v1/namespaces/default/pods/a%2Fb',
    '/api/v1/namespaces/%2e%2e/pods/x',
    `${pods}/%00`,
    `${pods}/%zz`,
    `${pods}?limit=x`,
    `${pods}?limit=-1&continue=%00`,
    `${pods}?fieldSelector=nope%3D1`,
    `${pods}?labelSelector=%21%21`,
    `${pods}?resourceVersion=abc`,
    `${pods}?watch=1&resourceVersion=abc`,
    `/api/v1/namespaces/default/pods/x/log?tailLines=x`,
    `${pods}/${'x'.repeat(5000)}`,
    '/apis/apps/v9/deployments',
  ])('answers GET %s without failing', async path => {
    const { code, text } = await send('GET', path)
    if (code >= 500) throw new Error(`${path} → ${code} ${text}`)
  })

  it('survives a thousand mutations of good manifests, and stores none by halves', async () => {
    const directory = join('..', 'shared', 'spec', 'manifests')
    const files = (() => {
      try {
        return readdirSync(directory).map(file => readFileSync(join(directory, file), 'utf8'))
      } catch {
        return [JSON.stringify(goodPod), ...readdirSync('examples').map(file => readFileSync(join('examples', file), 'utf8'))]
      }
    })()
    const plural: Record<string, string> = {
      Pod: pods,
      Service: '/api/v1/namespaces/default/services',
      ConfigMap: '/api/v1/namespaces/default/configmaps',
      Secret: '/api/v1/namespaces/default/secrets',
      Deployment: '/apis/apps/v1/namespaces/default/deployments',
      ReplicaSet: '/apis/apps/v1/namespaces/default/replicasets',
      Endpoints: '/api/v1/namespaces/default/endpoints',
      Namespace: '/api/v1/namespaces',
      ServiceAccount: '/api/v1/namespaces/default/serviceaccounts',
    }
    const objects = files
      .flatMap(text => parseAllDocuments(text).filter(document => document.errors.length === 0))
      .map(document => document.toJS() as { kind?: string })
      .filter(object => object && plural[object.kind ?? ''])
    const random = randomOf(20_26)
    const codes = new Map<number, number>()
    for (let index = 0; index < 1000; index++) {
      const original = objects[index % objects.length] as { kind: string }
      let mutant: unknown = original
      for (let times = 0; times <= random() * 3; times++) mutant = mutateValue(mutant, random)
      const path = plural[original.kind] ?? pods
      const answer = await send('POST', path, JSON.stringify(mutant))
      if (answer.code >= 500) throw new Error(`${JSON.stringify(mutant)} → ${answer.code} ${answer.text}`)
      if (answer.code >= 400) expectStatus(answer, JSON.stringify(mutant))
      codes.set(answer.code, (codes.get(answer.code) ?? 0) + 1)
    }
    console.log(`1000 mutations: ${[...codes].map(([code, count]) => `${count} × ${code}`).join(', ')}`)
    // Whatever was accepted is whole: it can be read, listed, and sent back.
    for (const path of Object.values(plural)) {
      const list = JSON.parse((await send('GET', path)).text) as { items: { metadata: { name: string; uid: string } }[] }
      for (const { metadata } of list.items) {
        expect(metadata.uid).toBeTruthy()
        const read = await send('GET', `${path}/${encodeURIComponent(metadata.name)}`)
        expect(read.code).toBe(200)
        const again = await send('PUT', `${path}/${encodeURIComponent(metadata.name)}`, read.text)
        if (again.code !== 200) throw new Error(`PUT of what GET gave: ${again.code} ${again.text.slice(0, 300)}`)
      }
    }
  }, 120_000)

  it('is still the same process after all this', () => {
    expect(controlPlane.pid).toBe(pid)
  })
})
