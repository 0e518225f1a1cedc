import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encode } from 'dns-packet'
import { DnsServer } from '../../agent/dns/dns-server.ts'
import { serviceOf, viewOf } from '../../agent/dns/testing.ts'
import { silentLogger } from '../../common/log.ts'
import { load, percentile, type Figure } from './figures.ts'

const SERVICES = 1000
const port = 15_353
const address = '127.0.0.1'

/** Questions to the DNS server of an agent by UDP, from the same process: what a pod's resolver would see without the network between. */
export async function dnsFigures(): Promise<Figure[]> {
  const services = Array.from({ length: SERVICES }, (_, index) => {
    const clusterIP = `10.96.${index >> 8}.${index & 255}`
    return serviceOf(`service-${index}`, { clusterIP, clusterIPs: [clusterIP], ports: [{ name: 'http', protocol: 'TCP', port: 80 }] })
  })
  const stop = new AbortController()
  const zone = { domain: 'cluster.local', address }
  const server = new DnsServer({
    ...{ zone, listen: { address, port }, view: viewOf(services, []), upstream: [] },
    ready: async () => undefined,
    log: silentLogger,
  })
  const running = server.run(stop.signal)
  const client = await askingSocket()
  try {
    const ask = (index: number) => client.ask(index, `service-${index % SERVICES}.default.svc.cluster.local`)
    await load(2000, 32, ask)
    const single = await load(3000, 1, ask)
    const before = process.cpuUsage()
    const many = await load(30_000, 64, ask)
    const { user, system } = process.cpuUsage(before)
    const absent = await load(10_000, 64, index => client.ask(index, `example.com.${index % 50}.svc.cluster.local`))
    return [
      { name: 'one at a time, p50', value: percentile(single.samples, 0.5), unit: 'ms', aim: { bound: 'most', value: 1 } },
      { name: 'one at a time, p99', value: percentile(single.samples, 0.99), unit: 'ms' },
      {
        name: 'processor time of a question and its client',
        value: (user + system) / 30_000,
        unit: 'µs',
        aim: { bound: 'most', value: 200 },
      },
      { name: '64 in flight, client included', value: 30_000 / many.seconds, unit: '/s', aim: { bound: 'least', value: 5000 } },
      { name: 'names that do not exist', value: 10_000 / absent.seconds, unit: '/s', aim: { bound: 'least', value: 5000 } },
    ]
  } finally {
    client.close()
    stop.abort()
    await running
  }
}

async function askingSocket() {
  const socket = createSocket('udp4')
  const waiting = new Map<number, () => void>()
  socket.on('message', message => waiting.get(message.readUInt16BE())?.())
  socket.bind(0, address)
  await once(socket, 'listening')
  return {
    close: () => socket.close(),
    ask: (index: number, name: string) =>
      new Promise<void>(resolve => {
        const id = index % 0x10000
        const send = () => socket.send(encode({ type: 'query', id, flags: 256, questions: [{ type: 'A', name }] }), port, address)
        // The first questions may come before the server listens, and UDP loses packets.
        const timer = setInterval(send, 500)
        waiting.set(id, () => {
          clearInterval(timer)
          waiting.delete(id)
          resolve()
        })
        send()
      }),
  }
}
