import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { run } from '../../support/shell.ts'
import { docker, testCluster } from '../../support/test-cluster.ts'

const label = `label=io.kubeling.cluster=${testCluster.name}`
const lines = (text: string) =>
  text
    .split('\n')
    .filter(line => line !== '')
    .sort()
/** But for the pods of other tests, which may still be on their way out. */
const containers = async () =>
  lines(await docker('ps', '-a', '--no-trunc', '--filter', label, '--format', '{{.ID}} {{.Names}} {{.State}}')).filter(
    line => !line.includes('_e2e-'),
  )
const up = (env: Record<string, string> = {}) => run('scripts/up', [], { env, timeoutSeconds: 60 })

describe('scripts/up', () => {
  it('changes nothing when it is run again, and is done at once', async () => {
    const before = await containers()
    const started = Date.now()
    const { code, stdout, stderr } = await up()
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
    const seconds = (Date.now() - started) / 1000
    process.stdout.write(`    scripts/up, a second time: ${seconds.toFixed(1)} s\n`)
    expect(seconds).toBeLessThan(30)
    expect(stdout).toContain('the demo answers')
    expect(await containers()).toEqual(before)
  }, 60_000)

  it('leaves a kubeconfig that only its owner may read', async () => {
    expect((await stat(testCluster.kubeconfig)).mode & 0o777).toBe(0o600)
  })

  it('marks every container, network and volume as the cluster’s', async () => {
    const listed = async (kind: string, format: string, ...filters: string[]) =>
      lines(await docker(kind, 'ls', ...(kind === 'container' ? ['-a'] : []), ...filters.flatMap(f => ['--filter', f]), '--format', format))
    for (const [kind, format] of [
      ['container', '{{.Names}}'],
      ['network', '{{.Name}}'],
      ['volume', '{{.Name}}'],
    ] as const) {
      const named = await listed(kind, format, `name=${testCluster.name}`)
      const marked = await listed(kind, format, label)
      expect(named.filter(name => name.startsWith(testCluster.name) && !marked.includes(name))).toEqual([])
      expect(marked.length).toBeGreaterThanOrEqual(4)
    }
  }, 30_000)

  it('refuses addresses that somebody else has, and says what to do', async () => {
    const state = await mkdtemp(join(tmpdir(), 'kubeling-up-'))
    try {
      const [network] = lines(await docker('network', 'ls', '--filter', label, '--filter', 'name=_nodes$', '--format', '{{.Name}}'))
      const cidr = (await docker('network', 'inspect', network ?? '', '--format', '{{(index .IPAM.Config 0).Subnet}}')).trim()
      const { code, stderr } = await up({ KUBELING_CLUSTER: 'kubeling-other', KUBELING_STATE: state, KUBELING_NODES_CIDR: cidr })
      expect(code).toBe(1)
      expect(stderr).toContain(`KUBELING_NODES_CIDR=${cidr} overlaps`)
      expect(stderr).toContain('choose another range: KUBELING_NODES_CIDR=<range> scripts/up')
      expect(await readdir(state)).not.toContain('kubeconfig')
    } finally {
      await rm(state, { recursive: true, force: true })
    }
  }, 60_000)
})
