import { describe, expect, it } from '@jest/globals'
import { LoadBalancer } from '../../agent/load-balancer/load-balancer.ts'
import { SimulatedPortPublisher } from '../../agent/runtime/simulated-port-publisher.ts'
import { Event } from '../../api/core/event.ts'
import { Node } from '../../api/core/node.ts'
import { Service } from '../../api/core/service.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import { Informers } from '../../client/informers.ts'
import { systemClock } from '../../common/clock.ts'
import { silentLogger } from '../../common/log.ts'
import { runAll } from '../../common/run.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const service = (name: string, spec: object) => ({ metadata: { name, namespace }, spec: { selector: { app: name }, ...spec } }) as never
const balancer = { type: 'LoadBalancer', ports: [{ port: 80 }] }

/** A cluster of two nodes on one machine, whose ports are in memory. */
async function startMachine() {
  const cluster = await startHollowCluster({ nodes: ['node-1', 'node-2'] })
  const publisher = new SimulatedPortPublisher()
  const stop = new AbortController()
  const { client } = cluster
  const balancerOf = (nodeName: string) => {
    const informers = new Informers(client, silentLogger)
    const recorder = new EventRecorder({ client, component: 'service-controller', log: silentLogger })
    const options = { nodeName, publisher, address: '127.0.0.1', client, informers, recorder, clock: systemClock, log: silentLogger }
    const balancer = new LoadBalancer(options)
    return [informers, recorder, balancer]
  }
  const running = runAll([...balancerOf('node-1'), ...balancerOf('node-2')], stop.signal)
  return {
    client,
    publisher,
    open: (name: string) => publisher.publications.get(`${namespace}/${name}`)?.ports.map(({ port, protocol }) => `${port}/${protocol}`),
    async ingress(name: string) {
      return (await client.get(Service, { namespace, name })).status.loadBalancer.ingress
    },
    async messages(name: string) {
      const { items } = await client.list(Event, { namespace })
      return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason, message }) => `${reason}: ${message}`)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      await cluster[Symbol.asyncDispose]()
    },
  }
}

describe('services of type LoadBalancer', () => {
  it('get the address of the machine, and give their ports back', async () => {
    await using machine = await startMachine()
    const { client, open, ingress } = machine
    const { spec } = await client.create(Service, service('web', balancer))
    const nodePort = `${spec.ports?.[0]?.nodePort}/tcp`
    await eventually(async () => (await ingress('web'))?.[0]?.ip === '127.0.0.1', { what: 'an address' })
    expect(await ingress('web')).toEqual([{ ip: '127.0.0.1', ipMode: 'Proxy', ports: [{ port: 80, protocol: 'TCP' }] }])
    expect(open('web')).toEqual(['80/tcp', nodePort])
    await eventually(async () => (await machine.messages('web')).includes('EnsuredLoadBalancer: Ensured load balancer'))
    await client.patch(Service, { namespace, name: 'web' }, { type: 'merge', body: { spec: { type: 'NodePort' } } })
    await eventually(async () => open('web')?.join() === nodePort && (await ingress('web')) === undefined, { what: 'the node port alone' })
    await client.delete(Service, { namespace, name: 'web' })
    await eventually(async () => open('web') === undefined, { what: 'nothing open' })
  }, 120_000)

  it('say which port they could not have, and where they are instead; a service that lets go of it makes room', async () => {
    await using machine = await startMachine()
    const { client, publisher, open, ingress, messages } = machine
    publisher.taken.add('8080/tcp')
    const ports = [
      { name: 'a', port: 80 },
      { name: 'b', port: 8080 },
    ]
    await client.create(Service, service('first', balancer))
    await eventually(async () => open('first') !== undefined)
    const { spec } = await client.create(Service, service('second', { ...balancer, ports }))
    const nodePorts = spec.ports?.map(({ nodePort }) => nodePort) ?? []
    const where = nodePorts.map(port => `127.0.0.1:${port}`).join(' and ')
    const problem =
      'SyncLoadBalancerFailed: Error syncing load balancer: failed to ensure load balancer: ' +
      'port 80 of 127.0.0.1 is that of the service default/first, port 8080 of 127.0.0.1 is in use on this machine; ' +
      `until it is free the service is at ${where}`
    await eventually(async () => (await messages('second')).includes(problem), { what: problem })
    expect(open('second')).toEqual(nodePorts.map(port => `${port}/tcp`))
    expect((await ingress('second'))?.[0]?.ports?.map(({ error }) => error)).toEqual(['kubeling.io/PortInUse', 'kubeling.io/PortInUse'])
    await client.delete(Service, { namespace, name: 'first' })
    await eventually(async () => open('second')?.includes('80/tcp') ?? false, { what: 'the port that became free' })
  }, 120_000)

  it('are taken over by another node when theirs is lost', async () => {
    await using machine = await startMachine()
    const { client, publisher, open } = machine
    await client.create(Service, service('web', balancer))
    await eventually(async () => open('web') !== undefined)
    const before = publisher.publications.get('default/web')
    const leader = (await client.list(Node)).items.sort((a, b) =>
      `${a.metadata.creationTimestamp} ${a.metadata.name}` < `${b.metadata.creationTimestamp} ${b.metadata.name}` ? -1 : 1,
    )[0]
    await client.delete(Node, { name: leader?.metadata.name ?? '' })
    publisher.scripts.set('default/web', 'outdated')
    await eventually(async () => publisher.scripts.get('default/web') !== 'outdated', { what: 'another node that leads' })
    expect(publisher.publications.get('default/web')).toBe(before)
  }, 120_000)

  it('are left to whoever has their class', async () => {
    await using machine = await startMachine()
    const { client, open, ingress } = machine
    await client.create(Service, service('other', { ...balancer, loadBalancerClass: 'example.com/other' }))
    await client.create(Service, service('ours', balancer))
    await eventually(async () => open('ours') !== undefined)
    expect([open('other'), await ingress('other')]).toEqual([undefined, undefined])
  }, 120_000)
})
