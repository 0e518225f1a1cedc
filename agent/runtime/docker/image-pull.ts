import type { Readable } from 'node:stream'
import { RuntimeError, type PullOptions, type RegistryCredentials } from '../runtime.ts'
import { toRuntimeError } from './errors.ts'
import { lines } from './events.ts'
import { isReference, manifestPath, normalizeReference, withTag } from './image-reference.ts'
import type { DockerContext } from './options.ts'
import { PullLayers, type PullLine } from './pull-layers.ts'

/** Pulls an image and returns its id. */
export async function pullImage({ docker }: DockerContext, image: string, options: PullOptions = {}): Promise<string> {
  if (!isReference(image))
    throw new RuntimeError('InvalidImageName', `couldn't parse image name ${JSON.stringify(image)}: invalid reference format`)
  try {
    const pulled = (await docker.pull(withTag(image), {
      ...(options.credentials ? { authconfig: authOf(options.credentials) } : {}),
      ...(options.signal ? { abortSignal: options.signal } : {}),
    })) as Readable
    await finished(pulled, options)
    return (await docker.getImage(image).inspect()).Id
  } catch (error) {
    options.signal?.throwIfAborted()
    throw pullError(image, error)
  }
}

const authOf = ({ username, password, serverAddress }: RegistryCredentials) => ({
  username,
  password,
  serveraddress: serverAddress,
})

/** The engine answers 200 at once, tells what it does line by line, and reports a failure as the last of them. */
async function finished(answer: AsyncIterable<Buffer>, { onProgress }: PullOptions): Promise<void> {
  const layers = new PullLayers()
  for await (const text of lines(answer)) {
    const line = JSON.parse(text) as PullLine & { readonly error?: string }
    if (line.error) throw new Error(line.error)
    if (layers.take(line)) onProgress?.(layers.progress())
  }
}

const denied = /pull access denied|denied:|unauthorized|no basic auth|authentication required/i
const missing = /manifest unknown|manifest for .* not found|not found|no such image|repository does not exist|name unknown/i
/** The way to the registry, not what it answered: names that do not resolve, connections that do not come about. */
const unreachable =
  /dial (tcp|udp|unix)|no such host|connection refused|network is unreachable|no route to host|i\/o timeout|TLS handshake timeout|(Client\.Timeout|context deadline) exceeded|request canceled while waiting for connection/i

/**
 * The engine knocks at `/v2/` first, and falls back to http; containerd, whose words people know from a kubelet, asks for the
 * manifest at once, and by https.
 */
const asManifestRequest = (said: string, image: string): string =>
  said.replace(/^(?:Get|Head) "https?:\/\/([^/"]+)\/v2\/[^"]*": /, (_, host: string) => `Head "https://${host}${manifestPath(image)}": `)

/** The engine has only sentences to tell one failure from another. */
export function pullError(image: string, error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error
  const translated = toRuntimeError(error)
  if (translated.reason === 'Unavailable') return translated
  const said = translated.message
  const name = normalizeReference(image)
  const failure = (what: string) => `failed to pull and unpack image "${name}": failed to resolve image: ${what}`
  if (denied.test(said)) return new RuntimeError('Unauthorized', failure(said), { cause: error })
  if (unreachable.test(said))
    return new RuntimeError('RegistryUnavailable', failure(`failed to do request: ${asManifestRequest(said, image)}`), { cause: error })
  if (missing.test(said)) return new RuntimeError('ImageNotFound', failure(`${name}: not found`), { cause: error })
  if (/invalid reference format|repository name must/i.test(said)) return new RuntimeError('InvalidImageName', said, { cause: error })
  return new RuntimeError('Unknown', `failed to pull and unpack image "${name}": ${said}`, { cause: error })
}
