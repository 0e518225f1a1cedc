import { Duplex, PassThrough } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { controlFrame, dataFrame, finFlag, frameTypes, numbers, readSpdyFrames, SpdyError } from './spdy-frames.ts'
import { HeaderReader, HeaderWriter } from './spdy-headers.ts'
import { SpdySession, type SpdyStream } from './spdy-session.ts'

describe('SpdySession', () => {
  it('opens, answers, pings and ends', async () => {
    const [toServer, toClient] = [new PassThrough(), new PassThrough()]
    const streams: SpdyStream[] = []
    const session = new SpdySession(Duplex.from({ readable: toServer, writable: toClient }), stream => streams.push(stream))
    const done = session.run()
    const headers = new HeaderWriter()
    const open = async (id: number, name: string) =>
      controlFrame(frameTypes.synStream, Buffer.concat([numbers(id, 0), Buffer.alloc(2), await headers.write({ streamType: name })]))
    toServer.write(await open(1, 'stdin'))
    toServer.write(await open(3, 'stdout'))
    toServer.write(controlFrame(frameTypes.ping, numbers(1)))
    toServer.write(dataFrame(1, Buffer.from('input'), finFlag))
    const frames = readSpdyFrames(toClient)
    const reader = new HeaderReader()
    for (const id of [1, 3]) {
      const { value } = await frames.next()
      expect(value).toMatchObject({ control: true, type: frameTypes.synReply })
      expect(value?.body.readUInt32BE(0)).toBe(id)
      expect(await reader.read(value?.body.subarray(4) ?? Buffer.alloc(0))).toEqual({})
    }
    expect((await frames.next()).value).toMatchObject({ type: frameTypes.ping, body: numbers(1) })
    const [stdin, stdout] = streams
    expect(streams.map(stream => stream.headers['streamtype'])).toEqual(['stdin', 'stdout'])
    expect(String(stdin?.read())).toBe('input')
    stdout?.end('output')
    expect((await frames.next()).value).toMatchObject({ control: false, streamId: 3, body: Buffer.from('output') })
    expect((await frames.next()).value).toMatchObject({ streamId: 3, flags: finFlag })
    toServer.end()
    await done
    headers.close()
    reader.close()
  })

  it('ends, and ends the connection, when its peer does not speak SPDY', async () => {
    const cutOff = [frameTypes.synStream, frameTypes.rstStream, frameTypes.headers].map(type => controlFrame(type, Buffer.alloc(2)))
    const tooLarge = Buffer.concat([Buffer.of(0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff), Buffer.alloc(10)])
    for (const bytes of [...cutOff, tooLarge]) {
      const [toServer, toClient] = [new PassThrough(), new PassThrough()]
      const connection = Duplex.from({ readable: toServer, writable: toClient })
      const session = new SpdySession(connection, () => undefined)
      toServer.write(bytes)
      await expect(session.run()).rejects.toThrow(SpdyError)
      expect(connection.destroyed).toBe(true)
    }
  })
})
