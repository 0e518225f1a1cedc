import { chmod, link, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  bindSource,
  clearUnfinished,
  createStored,
  isStored,
  listStored,
  prepareStored,
  removeStored,
  storedSubPath,
  storedUsage,
  writeStored,
  type VolumeStore,
} from './node-volumes.ts'

const pod = { uid: 'uid-1', name: 'web', namespace: 'default' }
const file = (path: string, content: string) => ({ path, content: Buffer.from(content), mode: 0o640 })

async function newStore(): Promise<VolumeStore & AsyncDisposable & { see(path: string): string }> {
  const local = await mkdtemp(join(tmpdir(), 'kubeling-volumes-'))
  return {
    local,
    engine: '/engine/volumes',
    see: path => join(local, 'uid-1_config', 'data', path),
    [Symbol.asyncDispose]: () => rm(local, { recursive: true }),
  }
}

describe('the volumes of a node', () => {
  it('are known by name once they are made, and bound where the engine has them', async () => {
    await using store = await newStore()
    expect(isStored(store, 'uid-1_config')).toBe(false)
    await createStored(store, { name: 'uid-1_config', pod })
    expect(isStored(store, 'uid-1_config')).toBe(true)
    expect(bindSource(store, 'uid-1_config')).toBe('/engine/volumes/uid-1_config/data')
    expect(await listStored(store)).toEqual([{ name: 'uid-1_config', podUid: 'uid-1' }])
    await removeStored(store, 'uid-1_config')
    expect(await listStored(store)).toEqual([])
  })

  it('are open to everybody unless told otherwise, whatever the umask', async () => {
    await using store = await newStore()
    await prepareStored(store, { name: 'uid-1_config', pod })
    expect((await stat(store.see(''))).mode & 0o7777).toBe(0o777)
  })

  it('show a new content at once and nothing of the old', async () => {
    await using store = await newStore()
    const first = [file('keep', '1'), file('drop', '1'), file('sub/inner', '1')]
    await prepareStored(store, { name: 'uid-1_config', pod, content: { files: first, atomic: true } })
    const before = await readlink(store.see('..data'))
    expect(await readFile(store.see('sub/inner'), 'utf8')).toBe('1')
    await writeStored(store, 'uid-1_config', { files: [file('keep', '2'), file('new', '2')], atomic: true })
    const after = await readlink(store.see('..data'))
    expect(after).not.toBe(before)
    expect((await readdir(store.see(''))).sort()).toEqual(['..data', after, 'keep', 'new'].sort())
    expect(await readFile(store.see('keep'), 'utf8')).toBe('2')
    expect(await readlink(store.see('keep'))).toBe('..data/keep')
    expect((await stat(store.see('keep'))).mode & 0o777).toBe(0o640)
  })

  it('hold files without generations where nothing has to change at once', async () => {
    await using store = await newStore()
    await prepareStored(store, { name: 'uid-1_config', pod, content: { files: [file('log', '')], atomic: false } })
    expect(await readdir(store.see(''))).toEqual(['log'])
  })

  it('follow links for a sub-path as long as they stay inside, and make what is missing as open as the volume', async () => {
    await using store = await newStore()
    await prepareStored(store, { name: 'uid-1_config', pod })
    await mkdir(store.see('real'))
    await symlink('real', store.see('inside'))
    await symlink('../../..', store.see('outside'))
    await symlink('/etc', store.see('absolute'))
    await symlink('/no/such/place', store.see('nowhere'))
    const resolved = (subPath: string) => storedSubPath(store, { volume: 'uid-1_config', subPath })
    expect(await resolved('inside/new')).toBe('real/new')
    expect(await resolved('missing/deeper')).toBe('missing/deeper')
    expect((await stat(store.see('missing/deeper'))).mode & 0o7777).toBe(0o777)
    for (const bad of ['outside', 'absolute/passwd', 'nowhere', '../other'])
      await expect(resolved(bad)).rejects.toThrow(`subpath "${bad}" not within volume path`)
  })

  it('write nothing when nothing has changed, not even after the agent started anew', async () => {
    await using store = await newStore()
    const files = [file('key', '1'), file('sub/inner', '1')]
    await prepareStored(store, { name: 'uid-1_config', pod, content: { files, atomic: true } })
    const before = await readlink(store.see('..data'))
    const { mtimeMs } = await stat(store.see(''))
    await writeStored(store, 'uid-1_config', { files, atomic: true })
    expect(await readlink(store.see('..data'))).toBe(before)
    expect((await stat(store.see(''))).mtimeMs).toBe(mtimeMs)
  })

  it.each([
    ['before the switch', async (see: (path: string) => string) => void (await mkdir(see('..2020_01_01_00_00_00.1')))],
    ['after the switch, before links', async (see: (path: string) => string) => void (await rm(see('key')))],
    ['while switching', async (see: (path: string) => string) => void (await symlink('..2020_01_01_00_00_00.1', see('..data_tmp')))],
  ])('put right what a writer that was killed %s left', async (_, kill) => {
    await using store = await newStore()
    await prepareStored(store, { name: 'uid-1_config', pod, content: { files: [file('key', '1')], atomic: true } })
    await kill(store.see)
    await writeStored(store, 'uid-1_config', { files: [file('key', '2')], atomic: true })
    const generation = await readlink(store.see('..data'))
    expect((await readdir(store.see(''))).sort()).toEqual(['..data', generation, 'key'].sort())
    expect(await readFile(store.see('key'), 'utf8')).toBe('2')
  })

  it('leave to the containers what was ready before', async () => {
    await using store = await newStore()
    const log = { name: 'uid-1_config', pod, content: { files: [file('log', '')], atomic: false } }
    await prepareStored(store, log)
    await writeFile(store.see('log'), 'farewell')
    await chmod(store.see(''), 0o700)
    await prepareStored(store, log)
    expect(await readFile(store.see('log'), 'utf8')).toBe('farewell')
    expect((await stat(store.see(''))).mode & 0o777).toBe(0o700)
  })

  it('are whole or not there: what a killed agent was making or removing is thrown away by the next', async () => {
    await using store = await newStore()
    await createStored(store, { name: 'uid-1_config', pod })
    await mkdir(join(store.local, '..half-made', 'data'), { recursive: true })
    await mkdir(join(store.local, '..half-removed', 'data'), { recursive: true })
    expect(await listStored(store)).toEqual([{ name: 'uid-1_config', podUid: 'uid-1' }])
    await clearUnfinished(store)
    expect(await readdir(store.local)).toEqual(['uid-1_config'])
  })

  it('belong to the group they are told, with all that is made in them', async () => {
    await using store = await newStore()
    const gid = process.getgid?.() ?? 0
    await prepareStored(store, { name: 'uid-1_config', pod, mode: 0o3777, gid, content: { files: [file('sub/key', '1')], atomic: true } })
    for (const path of ['..data', 'sub']) expect((await stat(store.see(path))).mode & 0o7777).toBe(0o2755)
    expect((await stat(store.see(''))).mode & 0o7777).toBe(0o3777)
  })

  it('are nobody’s when no pod is named, and stay until they are removed', async () => {
    await using store = await newStore()
    await prepareStored(store, { name: 'pvc-1' })
    expect(isStored(store, 'pvc-1')).toBe(true)
    expect(await listStored(store)).toEqual([])
    await removeStored(store, 'pvc-1')
    expect(isStored(store, 'pvc-1')).toBe(false)
  })

  it('become the group’s with what was in them before, where that is asked for', async () => {
    await using store = await newStore()
    const gid = process.getgid?.() ?? 0
    const modes = async () => Promise.all(['', 'old', 'old/file'].map(async path => (await stat(store.see(path))).mode & 0o7777))
    await prepareStored(store, { name: 'uid-1_config', mode: 0o755 })
    await mkdir(store.see('old'), { mode: 0o700 })
    await writeFile(store.see('old/file'), '', { mode: 0o600 })
    await symlink('/nowhere', store.see('link'))
    await prepareStored(store, { name: 'uid-1_config', mode: 0o2777, gid, regroup: 'OnRootMismatch' })
    expect(await modes()).toEqual([0o2775, 0o2770, 0o660])
    await chmod(store.see('old/file'), 0o600)
    await prepareStored(store, { name: 'uid-1_config', mode: 0o2777, gid, regroup: 'OnRootMismatch' })
    expect(await modes()).toEqual([0o2775, 0o2770, 0o600])
    await prepareStored(store, { name: 'uid-1_config', mode: 0o2777, gid, regroup: 'Always' })
    expect(await modes()).toEqual([0o2775, 0o2770, 0o660])
  })

  it('are as large as what is in them, a file of two names once', async () => {
    await using store = await newStore()
    await prepareStored(store, { name: 'uid-1_config', pod })
    await writeFile(store.see('file'), Buffer.alloc(1 << 20, 1))
    await link(store.see('file'), store.see('same'))
    const used = await storedUsage(store, 'uid-1_config')
    expect(used).toBeGreaterThanOrEqual(1 << 20)
    expect(used).toBeLessThan((1 << 20) + 65536)
  })
})
