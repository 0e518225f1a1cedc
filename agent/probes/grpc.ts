import http2 from 'node:http2'
import { goDuration } from '../../common/go-duration.ts'
import { messageOf } from '../../common/error-message.ts'

const serving = 1
const statusNames: Readonly<Record<number, string>> = { 0: 'UNKNOWN', 1: 'SERVING', 2: 'NOT_SERVING', 3: 'SERVICE_UNKNOWN' }
const codes = { unknown: 2, deadlineExceeded: 4, unimplemented: 12, unavailable: 14 } as const
const codeNames = (
  'OK Canceled Unknown InvalidArgument DeadlineExceeded NotFound AlreadyExists PermissionDenied ResourceExhausted ' +
  'FailedPrecondition Aborted OutOfRange Unimplemented Internal Unavailable DataLoss Unauthenticated'
).split(' ')

export interface GrpcVerdict {
  readonly healthy: boolean
  readonly output: string
}

/** A HealthCheckRequest in a gRPC frame: the service's name is field 1. */
function requestFrame(service: string): Buffer {
  const name = Buffer.from(service, 'utf8')
  const size = name.length < 0x80 ? [name.length] : [(name.length & 0x7f) | 0x80, name.length >> 7]
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, ...size]), name]) : Buffer.alloc(0)
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
interface Answer {
  readonly code: number
  readonly message: string
  readonly frame: Buffer
}

/** The call could not begin: whoever listens there, if anybody does, does not speak HTTP/2. */
class ConnectError extends Error {
  override readonly name = 'ConnectError'
}

function call({ address, service, timeoutMs }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://${address}`)
    let connected = false
    session.once('remoteSettings', () => (connected = true))
    const timer = setTimeout(() => fail(new Error('context deadline exceeded'), codes.deadlineExceeded), timeoutMs)
    const end = (answer: Answer) => {
      clearTimeout(timer)
      session.destroy()
      resolve(answer)
    }
    const fail = (error: Error, code: number = codes.unavailable) => {
      if (connected) return end({ code, message: messageOf(error), frame: Buffer.alloc(0) })
      clearTimeout(timer)
      session.destroy()
      reject(new ConnectError(messageOf(error), { cause: error }))
    }
    session.on('error', fail)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      'user-agent': 'kube-probe/1.36',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let code: number = codes.unknown
    let message = 'server closed the stream without sending trailers'
    const note = (headers: http2.IncomingHttpHeaders) => {
      if (headers['grpc-status'] === undefined) return
      code = Number(headers['grpc-status'])
      message = typeof headers['grpc-message'] === 'string' ? decodeURIComponent(headers['grpc-message']) : ''
    }
    stream.on('response', note)
    stream.on('trailers', note)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', fail)
    stream.once('end', () => end({ code, message, frame: Buffer.concat(chunks) }))
    stream.end(requestFrame(service))
  })
}

function verdictOn({ code, message, frame }: Answer, within: string): string | undefined {
  if (code === codes.unimplemented)
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`
  if (code === codes.deadlineExceeded) return `timeout: health rpc did not complete within ${within}`
  if (code !== 0) return `error: health rpc probe failed: rpc error: code = ${codeNames[code] ?? `Code(${code})`} desc = ${message}`
  const status = statusOf(frame)
  return status === serving ? undefined : `service unhealthy (responded with "${statusNames[status] ?? status}")`
}

/** One check of the gRPC health protocol. */
export async function grpcHealth(request: Call): Promise<GrpcVerdict> {
  const within = goDuration(request.timeoutMs)
  try {
    const problem = verdictOn(await call(request), within)
    return problem === undefined ? { healthy: true, output: 'service healthy' } : { healthy: false, output: problem }
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    // Upstream tries to connect until the time is up, whatever stands in the way.
    return { healthy: false, output: `timeout: failed to connect service "${request.address}" within ${within}: context deadline exceeded` }
  }
}
