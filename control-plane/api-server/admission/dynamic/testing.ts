import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthority, issueCertificate } from '../../../../common/certificates.ts'
import { systemClock } from '../../../../common/clock.ts'
import { temporaryStore } from '../../../store/testing.ts'
import { createLookup } from '../../lookup.ts'
import { dialDirectly } from '../../endpoints/dialer.ts'
import { serviceConnector } from '../../service-connector.ts'
import { createStatusWriter } from '../../status-writer.ts'
import { startApiServer } from '../../testing.ts'
import { createAdmission } from '../index.ts'

/** The API refuses loopback addresses as endpoints: whatever is dialled is here. */
const dialHere = (_: string, port: number) => dialDirectly('127.0.0.1', port)

export interface Review {
  readonly request: {
    readonly uid: string
    readonly operation: string
    readonly dryRun: boolean
    readonly object: Record<string, unknown> & { readonly metadata: { readonly labels?: Record<string, string> } }
    readonly [field: string]: unknown
  }
}

/** A real API server whose admission is whole. */
export async function startAdmittingServer() {
  const temporary = await temporaryStore()
  const { lookup, cache } = createLookup(temporary.store)
  const authorizer = { authorize: () => ({ allowed: true, reason: '' }) }
  const statuses = createStatusWriter(temporary.store, cache)
  const admission = createAdmission({ lookup, authorizer, statuses, services: serviceConnector(lookup, dialHere), clock: systemClock })
  const server = await startApiServer({ store: temporary.store, cache, admission })
  return {
    call: server.call,
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]()
      await temporary[Symbol.asyncDispose]()
    },
  }
}

/** A webhook that listens on this machine and answers with what `respond` says besides the uid, after so many milliseconds. */
export async function startWebhook(respond: (review: Review) => object, { delay = 0 } = {}) {
  const ca = await createAuthority('webhooks')
  const serving = await issueCertificate(ca, { commonName: 'webhook', names: ['localhost', 'hook.default.svc'], usages: ['server'] })
  const asked: Review[] = []
  const server = createServer({ cert: serving.cert, key: serving.key }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review
      asked.push(review)
      const answer = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: review.request.uid, ...respond(review) },
      }
      if (delay === 0) response.end(JSON.stringify(answer))
      else setTimeout(() => response.end(JSON.stringify(answer)), delay).unref()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    asked,
    port,
    clientConfig: { url: `https://localhost:${port}/hook`, caBundle: Buffer.from(ca.cert).toString('base64') },
    caBundle: Buffer.from(ca.cert).toString('base64'),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
