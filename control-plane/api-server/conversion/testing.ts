import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthority, issueCertificate } from '../../../common/certificates.ts'

/** An object that is to be converted. */
export interface Tab {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string>; readonly [field: string]: unknown }
  readonly spec: { readonly [field: string]: unknown }
}
export interface Review {
  readonly apiVersion: string
  readonly kind: string
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly Tab[] }
}

/** A real webhook; `respond` says what it makes of a review besides what all answers have. */
export async function startConverter(respond: (review: Review) => unknown) {
  const ca = await createAuthority('converters')
  const serving = await issueCertificate(ca, { commonName: 'converter', names: ['localhost'], usages: ['server'] })
  const asked: Review[] = []
  const server = createServer({ cert: serving.cert, key: serving.key }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review
      asked.push(review)
      response.end(JSON.stringify(respond(review)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    asked,
    port,
    clientConfig: { url: `https://localhost:${port}/convert`, caBundle: Buffer.from(ca.cert).toString('base64') },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The answer to a review that went well. */
export const success = ({ apiVersion, kind, request }: Review, convertedObjects: readonly unknown[]) => ({
  apiVersion,
  kind,
  response: { uid: request.uid, result: { status: 'Success' }, convertedObjects },
})
