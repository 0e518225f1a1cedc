import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  bindSource,
  createStored,
  isStored,
  listStored,
  prepareStored,
  removeStored,
  withoutStoredLinks,
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

  it('follow links for a sub-path as long as they stay inside', async () => {
    await using store = await newStore()
    await prepareStored(store, { name: 'uid-1_config', pod })
    await mkdir(store.see('real'))
    await symlink('real', store.see('inside'))
    await symlink('../../..', store.see('outside'))
    await symlink('/etc', store.see('absolute'))
    await symlink('/no/such/place', store.see('nowhere'))
    const resolved = (subPath: string) => withoutStoredLinks(store, { volume: 'uid-1_config', subPath })
    expect(await resolved('inside/new')).toBe('real/new')
    expect(await resolved('missing/deeper')).toBe('missing/deeper')
    for (const bad of ['outside', 'absolute/passwd', 'nowhere', '../other'])
      await expect(resolved(bad)).rejects.toThrow(`subpath "${bad}" not within volume path`)
  })
})
