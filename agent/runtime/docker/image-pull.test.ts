import { describe, expect, it } from '@jest/globals'
import { pullError } from './image-pull.ts'
import { isReference, normalizeReference, withTag } from './image-reference.ts'

describe('image references', () => {
  it('are written out as upstream writes them', () => {
    expect(normalizeReference('nginx')).toBe('docker.io/library/nginx:latest')
    expect(normalizeReference('me/app:1')).toBe('docker.io/me/app:1')
    expect(normalizeReference('localhost:5000/app')).toBe('localhost:5000/app:latest')
    expect(withTag('registry:5000/app')).toBe('registry:5000/app:latest')
  })

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

  it('read as upstream has them', () => {
    const { message } = pullError('nope:1', new Error('manifest unknown'))
    const name = 'docker.io/library/nope:1'
    expect(message).toBe(`failed to pull and unpack image "${name}": failed to resolve image: ${name}: not found`)
  })
})
