import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { ConfigMap } from '../../api/core/config-map.ts'
import { isConflict } from '../../api/errors.ts'
import { ControlPlaneProcess } from '../support/control-plane-process.ts'

const KILLS = 20
const WRITERS = 8

/** Creates, updates and deletes until the server is gone; remembers what it was told had happened. */
async function write(controlPlane: ControlPlaneProcess, acknowledged: Map<string, string | undefined>, prefix: string): Promise<void> {
  const client = await controlPlane.client()
  for (let index = 0; ; index++) {
    const name = `${prefix}-${index}`
    try {
      await client.create(ConfigMap, { metadata: { name, namespace: 'default' }, data: { value: 'created' } })
      acknowledged.set(name, 'created')
      if (index % 3 === 1) {
        await client.patch(ConfigMap, { name, namespace: 'default' }, { type: 'merge', body: { data: { value: 'updated' } } })
        acknowledged.set(name, 'updated')
      }
      if (index % 3 === 2) {
        await client.delete(ConfigMap, { name, namespace: 'default' })
        acknowledged.set(name, undefined)
      }
    } catch (error) {
      if (isConflict(error)) continue
      // The last write is in doubt: it may or may not have happened, and nobody was told.
      acknowledged.delete(name)
      return
    }
  }
}

describe('a control plane that is killed while it writes', () => {
  it(`has everything it acknowledged, ${KILLS} times`, async () => {
    await using controlPlane = await ControlPlaneProcess.start('--controllers', 'false', '--scheduler', 'false')
    const acknowledged = new Map<string, string | undefined>()
    for (let round = 0; round < KILLS; round++) {
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(controlPlane, acknowledged, `r${round}-w${writer}`))
      // In the middle of the work, however fast the machine: some writes are through, others are on their way.
      const enough = acknowledged.size + WRITERS + Math.random() * 50
      while (acknowledged.size <= enough) await sleep(5)
      await controlPlane.kill('SIGKILL')
      await Promise.all(writers)
      await controlPlane.start()
    }
    const { items } = await (await controlPlane.client()).list(ConfigMap, { namespace: 'default' })
    const stored = new Map(items.map(item => [item.metadata.name, item.data?.['value']]))
    const lost = [...acknowledged].filter(([name, value]) => stored.get(name) !== value)
    expect(lost).toEqual([])
    console.log(`${acknowledged.size} acknowledged writes over ${KILLS} kills, none lost`)
  }, 300_000)
})
