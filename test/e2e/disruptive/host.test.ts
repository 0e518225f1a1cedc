import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { hostState } from '../../support/host-state.ts'
import { run } from '../../support/shell.ts'
import { docker } from '../../support/test-cluster.ts'

const CLUSTER = 'kubeling-host'
/** Ranges of nobody else, so that every line that mentions them is of this cluster. */
const ranges = { KUBELING_NODES_CIDR: '172.31.60.0/24', KUBELING_POD_CIDR: '10.150.0.0/16', KUBELING_SERVICE_CIDR: '10.151.0.0/16' }
const prefixes = ['172.31.60.', '10.150.', '10.151.']

describe('a cluster', () => {
  it('leaves nothing on the machine when it is taken down: no rule, interface, route, network, volume or container', async () => {
    const state = await mkdtemp(join(tmpdir(), 'kubeling-host-'))
    const env = { ...ranges, KUBELING_CLUSTER: CLUSTER, KUBELING_STATE: state, KUBELING_API_PORT: '16699' }
    const own = new Set([CLUSTER, ...prefixes])
    // Other clusters may come and go meanwhile: only what is this one's counts.
    const ours = async () => (await hostState()).filter(line => [...own].some(word => line.includes(word)))
    expect(await ours()).toEqual([])
    try {
      const up = await run('scripts/up', [], { env, timeoutSeconds: 240 })
      expect({ code: up.code, stderr: up.stderr }).toEqual({ code: 0, stderr: expect.any(String) })
      expect(up.stdout).toMatch(/open on this machine: default\/demo: 127\.0\.0\.1:\d+/)
      const networks = await docker('network', 'ls', '--filter', `label=io.kubeling.cluster=${CLUSTER}`, '--format', '{{.ID}}')
      for (const id of networks.trim().split('\n')) own.add(`br-${id.slice(0, 12)}`)
      // Some have no name of their own.
      const containers = (await docker('ps', '-aq', '--filter', `label=io.kubeling.cluster=${CLUSTER}`)).trim().split('\n')
      const mounted = await docker('inspect', ...containers, '--format', '{{range .Mounts}}{{.Name}} {{end}}')
      for (const volume of mounted.split(/\s+/).filter(Boolean)) own.add(volume)
      expect((await ours()).length).toBeGreaterThan(10)
    } finally {
      const down = await run('scripts/down', ['--purge'], { env, timeoutSeconds: 120 })
      await rm(state, { recursive: true, force: true })
      expect({ code: down.code, stderr: down.stderr }).toEqual({ code: 0, stderr: '' })
    }
    expect(await ours()).toEqual([])
  }, 420_000)
})
