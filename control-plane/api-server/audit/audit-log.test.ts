import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../../../common/clock.ts'
import { silentLogger } from '../../../common/log.ts'
import { AuditFile, type AuditFileOptions } from './audit-log.ts'

async function temporaryLog(options: Partial<AuditFileOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'audit-'))
  const path = join(directory, 'logs', 'audit.log')
  const file = new AuditFile({ path, maxSize: 1000, maxAge: 0, maxBackups: 0, clock: systemClock, log: silentLogger, ...options })
  return { directory, path, file, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}

describe('the audit log', () => {
  it('has every line, in order, when it is closed, and goes on where it was', async () => {
    await using log = await temporaryLog()
    for (const line of ['a', 'b', 'c']) log.file.write(line)
    await log.file.close()
    expect(await readFile(log.path, 'utf8')).toBe('a\nb\nc\n')
    log.file.write('d')
    await log.file.close()
    expect(await readFile(log.path, 'utf8')).toBe('a\nb\nc\nd\n')
    expect(log.file.lost).toBe(0)
  })

  it('begins anew when it is full, and keeps so many of its past', async () => {
    let time = Date.parse('2026-03-10T12:00:00.000Z')
    await using log = await temporaryLog({ maxBackups: 2, clock: { now: () => new Date((time += 1000)) } })
    for (const letter of 'abcde') {
      log.file.write(letter.repeat(600))
      await log.file.close()
    }
    const names = (await readdir(join(log.directory, 'logs'))).sort()
    expect(names).toHaveLength(3)
    const texts = await Promise.all(names.map(name => readFile(join(log.directory, 'logs', name), 'utf8')))
    expect(texts.map(text => text[0])).toEqual(['c', 'd', 'e'])
  })

  it('loses what a slow disk does not take, counts it, and keeps nobody waiting', async () => {
    await using log = await temporaryLog({ mostWaiting: 100 })
    for (let n = 0; n < 50; n++) log.file.write(`line ${String(n).padStart(5, '0')}`)
    expect(log.file.lost).toBe(40)
    await log.file.close()
    log.file.write('after')
    await log.file.close()
    const lines = (await readFile(log.path, 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(11)
    expect(lines.at(-1)).toBe('after')
  })

  it('counts what cannot be written, and goes on when it can', async () => {
    await using log = await temporaryLog()
    await writeFile(join(log.directory, 'logs'), 'in the way')
    log.file.write('lost')
    await log.file.close()
    expect(log.file.lost).toBe(1)
    await rm(join(log.directory, 'logs'))
    log.file.write('kept')
    await log.file.close()
    expect(await readFile(log.path, 'utf8')).toBe('kept\n')
  })
})
