import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { silentLogger } from '../../../common/log.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { HealthCheckServer } from './health-check-server.ts'

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

describe('the health check port of a service', () => {
  const server = new HealthCheckServer(silentLogger)
  afterEach(() => server.close())
  const ask = (port: number) => fetch(`http://127.0.0.1:${port}/healthz`)

  it('says whether the node has endpoints, and how many', async () => {
    const port = await freePort()
    server.update([{ namespace: 'default', name: 'web', port, localEndpoints: 2 }])
    const healthy = await ask(port)
    expect([healthy.status, healthy.headers.get('x-load-balancing-endpoint-weight')]).toEqual([200, '2'])
    expect(await healthy.json()).toEqual({
      service: { namespace: 'default', name: 'web' },
      localEndpoints: 2,
      serviceProxyHealthy: true,
    })
    server.update([{ namespace: 'default', name: 'web', port, localEndpoints: 0 }])
    expect((await ask(port)).status).toBe(503)
  })

  it('is closed when no service has it any more', async () => {
    const port = await freePort()
    server.update([{ namespace: 'default', name: 'web', port, localEndpoints: 1 }])
    await ask(port)
    server.update([])
    await eventually(
      async () =>
        ask(port).then(
          () => false,
          () => true,
        ),
      { seconds: 5, what: 'a closed port' },
    )
  })
})
