import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Clock } from '../../../common/clock.ts'
import type { Logger } from '../../../common/log.ts'
import { backupName, expiredBackups, type Retention } from './backups.ts'

/** Where events go, each a line. Never keeps anybody waiting: what cannot be taken is lost, and counted. */
export interface AuditSink {
  write(line: string): void
  readonly lost: number
  /** Resolves when everything that was taken is written. */
  close(): Promise<void>
}

/** Characters that may wait for the disk. */
const mostWaiting = 32 * 1024 * 1024

export interface AuditFileOptions extends Retention {
  readonly path: string
  /** Bytes after which a new file is begun. */
  readonly maxSize: number
  readonly clock: Pick<Clock, 'now'>
  readonly log: Logger
  /** Characters that may wait; some seconds' worth unless given. */
  readonly mostWaiting?: number
}

/** A file that becomes a backup when it is full, as upstream's log does it: backups have the time of that in their names. */
export class AuditFile implements AuditSink {
  lost = 0
  readonly #options: AuditFileOptions
  #waiting: string[] = []
  #waitingSize = 0
  #writing: Promise<void> | undefined
  #file: { readonly handle: FileHandle; size: number } | undefined
  #failing = false

  constructor(options: AuditFileOptions) {
    this.#options = options
  }
  write(line: string): void {
    if (this.#waitingSize + line.length > (this.#options.mostWaiting ?? mostWaiting)) {
      this.lost++
      return
    }
    this.#waiting.push(line)
    this.#waitingSize += line.length
    this.#writing ??= this.#writeWaiting()
  }
  async close(): Promise<void> {
    await this.#writing
    await this.#closeFile()
  }

  /** Whatever comes while the disk is busy goes together next. */
  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting
      this.#waiting = []
      try {
        await this.#append(Buffer.from(`${lines.join('\n')}\n`))
        this.#failing = false
      } catch (error) {
        this.lost += lines.length
        if (!this.#failing) this.#options.log.error('the audit log cannot be written', { path: this.#options.path, error })
        this.#failing = true
        await this.#closeFile()
      }
      for (const line of lines) this.#waitingSize -= line.length
    }
    this.#writing = undefined
  }
  async #append(bytes: Buffer): Promise<void> {
    const { maxSize } = this.#options
    let file = (this.#file ??= await this.#open())
    if (file.size > 0 && file.size + bytes.length > maxSize) file = await this.#rotate()
    await file.handle.appendFile(bytes)
    file.size += bytes.length
  }
  async #open() {
    const { path } = this.#options
    await mkdir(dirname(path), { recursive: true, mode: 0o755 })
    const handle = await open(path, 'a', 0o600)
    return { handle, size: (await handle.stat()).size }
  }
  async #rotate() {
    const { path, clock } = this.#options
    await this.#closeFile()
    await rename(path, backupName(path, clock.now()))
    const directory = dirname(path)
    for (const name of expiredBackups(path, await readdir(directory), { ...this.#options, now: clock.now() }))
      await rm(join(directory, name), { force: true })
    return (this.#file = await this.#open())
  }
  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.handle.close()
  }
}

/** An output of the process, which is somebody else's to close. */
export class AuditStream implements AuditSink {
  lost = 0
  readonly #stream: Writable

  constructor(stream: Writable) {
    this.#stream = stream
  }
  write(line: string): void {
    if (this.#stream.writableLength + line.length > mostWaiting) this.lost++
    else this.#stream.write(`${line}\n`)
  }
  async close(): Promise<void> {}
}
