import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long the download of an image takes; `stalls`: half of it comes, the rest never. */
export interface Pace {
  readonly seconds: number
  readonly stalls?: boolean
}
interface Blob {
  readonly content: Buffer
  /** The image that the content alone belongs to, and how it comes. */
  readonly slow?: { readonly name: string; readonly pace: Pace }
}

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`
const parts = 40

/** A registry in this process, as slow as one says, that remembers when it was asked for what. Needs an engine on this machine. */
export class SlowRegistry implements AsyncDisposable {
  readonly #server: Server
  readonly #manifests = new Map<string, Buffer>()
  readonly #blobs = new Map<string, Blob>()
  readonly #asked: { readonly name: string; readonly at: number }[] = []
  readonly #stop = new AbortController()
  readonly #downloads: { readonly name: string; readonly began: number; ended: number }[] = []

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
  }

  static async start(): Promise<SlowRegistry> {
    const registry = new SlowRegistry()
    await new Promise<void>(resolve => registry.#server.listen(0, '127.0.0.1', resolve))
    return registry
  }

  get address(): string {
    return `localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** An image like busybox, with a layer of two megabytes besides that comes at the given pace. */
  add(name: string, pace: Pace): string {
    const layers = [busyboxLayer(), randomLayer()]
    const config = Buffer.from(
      JSON.stringify({
        ...{ architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', os: 'linux', config: { Env: ['PATH=/bin'], Cmd: ['sh'] } },
        rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
        history: layers.map(() => ({ created_by: 'tests' })),
      }),
    )
    const [base, own] = layers
    if (base) this.#blobs.set(digestOf(base), { content: base })
    if (own) this.#blobs.set(digestOf(own), { content: own, slow: { name, pace } })
    this.#blobs.set(digestOf(config), { content: config })
    const described = (mediaType: string, content: Buffer) => ({ mediaType, size: content.length, digest: digestOf(content) })
    const type = 'application/vnd.docker'
    const manifest = {
      schemaVersion: 2,
      mediaType: `${type}.distribution.manifest.v2+json`,
      config: described(`${type}.container.image.v1+json`, config),
      layers: layers.map(layer => described(`${type}.image.rootfs.diff.tar`, layer)),
    }
    this.#manifests.set(name, Buffer.from(JSON.stringify(manifest)))
    return `${this.address}/${name}:1`
  }

  /** When a pull of the image began: questions that came within half a second of one another are one pull. */
  pulls(name: string): number[] {
    const times = this.#asked.filter(one => one.name === name).map(({ at }) => at)
    return times.filter((at, index) => index === 0 || at - (times[index - 1] ?? 0) > 500)
  }

  /** The most images whose name begins so that were downloaded at the same time. */
  mostAtOnce(prefix: string): number {
    const downloads = this.#downloads.filter(({ name }) => name.startsWith(prefix))
    return Math.max(0, ...downloads.map(({ began: at }) => downloads.filter(({ began, ended }) => began <= at && at < ended).length))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #answer({ url = '', method }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url) ?? []
    if (kind === undefined) return void response.writeHead(url === '/v2/' ? 200 : 404).end()
    const manifest = this.#manifests.get(name)
    if (kind === 'manifests') {
      this.#asked.push({ name, at: Date.now() })
      if (!manifest)
        return void response.writeHead(404).end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }))
      const type = 'application/vnd.docker.distribution.manifest.v2+json'
      response.writeHead(200, { 'content-type': type, 'content-length': manifest.length, 'docker-content-digest': digestOf(manifest) })
      return void response.end(method === 'HEAD' ? undefined : manifest)
    }
    const blob = this.#blobs.get(reference)
    if (!blob) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-length': blob.content.length })
    await this.#send(blob, response)
  }

  async #send({ content, slow }: Blob, response: ServerResponse): Promise<void> {
    if (!slow) return void response.end(content)
    const { name, pace } = slow
    const download = { name, began: Date.now(), ended: Infinity }
    this.#downloads.push(download)
    try {
      const size = Math.ceil(content.length / parts)
      for (let part = 0; part < parts && !response.destroyed; part++) {
        if (pace.stalls && part === parts / 2) return
        response.write(content.subarray(part * size, (part + 1) * size))
        await sleep((pace.seconds * 1000) / parts, undefined, { signal: this.#stop.signal })
      }
      response.end()
    } finally {
      download.ended = Date.now()
    }
  }
}

function busyboxLayer(): Buffer {
  const container = execFileSync('docker', ['create', 'busybox:1.36']).toString().trim()
  try {
    return execFileSync('docker', ['export', container], { maxBuffer: 2 ** 28 })
  } finally {
    execFileSync('docker', ['rm', container])
  }
}

function randomLayer(): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'kubeling-layer-'))
  try {
    writeFileSync(join(directory, 'ballast'), randomBytes(2_000_000))
    return execFileSync('tar', ['-C', directory, '-c', 'ballast'], { maxBuffer: 2 ** 28 })
  } finally {
    rmSync(directory, { recursive: true })
  }
}
