import { mkdtemp, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { docker, testCluster } from './test-cluster.ts'

/** The account of a registry with authentication; `htpasswd` is how the registry knows it. */
export const account = {
  username: 'kubeling',
  password: 'secret',
  htpasswd: 'kubeling:$2b$04$Jfvks8lUdkEMk13Mq2DPdebzOzYeVE72PsR9B/54C4u5p2PvtA3Sa',
}

/** A real registry on the engine, which the engine reaches as `localhost:<port>`. */
export interface Registry extends AsyncDisposable {
  readonly address: string
  /** Makes an image like busybox, unlike any other, pushes it under the name, and leaves nothing of it on the engine. */
  push(name: string): Promise<string>
  /** How often the manifest of a name was asked for, as the registry's access log has it. */
  asked(name: string): Promise<number>
  stop(): Promise<void>
  start(): Promise<void>
}

export async function startRegistry(options: { withAccount?: boolean } = {}): Promise<Registry> {
  const port = await freePort()
  const address = `localhost:${port}`
  const accounts = options.withAccount ? ['-e', `REGISTRY_ACCOUNTS=${account.htpasswd}`] : []
  const label = `io.kubeling.cluster=${testCluster.name}`
  const run = ['run', '-d', '--label', label, '-p', `127.0.0.1:${port}:5000`, ...accounts, 'kubeling/registry']
  const container = (await docker(...run)).trim()
  const answers = () => answersAt(port)
  await eventually(answers, { what: 'an answer of the registry' })
  const config = await mkdtemp(join(tmpdir(), 'kubeling-docker-'))
  const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64')
  await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [address]: { auth } } }))
  return {
    address,
    async push(name) {
      const image = `${address}/${name}`
      const made = (await docker('create', 'busybox:1.36')).trim()
      await docker('commit', '--change', `LABEL made=${image}-${process.pid}-${Date.now()}`, made, image)
      await docker('rm', made)
      await docker('--config', config, 'push', '-q', image)
      await docker('rmi', image)
      return image
    },
    async asked(name) {
      const [path = '', tag = ''] = name.split(':')
      const log = await docker('logs', container)
      return log
        .split('\n')
        .filter(line => line.includes(`"GET /v2/${path}/manifests/${tag}`) || line.includes(`"HEAD /v2/${path}/manifests/${tag}`)).length
    },
    async stop() {
      await docker('stop', '-t', '1', container)
    },
    async start() {
      await docker('start', container)
      await eventually(answers, { what: 'an answer of the registry' })
    },
    async [Symbol.asyncDispose]() {
      await docker('rm', '-fv', container)
    },
  }
}

/** Whatever it answers: it is there. */
function answersAt(port: number): Promise<true> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path: '/v2/', agent: false, timeout: 2000 }, response => {
      response.resume()
      resolve(true)
    })
    request.on('timeout', () => request.destroy(new Error('no answer in two seconds')))
    request.on('error', reject)
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
