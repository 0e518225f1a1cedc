import http2 from 'node:http2'
import { goDuration } from '../../common/go-duration.ts'

const serving = 1
const statusNames: Readonly<Record<number, string>> = { 0: 'UNKNOWN', 1: 'SERVING', 2: 'NOT_SERVING', 3: 'SERVICE_UNKNOWN' }
const grpcCodes: Readonly<Record<number, string>> = { 5: 'NotFound', 12: 'Unimplemented', 14: 'Unavailable' }

export interface GrpcVerdict {
  readonly healthy: boolean
  readonly output: string
}

/** A HealthCheckRequest in a gRPC frame: the service's name is field 1. */
function requestFrame(service: string): Buffer {
  const name = Buffer.from(service, 'utf8')
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : Buffer.alloc(0)
  const header = Buffer.alloc(5)
  header.writeUInt32BE(message.length, 1)
  return Buffer.concat([header, message])
}
/** The status of a HealthCheckResponse: field 1, absent when it is UNKNOWN. */
const statusOf = (frame: Buffer) => (frame[5] === 0x08 ? (frame[6] ?? 0) : 0)

interface Call {
  readonly address: string
  readonly service: string
  readonly timeoutMs: number
}

function call({ address, service, timeoutMs }: Call): Promise<{ code: number; message: string; frame: Buffer }> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://${address}`)
    const timer = setTimeout(() => fail(new Error('context deadline exceeded')), timeoutMs)
    const fail = (error: Error) => {
      clearTimeout(timer)
      session.destroy()
      reject(error)
    }
    session.once('error', fail)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      'user-agent': 'kube-probe/1.36',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let code = 0
    let message = ''
    const note = (headers: http2.IncomingHttpHeaders) => {
      if (headers['grpc-status'] !== undefined) code = Number(headers['grpc-status'])
      if (typeof headers['grpc-message'] === 'string') message = decodeURIComponent(headers['grpc-message'])
    }
    stream.on('response', note)
    stream.on('trailers', note)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('error', fail)
    stream.once('end', () => {
      clearTimeout(timer)
      session.close()
      resolve({ code, message, frame: Buffer.concat(chunks) })
    })
    stream.end(requestFrame(service))
  })
}

/** One check of the gRPC health protocol. */
export async function grpcHealth(request: Call): Promise<GrpcVerdict> {
  try {
    const { code, message, frame } = await call(request)
    if (code !== 0)
      return { healthy: false, output: `error: health rpc probe failed: rpc error: code = ${grpcCodes[code] ?? code} desc = ${message}` }
    const status = statusOf(frame)
    return status === serving
      ? { healthy: true, output: 'service healthy' }
      : { healthy: false, output: `service unhealthy (responded with "${statusNames[status] ?? status}")` }
  } catch {
    const within = goDuration(request.timeoutMs)
    return { healthy: false, output: `timeout: failed to connect service "${request.address}" within ${within}: context deadline exceeded` }
  }
}
