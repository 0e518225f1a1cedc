import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { NetworkPolicies } from '../../agent/network/network-policies.ts'
import { Pod } from '../../api/core/pod.ts'
import { NetworkPolicy } from '../../api/networking/network-policy.ts'
import { Informers } from '../../client/informers.ts'
import { silentLogger } from '../../common/log.ts'
import { runAll } from '../../common/run.ts'
import { eventually } from '../support/eventually.ts'
import { startHollowCluster } from '../support/hollow-cluster.ts'

const namespace = 'default'
const denyAll = { metadata: { name: 'deny-all', namespace }, spec: { podSelector: {}, policyTypes: ['Ingress'] } }

describe('network policies on a node', () => {
  let cluster: Awaited<ReturnType<typeof startHollowCluster>>
  /** What the node gave to nft. */
  const scripts: string[] = []
  let refuse = false
  const stop = new AbortController()
  let policies: NetworkPolicies
  let running: Promise<void>

  beforeAll(async () => {
    cluster = await startHollowCluster({ nodes: ['node-1'] })
    const informers = new Informers(cluster.client, silentLogger)
    policies = new NetworkPolicies({
      ...{ client: cluster.client, informers, log: silentLogger },
      facts: { nodeName: 'node-1', clusterDns: '10.96.0.10' },
      nft: async (script, ...args) => {
        if (args.length > 0) return 'table ip kubeling-policy\n'
        if (refuse) {
          refuse = false
          throw new Error('nft ended with 1: Could not process rule: No such file or directory')
        }
        scripts.push(script)
        return ''
      },
    })
    running = runAll([informers, policies], stop.signal)
  }, 60_000)
  afterAll(async () => {
    stop.abort()
    await running
    await cluster[Symbol.asyncDispose]()
  }, 60_000)

  const said = (pattern: RegExp) =>
    eventually(async () => scripts.some(script => pattern.test(script)), { what: `a script with ${pattern}` })
  const startPod = async (name: string) => {
    await cluster.client.create(Pod, {
      metadata: { name, namespace, labels: { app: name } },
      spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'busybox' }] },
    } as never)
    return await eventually(async () => (await cluster.client.get(Pod, { namespace, name })).status.podIP, {
      what: `an address of ${name}`,
    })
  }
  const asIs = (name: string, uid: string) =>
    ({
      metadata: { name, namespace, uid, labels: { app: name } },
      spec: { nodeName: 'node-1', containers: [] },
      status: {},
    }) as unknown as Pod

  it('are nothing at first: what an agent before left is removed, and pods start without asking', async () => {
    await said(/^table ip kubeling-policy\ndelete table ip kubeling-policy\n$/)
    await policies.admit(asIs('early', 'u0'), () => Promise.reject(new Error('nobody needs the address')))
  })

  it('are loaded as a whole at first, and by differences from then on', async () => {
    const first = await startPod('first')
    await cluster.client.create(NetworkPolicy, denyAll as never)
    await said(new RegExp(`table ip kubeling-policy \\{[^]*map ingress \\{[^}]*${first} : jump`))
    scripts.length = 0
    const second = await startPod('second')
    await said(new RegExp(`^add element ip kubeling-policy ingress \\{ ${second} : jump`, 'm'))
    expect(scripts.join('')).not.toContain(first)
  }, 30_000)

  it('know a pod that is about to start before its address is in the API', async () => {
    await policies.admit(asIs('new', 'u1'), () => Promise.resolve('10.244.0.77'))
    expect(scripts.join('')).toMatch(/^add element ip kubeling-policy ingress \{ 10\.244\.0\.77 : jump/m)
  })

  it('are loaded as a whole again where the differences do not fit', async () => {
    scripts.length = 0
    refuse = true
    await policies.admit(asIs('other', 'u2'), () => Promise.resolve('10.244.0.78'))
    expect(scripts).toHaveLength(1)
    expect(scripts[0]).toMatch(/^delete table ip kubeling-policy$[^]*10\.244\.0\.78 : jump/m)
  })

  it('leave nothing behind', async () => {
    scripts.length = 0
    await cluster.client.delete(NetworkPolicy, { namespace, name: 'deny-all' })
    await said(/^table ip kubeling-policy\ndelete table ip kubeling-policy\n$/)
  })
})
