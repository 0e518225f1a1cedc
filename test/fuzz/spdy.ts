import { Duplex, PassThrough } from 'node:stream'
import { controlFrame, dataFrame, frameTypes, numbers, SpdyError } from '../../agent/server/spdy-frames.ts'
import { HeaderWriter } from '../../agent/server/spdy-headers.ts'
import { SpdySession } from '../../agent/server/spdy-session.ts'
import { mutateBytes, type Random } from './generators.ts'
import { endsInTime } from './ends-in-time.ts'

/** A session that is told nonsense ends with its connection, if need be by a SpdyError; what was wrong otherwise. */
export async function fuzzSpdy(random: Random): Promise<string | undefined> {
  const input = mutateBytes(await goodSession(), random)
  const [toServer, toClient] = [new PassThrough(), new PassThrough()]
  toClient.resume()
  const session = new SpdySession(Duplex.from({ readable: toServer, writable: toClient }), stream => {
    stream.on('error', () => undefined)
    stream.resume()
  })
  toServer.end(input)
  const outcome = await endsInTime(session.run().catch((error: unknown) => error))
  if (outcome === undefined || outcome instanceof SpdyError) return undefined
  return `SPDY: ${input.toString('hex')} → ${String(outcome)}`
}

async function goodSession(): Promise<Buffer> {
  const headers = new HeaderWriter()
  const opening = Buffer.concat([numbers(1, 0), Buffer.alloc(2), await headers.write({ streamtype: 'stdin' })])
  headers.close()
  return Buffer.concat([
    controlFrame(frameTypes.synStream, opening),
    controlFrame(frameTypes.ping, numbers(1)),
    controlFrame(frameTypes.windowUpdate, numbers(1, 10)),
    dataFrame(1, Buffer.from('input')),
    controlFrame(frameTypes.rstStream, numbers(1, 5)),
  ])
}
