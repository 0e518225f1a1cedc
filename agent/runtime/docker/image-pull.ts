import type { Readable } from 'node:stream'
import { RuntimeError, type RegistryCredentials } from '../runtime.ts'
import { toRuntimeError } from './errors.ts'
import { isReference, normalizeReference, withTag } from './image-reference.ts'
import type { DockerContext } from './options.ts'

export interface PullOptions {
  readonly credentials?: RegistryCredentials
  readonly signal?: AbortSignal
}

/** Pulls an image and returns its id. */
export async function pullImage({ docker }: DockerContext, image: string, options: PullOptions = {}): Promise<string> {
  if (!isReference(image))
    throw new RuntimeError('InvalidImageName', `couldn't parse image name ${JSON.stringify(image)}: invalid reference format`)
  try {
    const pulled = (await docker.pull(withTag(image), {
      ...(options.credentials ? { authconfig: authOf(options.credentials) } : {}),
      ...(options.signal ? { abortSignal: options.signal } : {}),
    })) as Readable
    await finished(pulled)
    return (await docker.getImage(image).inspect()).Id
  } catch (error) {
    throw pullError(image, error)
  }
}

const authOf = ({ username, password, identityToken, serverAddress }: RegistryCredentials) => ({
  username: username ?? '',
  password: password ?? '',
  serveraddress: serverAddress ?? '',
  ...(identityToken ? { identitytoken: identityToken } : {}),
})

/** The engine answers 200 at once and reports the failure as the last line of its progress. */
async function finished(progress: AsyncIterable<Buffer>): Promise<void> {
  let rest = ''
  for await (const chunk of progress) {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(throwIfError)
  }
  throwIfError(rest)
}
function throwIfError(line: string): void {
  if (line.trim() === '') return
  const { error } = JSON.parse(line) as { error?: string }
  if (error) throw new Error(error)
}

/** The engine has only sentences to tell one failure from another. */
export function pullError(image: string, error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error
  const translated = toRuntimeError(error)
  if (translated.reason === 'Unavailable') return translated
  const said = translated.message
  const name = normalizeReference(image)
  const failure = (what: string) => `failed to pull and unpack image "${name}": failed to resolve image: ${what}`
  if (/pull access denied|denied:|unauthorized|no basic auth|authentication required/i.test(said)) {
    return new RuntimeError('Unauthorized', failure(said), { cause: error })
  }
  if (/manifest unknown|manifest for .* not found|not found|no such image|repository does not exist/i.test(said)) {
    return new RuntimeError('ImageNotFound', failure(`${name}: not found`), { cause: error })
  }
  if (/invalid reference format|repository name must/i.test(said)) return new RuntimeError('InvalidImageName', said, { cause: error })
  if (/dial tcp|no such host|connection refused|timeout|tls|x509|lookup|EOF|connection reset|gave HTTP response|5\d\d/i.test(said)) {
    return new RuntimeError('RegistryUnavailable', failure(`failed to do request: ${said}`), { cause: error })
  }
  return new RuntimeError('Unknown', said, { cause: error })
}
