import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadKubeconfig, writeKubeconfig } from './kubeconfig.ts'

describe('a kubeconfig', () => {
  it('reads back what was written, for its owner only', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kubeling-kubeconfig-'))
    const path = join(directory, 'sub/config')
    const config = { server: 'https://127.0.0.1:6443', ca: 'CA', certificate: { cert: 'C', key: 'K' }, namespace: 'n' }
    await writeKubeconfig(path, config, { cluster: 'kubeling', user: 'admin' })
    expect(await loadKubeconfig(path)).toEqual(config)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await expect(loadKubeconfig(path, 'other')).rejects.toThrow('context "other" does not exist')
    await rm(directory, { recursive: true })
  })
})
