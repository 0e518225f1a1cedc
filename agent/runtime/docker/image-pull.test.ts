import { describe, expect, it } from '@jest/globals'
import { pullError } from './image-pull.ts'
import { isReference, manifestPath, normalizeReference, withTag } from './image-reference.ts'
import { PullLayers } from './pull-layers.ts'

describe('image references', () => {
  it('are written out as upstream writes them', () => {
    expect(normalizeReference('nginx')).toBe('docker.io/library/nginx:latest')
    expect(normalizeReference('me/app:1')).toBe('docker.io/me/app:1')
    expect(normalizeReference('localhost:5000/app')).toBe('localhost:5000/app:latest')
    expect(withTag('registry:5000/app')).toBe('registry:5000/app:latest')
    expect(withTag(`registry:5000/app:1@sha256:${'a'.repeat(64)}`)).toBe(`registry:5000/app@sha256:${'a'.repeat(64)}`)
  })

  it.each([
    ['nginx', '/v2/library/nginx/manifests/latest'],
    ['me/app:1', '/v2/me/app/manifests/1'],
    ['localhost:5000/a/b:1', '/v2/a/b/manifests/1'],
    [`localhost:5000/app:1@sha256:${'a'.repeat(64)}`, `/v2/app/manifests/sha256:${'a'.repeat(64)}`],
  ])('lead to a manifest: %s', (image, path) => expect(manifestPath(image)).toBe(path))

  it('are told from other text', () => {
    expect(['nginx', 'a/b/c:1.2', 'localhost:5000/x', `x@sha256:${'a'.repeat(64)}`].every(isReference)).toBe(true)
    expect(['', 'UPPER', 'a b', 'a:', ':1'].some(isReference)).toBe(false)
  })
})

describe('pull errors', () => {
  const reasonOf = (said: string) => pullError('nope:1', new Error(said)).reason

  it('are told apart by what the engine says', () => {
    expect(reasonOf('manifest for nope:1 not found: manifest unknown: manifest unknown')).toBe('ImageNotFound')
    expect(reasonOf("pull access denied for nope, repository does not exist or may require 'docker login'")).toBe('Unauthorized')
    expect(reasonOf('Get "https://registry/v2/": dial tcp: lookup registry: no such host')).toBe('RegistryUnavailable')
    expect(reasonOf('no space left on device')).toBe('Unknown')
  })

  it.each([
    'Get "http://localhost:5000/v2/": dial tcp 127.0.0.1:5000: connect: connection refused',
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving',
    'Get "https://registry-1.docker.io/v2/": dial tcp 1.2.3.4:443: connect: network is unreachable',
    'Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout',
  ])('take for out of reach: %s', said => {
    expect(reasonOf(said)).toBe('RegistryUnavailable')
  })

  it.each([
    'received unexpected HTTP status: 503 Service Unavailable',
    'toomanyrequests: You have reached your pull rate limit',
    'Get "https://r.example.com/v2/": x509: certificate signed by unknown authority',
    'Get "https://localhost:5000/v2/": http: server gave HTTP response to HTTPS client',
  ])('take for an answer: %s', said => {
    expect(reasonOf(said)).not.toBe('RegistryUnavailable')
  })

  it('read as upstream has them', () => {
    const { message } = pullError('nope:1', new Error('manifest unknown'))
    const name = 'docker.io/library/nope:1'
    expect(message).toBe(`failed to pull and unpack image "${name}": failed to resolve image: ${name}: not found`)
  })

  it.each([
    [
      'localhost:1/none:x',
      'Get "http://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'Head "https://localhost:1/v2/none/manifests/x": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    [
      'nginx',
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
      'Head "https://registry-1.docker.io/v2/library/nginx/manifests/latest": dial tcp: lookup registry-1.docker.io: no such host',
    ],
    [
      'me/app:1',
      'Get "https://auth.docker.io/token?service=registry.docker.io": net/http: TLS handshake timeout',
      'Get "https://auth.docker.io/token?service=registry.docker.io": net/http: TLS handshake timeout',
    ],
  ])('name the request that upstream makes: %s', (image, said, request) => {
    const { message } = pullError(image, new Error(said))
    expect(message).toBe(
      `failed to pull and unpack image "${normalizeReference(image)}": failed to resolve image: failed to do request: ${request}`,
    )
  })
})

describe('the progress of a pull', () => {
  it('counts what the engine says of its layers, and knows what is no news', () => {
    const layers = new PullLayers()
    const say = (status: string, id?: string, current?: number, total?: number) =>
      layers.take({
        status,
        ...(id ? { id } : {}),
        ...(current === undefined || total === undefined ? {} : { progressDetail: { current, total } }),
      })
    say('Pulling from library/busybox', '1.36')
    say('Already exists', 'a')
    say('Pulling fs layer', 'b')
    expect(say('Downloading', 'b', 10, 100)).toBe(true)
    expect(say('Downloading', 'b', 10, 100)).toBe(false)
    expect(layers.progress()).toEqual({ downloadedBytes: 10, totalBytes: 100, layers: 2, layersDone: 1 })
    expect(say('Retrying in 5 seconds', 'b')).toBe(true)
    expect(say('Retrying in 4 seconds', 'b')).toBe(false)
    say('Download complete', 'b')
    expect(say('Extracting', 'b', 50, 100)).toBe(true)
    expect(layers.progress()).toEqual({ downloadedBytes: 100, totalBytes: 100, layers: 2, layersDone: 1 })
    say('Pull complete', 'b')
    expect(layers.progress()).toMatchObject({ layersDone: 2 })
  })
})
