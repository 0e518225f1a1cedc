import { describe, expect, it } from '@jest/globals'
import { Lease } from '../../api/coordination/lease.ts'
import { onlyWhileLeading } from '../../client/leader-election.ts'
import { silentLogger } from '../../common/log.ts'
import { untilAborted } from '../../common/run.ts'
import { ControlPlaneProcess } from '../support/control-plane-process.ts'
import { eventually } from '../support/eventually.ts'

const lease = { namespace: 'kube-system', name: 'test-leader' }

describe('leader election', () => {
  it('lets one work at a time, and the next when the leader leaves', async () => {
    await using controlPlane = await ControlPlaneProcess.start('--controllers', 'false', '--scheduler', 'false')
    const client = await controlPlane.client()
    const working = new Set<string>()
    let most = 0
    const contend = (identity: string) => {
      const stop = new AbortController()
      const work = {
        async run(signal: AbortSignal) {
          working.add(identity)
          most = Math.max(most, working.size)
          await untilAborted(signal)
          working.delete(identity)
        },
      }
      const done = onlyWhileLeading({ client, lease, identity, log: silentLogger }, work).run(stop.signal)
      return { stop: () => (stop.abort(), done) }
    }
    const first = contend('first')
    await eventually(async () => working.has('first'))
    const second = contend('second')
    await new Promise(resolve => setTimeout(resolve, 3_000))
    expect([...working]).toEqual(['first'])
    expect((await client.get(Lease, lease)).spec.holderIdentity).toBe('first')
    await first.stop()
    await eventually(async () => working.has('second'), { seconds: 20 })
    expect((await client.get(Lease, lease)).spec).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 })
    await second.stop()
    expect(most).toBe(1)
  }, 60_000)

  it('stands before scheduler and controllers when the control plane is told so', async () => {
    await using controlPlane = await ControlPlaneProcess.start('--leader-elect', 'true')
    const client = await controlPlane.client()
    for (const name of ['kube-scheduler', 'kube-controller-manager']) {
      const held = await eventually(async () => client.get(Lease, { namespace: 'kube-system', name }), { seconds: 20 })
      expect(held.spec.holderIdentity).toMatch(/_[0-9a-f-]{36}$/)
    }
  }, 60_000)
})
