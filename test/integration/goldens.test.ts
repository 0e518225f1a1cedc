import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { parseAllDocuments } from 'yaml'
import { createAdmission } from '../../control-plane/api-server/admission/index.ts'
import { createLookup } from '../../control-plane/api-server/lookup.ts'
import { dialDirectly } from '../../control-plane/api-server/endpoints/dialer.ts'
import { serviceConnector } from '../../control-plane/api-server/service-connector.ts'
import { createStatusWriter } from '../../control-plane/api-server/status-writer.ts'
import { startApiServer, type Answer } from '../../control-plane/api-server/testing.ts'
import { temporaryStore } from '../../control-plane/store/testing.ts'
import { systemClock } from '../../common/clock.ts'
import { differences } from '../support/differences.ts'
import { normalize } from '../support/normalize.ts'

interface ErrorGolden {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly bodyNote?: string
  readonly status: number
  readonly reason?: string
  readonly message?: string
  readonly details?: unknown
}
interface SeedGolden {
  readonly file: string
  readonly index: number
  readonly path?: string
  readonly status: number
  readonly response?: unknown
}

interface PatchGolden {
  readonly case: string
  readonly base: unknown
  readonly create?: string
  readonly patch: { readonly path: string; readonly contentType: string; readonly body: unknown }
  readonly status: number
  readonly response: unknown
}

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url))
const read = <T>(file: string): T[] => JSON.parse(readFileSync(`${shared}kubernetes-api/${file}`, 'utf8')) as T[]
const present = existsSync(`${shared}kubernetes-api/golden-errors.json`)
const recorded = present ? it : it.skip
if (!present) console.warn('skipped: there are no recorded answers in ../shared')

/** The API server with real admission, and what the recorded cluster contained besides. */
async function startRecordedCluster() {
  const temporary = await temporaryStore()
  const { lookup, cache } = createLookup(temporary.store)
  const authorizer = { authorize: () => ({ allowed: true, reason: '' }) }
  const admission = createAdmission({
    lookup,
    authorizer,
    statuses: createStatusWriter(temporary.store, cache),
    services: serviceConnector(lookup, dialDirectly),
    clock: systemClock,
  })
  const server = await startApiServer({ store: temporary.store, cache, admission, serviceCidr: '10.97.0.0/16' })
  for (const name of ['test', 'mem-example', 'foo', 'kubernetes-dashboard', 'golden', '<namespace>']) {
    await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name } } })
  }
  for (const namespace of ['default', 'test', 'mem-example', 'foo', 'kubernetes-dashboard']) {
    await server.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
  }
  const role = { metadata: { name: 'cluster-admin' }, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }
  await server.call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', { body: role })
  // The recorded cluster had no default class.
  const classless = await server.call('DELETE', '/apis/storage.k8s.io/v1/storageclasses/standard')
  expect(classless.status).toBe(200)
  return {
    call: server.call,
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]()
      await temporary[Symbol.asyncDispose]()
    },
  }
}

/** Unknown paths are kinds that do not exist here yet. */
const isUnknownKind = (answer: Answer, wanted: number): boolean => answer.status === 404 && wanted !== 404

function report(
  title: string,
  { matched, total, missing, mismatches }: { matched: number; total: number; missing: number; mismatches: string[] },
): void {
  console.log(`${title}: matched ${matched} of ${total}; ${missing} of kinds that do not exist\n${mismatches.join('\n')}`)
}

describe('recorded answers of a real API server', () => {
  recorded('it refuses what a real one refuses, in the same words', async () => {
    await using cluster = await startRecordedCluster()
    const goldens = read<ErrorGolden>('golden-errors.json')
    const tally = { matched: 0, total: goldens.length, missing: 0, mismatches: [] as string[] }
    for (const golden of goldens) {
      const { method, path, bodyNote } = golden
      const body = bodyNote ? { metadata: { name: 'big' }, data: { key: 'x'.repeat(1_100_000) } } : golden.body
      const answer = await cluster.call(method, path, body === undefined || body === null ? {} : { body })
      const found = differences(expectationOf(golden), resultOf(golden, answer))
      if (found.length === 0) tally.matched++
      else if (isUnknownKind(answer, golden.status)) tally.missing++
      else tally.mismatches.push(`${method} ${path} ${JSON.stringify(body)?.slice(0, 150)}\n  ${found.join('\n  ')}`)
    }
    report('errors', tally)
    expect(tally.mismatches).toEqual([])
  })

  recorded('it completes manifests as a real one does, field by field', async () => {
    await using cluster = await startRecordedCluster()
    const goldens = read<SeedGolden>('golden-seeds.json').filter(golden => golden.path !== undefined)
    const tally = { matched: 0, total: goldens.length, missing: 0, mismatches: [] as string[] }
    for (const golden of goldens) {
      const { file, index, path = '', status, response } = golden
      const documents = parseAllDocuments(readFileSync(`${shared}spec/manifests/${file}`, 'utf8')).map(
        document => document.toJSON() as unknown,
      )
      const answer = await cluster.call('POST', path, { body: documents.filter(document => document !== null)[index] })
      const found = differences(normalize({ status, response }), normalize({ status: answer.status, response: answer.body }))
      if (found.length === 0) tally.matched++
      else if (isUnknownKind(answer, status)) tally.missing++
      else tally.mismatches.push(`${file} #${index} ${path}\n  ${found.slice(0, 8).join('\n  ')}`)
    }
    report('manifests', tally)
    expect(tally.mismatches).toEqual([])
  })

  recorded('it patches as a real one does', async () => {
    await using cluster = await startRecordedCluster()
    const goldens = read<PatchGolden>('golden-patches.json')
    const tally = { matched: 0, total: goldens.length, missing: 0, mismatches: [] as string[] }
    for (const golden of goldens) {
      const { path, contentType, body } = golden.patch
      const object = path.replace(/\?.*/, '')
      await cluster.call('PATCH', object, {
        body: { metadata: { finalizers: null } },
        headers: { 'Content-Type': 'application/merge-patch+json' },
      })
      await cluster.call('DELETE', object)
      if (golden.create) {
        const created = await cluster.call('POST', golden.create, { body: golden.base })
        if (created.status !== 201) throw new Error(`${golden.case}: ${created.text}`)
      }
      const answer = await cluster.call('PATCH', path, { body, headers: { 'Content-Type': contentType, 'User-Agent': 'unknown' } })
      const [wanted, got] = [patchResult(golden.status, golden.response), patchResult(answer.status, answer.body)]
      const found = [...differences(wanted, got), ...differences(managersOf(golden.response), managersOf(answer.body))]
      if (found.length === 0) tally.matched++
      else tally.mismatches.push(`${golden.case}\n  ${found.slice(0, 8).join('\n  ')}`)
    }
    report('patches', tally)
    expect(tally.mismatches).toEqual([])
  })
})

/** Without what controllers had written meanwhile, and without the object that a refusal quotes: it contains managedFields. */
function patchResult(status: number, response: unknown): unknown {
  const normal = normalize({ status, response }) as { response: { kind?: string; status?: unknown; metadata?: Record<string, unknown> } }
  if (normal.response.kind !== 'Status') {
    delete normal.response.status
    delete normal.response.metadata?.['generation']
    delete (normal.response.metadata?.['annotations'] as Record<string, unknown> | undefined)?.['deployment.kubernetes.io/revision']
  }
  return JSON.parse(JSON.stringify(normal).replace(/\{(\\+"apiVersion.*?)(?=\\+": )/g, '<object>')) as unknown
}

/** Who owns what after a patch, but for controllers, which had been faster than the recording. */
function managersOf(response: unknown): unknown {
  const { metadata } = response as { metadata?: { managedFields?: { manager?: string; time?: string; subresource?: string }[] } }
  const own = (metadata?.managedFields ?? []).filter(({ manager }) => manager !== 'kube-controller-manager')
  return own.map(({ time: _, ...entry }) => entry)
}

const expectationOf = ({ status, reason, message, details }: ErrorGolden) => (reason ? { status, reason, message, details } : { status })
const resultOf = ({ reason }: ErrorGolden, { status, body }: Answer) =>
  reason ? { status, reason: body['reason'], message: body['message'], details: body['details'] } : { status }
