import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadIdentity } from './identity.ts'

async function temporaryDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'kubeling-pki-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
const servingNames = ['localhost', '127.0.0.1', 'kubernetes.default.svc']

describe('identity', () => {
  it('is made once, for its owner only, and stays the same', async () => {
    await using box = await temporaryDirectory()
    const directory = join(box.path, 'pki')
    const first = await loadIdentity({ directory, servingNames })
    expect(await loadIdentity({ directory, servingNames })).toEqual(first)
    for (const file of await readdir(directory)) expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600)
    expect(new X509Certificate(first.admin.cert).subject).toBe('O=system:masters\nCN=kubernetes-admin')
    expect(new X509Certificate(first.kubeletClient.cert).subject).toBe('O=system:masters\nCN=kube-apiserver-kubelet-client')
    expect(first.bootstrapToken).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/)
  })

  it('renews the serving certificate when it lacks a name, and nothing else', async () => {
    await using box = await temporaryDirectory()
    const first = await loadIdentity({ directory: box.path, servingNames })
    const second = await loadIdentity({ directory: box.path, servingNames: [...servingNames, '10.0.0.7', 'box'] })
    expect(new X509Certificate(second.serving.cert).subjectAltName).toContain('IP Address:10.0.0.7')
    expect({ ...second, serving: first.serving }).toEqual(first)
  })

  it('renews what will end within a month, under the same authority', async () => {
    await using box = await temporaryDirectory()
    const first = await loadIdentity({ directory: box.path, servingNames })
    const inElevenMonthsAndABit = new Date(Date.now() + 350 * 24 * 60 * 60 * 1000)
    const second = await loadIdentity({ directory: box.path, servingNames, now: inElevenMonthsAndABit })
    expect(second.authority).toEqual(first.authority)
    expect(second.admin.cert).not.toBe(first.admin.cert)
    expect(second.serving.cert).not.toBe(first.serving.cert)
  })

  it('uses the bootstrap token it is given', async () => {
    await using box = await temporaryDirectory()
    const bootstrapToken = 'abcdef.0123456789abcdef'
    expect((await loadIdentity({ directory: box.path, servingNames, bootstrapToken })).bootstrapToken).toBe(bootstrapToken)
  })
})
