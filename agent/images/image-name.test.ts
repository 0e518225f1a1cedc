import { describe, expect, it } from '@jest/globals'
import { parseImageName } from './image-name.ts'
import { credentialsFor } from './pull-secrets.ts'

describe('parseImageName', () => {
  it.each([
    ['busybox', { registry: 'docker.io', repository: 'library/busybox' }],
    ['busybox:1.36', { registry: 'docker.io', repository: 'library/busybox', tag: '1.36' }],
    ['localhost:5000/a/b:x', { registry: 'localhost:5000', repository: 'a/b', tag: 'x' }],
    ['registry.example.com/a', { registry: 'registry.example.com', repository: 'a' }],
  ])('reads %s', (image, expected) => {
    expect(parseImageName(image)).toEqual(expected)
  })

  it('explains a malformed name as upstream does', () => {
    expect(() => parseImageName('Bad//Name')).toThrow(
      'Failed to apply default image tag "Bad//Name": couldn\'t parse image name "Bad//Name": invalid reference format: repository name (/Name) must be lowercase',
    )
  })
})

describe('credentialsFor', () => {
  const secret = (auths: object) => ({ data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') } })
  it('finds the login of the image’s registry', () => {
    const auth = Buffer.from('me:pass:word').toString('base64')
    const secrets = [secret({ 'https://index.docker.io/v1/': { username: 'hub', password: 'p' }, 'r.example.com': { auth } })]
    expect(credentialsFor('r.example.com/a:1', secrets)).toMatchObject({ username: 'me', password: 'pass:word' })
    expect(credentialsFor('busybox', secrets)).toMatchObject({ username: 'hub' })
    expect(credentialsFor('other.example.com/a', secrets)).toBeUndefined()
  })
})
