import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { decode, encode, type DecodedPacket, type RecordType } from 'dns-packet'
import { silentLogger } from '../../common/log.ts'
import { eventually } from '../../test/support/eventually.ts'
import { DnsServer } from './dns-server.ts'
import { frame, readFrames } from './tcp-frames.ts'
import { serviceOf, sliceOf, viewOf } from './testing.ts'

const many = Array.from({ length: 100 }, (_, index) => ({ addresses: [`10.244.1.${index}`], conditions: { ready: true } }))
const view = viewOf(
  [
    serviceOf('web', { clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20'], ports: [{ name: 'http', protocol: 'TCP', port: 80 }] }),
    serviceOf('many', { clusterIP: 'None', clusterIPs: ['None'] }),
    serviceOf('two', { clusterIP: 'None', clusterIPs: ['None'] }),
  ],
  [sliceOf('many', { endpoints: many }), sliceOf('two', { endpoints: many.slice(0, 2) })],
)

/** A server on a port of its own, and how to ask it. */
async function startServer() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  const listen = { address: '127.0.0.1', port }
  const zone = { domain: 'cluster.local', address: '10.96.0.10' }
  const stop = new AbortController()
  const server = new DnsServer({ zone, listen, view, upstream: [], ready: async () => undefined, log: silentLogger })
  const running = server.run(stop.signal)
  const query = (type: RecordType, name: string, edns?: number) =>
    encode({
      type: 'query',
      id: 4711,
      flags: 256,
      questions: [{ type, name }],
      additionals: edns ? [{ type: 'OPT', name: '.', udpPayloadSize: edns, flags: 0, options: [] } as never] : [],
    })
  const udp = async (message: Buffer): Promise<DecodedPacket> => {
    const socket = createSocket('udp4')
    try {
      socket.send(message, port, '127.0.0.1')
      const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(1000) })) as [Buffer]
      return decode(answer)
    } finally {
      socket.close()
    }
  }
  const tcp = async (...messages: Buffer[]): Promise<DecodedPacket[]> => {
    const socket = connect(port, '127.0.0.1')
    const answers: DecodedPacket[] = []
    socket.write(Buffer.concat(messages.map(frame)))
    for await (const answer of readFrames(socket)) if (answers.push(decode(answer)) === messages.length) break
    socket.destroy()
    return answers
  }
  return {
    query,
    udp: (type: RecordType, name: string, edns?: number) => eventually(() => udp(query(type, name, edns))),
    rawUdp: udp,
    tcp,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

describe('the DNS server', () => {
  it('answers by UDP with the id of the question, as the authority, and by turns', async () => {
    await using server = await startServer()
    expect(await server.udp('A', 'web.default.svc.cluster.local')).toMatchObject({
      id: 4711,
      rcode: 'NOERROR',
      flag_aa: true,
      flag_rd: true,
      flag_ra: true,
      flag_tc: false,
      questions: [{ type: 'A', name: 'web.default.svc.cluster.local' }],
      answers: [{ type: 'A', name: 'web.default.svc.cluster.local', ttl: 30, data: '10.96.0.20' }],
    })
    expect(await server.udp('A', 'no.default.svc.cluster.local')).toMatchObject({
      rcode: 'NXDOMAIN',
      answers: [],
      authorities: [{ type: 'SOA' }],
    })
    const first = await server.udp('A', 'two.default.svc.cluster.local')
    const second = await server.udp('A', 'two.default.svc.cluster.local')
    expect(second.answers).toEqual([...(first.answers ?? [])].reverse())
  })

  it('cuts short what does not fit into a packet, and says all of it by TCP, question after question', async () => {
    await using server = await startServer()
    const cut = await server.udp('A', 'many.default.svc.cluster.local')
    expect(cut.flag_tc).toBe(true)
    const longer = await server.udp('A', 'many.default.svc.cluster.local', 4096)
    expect(longer.answers?.length).toBeGreaterThan(cut.answers?.length ?? 0)
    expect(longer.additionals).toMatchObject([{ type: 'OPT' }])
    const question = server.query('A', 'many.default.svc.cluster.local')
    const answers = await server.tcp(question, question)
    expect(answers.map(each => [each.flag_tc, each.answers?.length])).toEqual([
      [false, 100],
      [false, 100],
    ])
  })

  it('says that it failed where nobody else can be asked, and nothing to nonsense', async () => {
    await using server = await startServer()
    expect(await server.udp('A', 'example.com')).toMatchObject({ rcode: 'SERVFAIL' })
    await expect(server.rawUdp(Buffer.from('nonsense'))).rejects.toThrow()
    await expect(server.rawUdp(Buffer.alloc(12))).rejects.toThrow()
  })
})
