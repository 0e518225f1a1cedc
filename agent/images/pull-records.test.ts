import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { TrackedCredentials } from './keyring.ts'
import { PullRecords } from './pull-records.ts'

const login = (name: string, hash = name): TrackedCredentials => ({
  ...{ username: name, password: 'p', serverAddress: 'r.io', hash },
  secret: { uid: name, namespace: 'ns', name },
})
const image = (id: string, ...tags: string[]) => ({ id, tags, digests: [], sizeBytes: 1 })
const held =
  (...credentials: TrackedCredentials[]) =>
  () =>
    credentials

describe('access to pulled images', () => {
  it('is free to images that were here before the node', async () => {
    expect(await new PullRecords().accessible('r.io/a:1', 'id', held())).toBe(true)
  })

  it('is free to images that were pulled without a login', async () => {
    const records = new PullRecords()
    await records.pulled('r.io/a:1', { id: 'id', brought: true, credentials: undefined })
    expect(await records.accessible('r.io/a:2', 'id', held())).toBe(true)
    // Another repository may be a private one, with the same image.
    expect(await records.accessible('r.io/b:1', 'id', held())).toBe(false)
  })

  it('takes the login that the image was pulled with, or the same secret with a new one', async () => {
    const records = new PullRecords()
    await records.pulled('r.io/a:1', { id: 'id', brought: true, credentials: login('me') })
    const asked = (...credentials: TrackedCredentials[]) => records.accessible('r.io/a:1', 'id', held(...credentials))
    expect(await asked()).toBe(false)
    expect(await asked(login('you'))).toBe(false)
    expect(await asked(login('you'), login('me'))).toBe(true)
    expect(await asked(login('other secret', 'me'))).toBe(true)
    expect(await asked(login('me', 'changed'))).toBe(true)
    await records.pulled('r.io/a:1', { id: 'id', brought: false, credentials: login('you') })
    expect(await asked(login('you'))).toBe(true)
    expect(await asked(login('me'))).toBe(true)
  })

  it('is held back while a pull has begun and nobody knows yet what it needed', async () => {
    const records = new PullRecords()
    await records.begin('r.io/a:1')
    expect(await records.accessible('r.io/a:1', 'id', held())).toBe(false)
    await records.failed('r.io/a:1')
    expect(await records.accessible('r.io/a:1', 'id', held())).toBe(true)
  })
})

describe('ownership of images', () => {
  const pulled = { id: 'id', brought: true, credentials: undefined }

  it('is had of what the node has brought, under the names it pulled', async () => {
    const records = new PullRecords()
    await records.pulled('busybox', pulled)
    expect(await records.owns(image('id', 'busybox:latest'))).toBe(true)
    expect(await records.owns(image('id'))).toBe(true)
    expect(await records.owns(image('id', 'busybox:latest', 'mine:1'))).toBe(false)
    expect(await records.owns(image('other', 'busybox:latest'))).toBe(false)
  })

  it('is not had of what was on the machine before', async () => {
    const records = new PullRecords()
    await records.pulled('busybox', { ...pulled, brought: false })
    expect(await records.owns(image('id', 'busybox:latest'))).toBe(false)
  })

  it('ends with the image: the next one of that id may be another’s', async () => {
    const records = new PullRecords()
    await records.pulled('busybox', pulled)
    await records.keep(new Set(['other']))
    expect(await records.owns(image('id', 'busybox:latest'))).toBe(false)
  })

  it('outlives the agent, and the file holds no password', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'pulls-')), 'node', 'image-pulls.json')
    await new PullRecords(file).pulled('r.io/a:1', { ...pulled, credentials: { ...login('me'), password: 'hush' } })
    const again = new PullRecords(file)
    expect(await again.owns(image('id', 'r.io/a:1'))).toBe(true)
    expect(await again.accessible('r.io/a:1', 'id', held())).toBe(false)
    expect(await readFile(file, 'utf8')).not.toContain('hush')
  })
})
