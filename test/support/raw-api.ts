import { request } from 'node:https'
import { apiVersionOf, type Kind } from '../../api/kind.ts'
import { encodeProtobuf, protobufMediaType } from '../../api/protobuf/envelope.ts'
import type { Schema } from '../../api/schema/schema.ts'
import type { ControlPlane } from '../../control-plane/control-plane.ts'

export interface RawAnswer {
  readonly status: number
  readonly warnings: readonly string[]
  readonly text: string
  // Tests look into whatever came back.
  readonly body: Record<string, never> & { readonly [name: string]: unknown }
}

export interface RawCall {
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
  /** Further headers: of impersonation, or of an upgrade, of which only refusals come back as answers. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A body as clients with types of their own send it. */
export const asProtobuf = (kind: Pick<Kind, 'group' | 'version' | 'kind'> & { readonly schema: Schema }, object: object): RawCall => ({
  body: encodeProtobuf(kind.schema, { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind }),
  type: protobufMediaType,
})

/** Requests as an administrator of a control plane, as they go over the wire. */
export const rawApi =
  ({ port, identity }: Pick<ControlPlane, 'port' | 'identity'>) =>
  (method: string, path: string, { body, type = 'application/json', accept, headers: further = {} }: RawCall = {}): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      const isText = typeof body === 'string' || body instanceof Uint8Array
      const text = body === undefined ? undefined : isText ? body : JSON.stringify(body)
      const headers = {
        ...(text === undefined ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }),
        ...(accept ? { Accept: accept } : {}),
        ...further,
      }
      const { cert, key } = identity.admin
      const outgoing = request(
        { host: '127.0.0.1', port, method, path, headers, cert, key, ca: identity.authority.cert },
        async incoming => {
          let answer = ''
          for await (const chunk of incoming) answer += String(chunk)
          resolve({
            status: incoming.statusCode ?? 0,
            warnings: [...String(incoming.headers.warning ?? '').matchAll(/299 - "((?:\\.|[^"\\])*)"/g)].map(([, warning = '']) =>
              warning.replace(/\\(.)/g, '$1'),
            ),
            text: answer,
            body: answer.startsWith('{') ? (JSON.parse(answer) as RawAnswer['body']) : ({} as RawAnswer['body']),
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.end(text)
    })
