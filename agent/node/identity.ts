import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CertificateSigningRequest } from '../../api/certificates/certificate-signing-request.ts'
import type { Client } from '../../client/client.ts'
import type { KeyPair } from '../../client/client-config.ts'
import { createCsr } from '../../common/certificate-request.ts'
import { sleepUnlessAborted, type Clock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import type { Runnable } from '../../common/run.ts'

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet'
const SERVING_SIGNER = 'kubernetes.io/kubelet-serving'
/** A certificate is replaced when this share of its life is over. */
const RENEW_AT = 0.8
const ISSUE_TIMEOUT_MILLISECONDS = 60_000
const RETRY_MILLISECONDS = 10_000
/** Not while a node starts, which has better things to do: the API server knows its nodes by name. */
const FIRST_LOOK_MILLISECONDS = 10_000
/** Timers in Node end at 24.8 days; a day is short enough to look again. */
const LOOK_AGAIN_MILLISECONDS = 24 * 60 * 60_000

export interface NodeIdentityOptions {
  readonly nodeName: string
  readonly nodeAddress: string
  /** Where the keys are kept, each file readable by its owner only. */
  readonly directory: string
  /** Speaks with the bootstrap token; only used while there is no certificate yet. */
  readonly bootstrapClient: () => Promise<Client>
  /** Speaks with this identity. */
  readonly client: () => Client
  readonly clock: Clock
  readonly log: Logger
}

/**
 * The node's certificates: one to speak to the API server with (system:node:<name>), one to serve with. They are requested
 * through CertificateSigningRequests, kept on disk, and renewed before they end; upstream's kubelet TLS bootstrapping.
 */
export class NodeIdentity implements Runnable {
  readonly #options: NodeIdentityOptions
  #client: KeyPair | undefined
  #serving: KeyPair | undefined

  constructor(options: NodeIdentityOptions) {
    this.#options = options
  }

  /** The certificate to present to the API server; undefined before `ensureClient` has resolved. */
  get client(): KeyPair | undefined {
    return this.#client
  }

  /** The certificate to serve with; undefined before `ensureServing` has resolved. */
  get serving(): KeyPair | undefined {
    return this.#serving
  }

  /** Loads the certificate to speak with, or requests one when it is missing or expired. */
  async ensureClient(): Promise<void> {
    this.#client = (await this.#load('kubelet-client')) ?? (await this.#request('kubelet-client'))
  }
  /**
   * The same for the one to serve with. To be called when the Node object says the node's address: until then it may be a
   * neighbour's, and will not be certified. One that is for an address the node had before serves until `run` has replaced it.
   */
  async ensureServing(): Promise<void> {
    this.#serving = (await this.#load('kubelet-server')) ?? (await this.#request('kubelet-server'))
  }

  /** Renews what is about to expire or for another address, until told to stop. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options
    await sleepUnlessAborted(clock, FIRST_LOOK_MILLISECONDS, signal)
    while (!signal.aborted) {
      let pause = LOOK_AGAIN_MILLISECONDS
      try {
        if (this.#client && this.#due(this.#client)) this.#client = await this.#request('kubelet-client')
        if (this.#serving && (this.#due(this.#serving) || !this.#isForAddress(this.#serving)))
          this.#serving = await this.#request('kubelet-server')
      } catch (error) {
        log.error('a certificate of the node could not be renewed', { error })
        pause = RETRY_MILLISECONDS
      }
      await sleepUnlessAborted(clock, pause, signal)
    }
  }

  #due({ cert }: KeyPair): boolean {
    const { validFrom, validTo } = new X509Certificate(cert)
    const [from, to] = [Date.parse(validFrom), Date.parse(validTo)]
    return this.#options.clock.now().getTime() > from + (to - from) * RENEW_AT
  }

  #isForAddress({ cert }: KeyPair): boolean {
    return new X509Certificate(cert).checkIP(this.#options.nodeAddress) !== undefined
  }

  async #load(name: 'kubelet-client' | 'kubelet-server'): Promise<KeyPair | undefined> {
    const { directory } = this.#options
    const text = await readFile(join(directory, `${name}.pem`), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return undefined
    const end = text.indexOf('-----BEGIN PRIVATE KEY')
    const pair = { cert: text.slice(0, end), key: text.slice(end) }
    return this.#due(pair) ? undefined : pair
  }

  async #request(name: 'kubelet-client' | 'kubelet-server'): Promise<KeyPair> {
    const { nodeName, nodeAddress, directory, log } = this.#options
    const forClient = name === 'kubelet-client'
    const subject = { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'] }
    const { csr, key } = await createCsr(forClient ? subject : { ...subject, names: [nodeName, nodeAddress] })
    const client = forClient && this.#client === undefined ? await this.#options.bootstrapClient() : this.#options.client()
    const cert = await issued(client, csr, forClient)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const file = join(directory, `${name}.pem`)
    await writeFile(`${file}.new`, `${cert.trim()}\n${key.trim()}\n`, { mode: 0o600 })
    await rename(`${file}.new`, file)
    log.info('certificate issued', { certificate: name })
    return { cert, key }
  }
}

/** Files the request and waits until the signer has answered it. */
async function issued(client: Client, csr: string, forClient: boolean): Promise<string> {
  const { metadata } = await client.create(CertificateSigningRequest, {
    metadata: { generateName: 'csr-' },
    spec: {
      request: Buffer.from(csr).toString('base64'),
      signerName: forClient ? CLIENT_SIGNER : SERVING_SIGNER,
      usages: ['digital signature', 'key encipherment', forClient ? 'client auth' : 'server auth'],
    },
  } as Parameters<typeof client.create<CertificateSigningRequest>>[1])
  const signal = AbortSignal.timeout(ISSUE_TIMEOUT_MILLISECONDS)
  const events = client.watch(CertificateSigningRequest, {
    fieldSelector: `metadata.name=${metadata.name}`,
    resourceVersion: metadata.resourceVersion,
    signal,
  })
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue
    const { status } = event.object
    if (status.certificate) return Buffer.from(status.certificate, 'base64').toString()
    const refused = status.conditions?.find(({ type }) => type === 'Denied' || type === 'Failed')
    if (refused)
      throw new Error(`the certificate request ${metadata.name} was refused: ${refused.message ?? refused.reason ?? refused.type}`)
  }
  throw new Error(`the certificate request ${metadata.name} was not answered within ${ISSUE_TIMEOUT_MILLISECONDS / 1000} s`)
}
