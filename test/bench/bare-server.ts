import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClientConfig } from '../../client/client-config.ts'

/** What Node.js itself takes for a request: HTTPS with the same certificates, and answers that are there already. */
export async function withBareServer<T>(
  { config, pki }: { config: ClientConfig; pki: string },
  use: (config: ClientConfig) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), pki], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    return await use({ ...config, server: `https://127.0.0.1:${port.toString().trim()}` })
  } finally {
    child.kill('SIGKILL')
  }
}

/** `GET /<bytes>` is answered by as many; anything else, once its body has been read, by that. */
function serve(pki: string): void {
  const file = (name: string) => readFileSync(join(pki, name))
  const bodies = new Map<string, Buffer>()
  const bodyOf = (path: string) => {
    const body = bodies.get(path) ?? Buffer.alloc(Number(path.slice(1)), 'x')
    bodies.set(path, body)
    return body
  }
  const tls = { cert: file('apiserver.crt'), key: file('apiserver.key'), ca: file('ca.crt'), requestCert: true, noDelay: true }
  const server = createServer(tls, (request, response) => {
    response.setHeader('content-type', 'application/json')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => response.end(request.method === 'GET' ? bodyOf(request.url ?? '/0') : Buffer.concat(chunks)))
  })
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(process.argv[2] ?? '')
