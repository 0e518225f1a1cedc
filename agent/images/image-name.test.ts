import { describe, expect, it } from '@jest/globals'
import { canonicalName, parseImageName } from './image-name.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('parseImageName', () => {
  it.each([
    ['busybox', { registry: 'docker.io', repository: 'library/busybox' }],
    ['busybox:1.36', { registry: 'docker.io', repository: 'library/busybox', tag: '1.36' }],
    ['index.docker.io/busybox', { registry: 'docker.io', repository: 'library/busybox' }],
    ['localhost:5000/a/b:x', { registry: 'localhost:5000', repository: 'a/b', tag: 'x' }],
    ['registry.example.com/a', { registry: 'registry.example.com', repository: 'a' }],
    [`me/app@${digest}`, { registry: 'docker.io', repository: 'me/app', digest }],
    [`me/app:1@${digest}`, { registry: 'docker.io', repository: 'me/app', tag: '1', digest }],
  ])('reads %s', (image, expected) => {
    expect(parseImageName(image)).toEqual(expected)
  })

  const invalid = 'invalid reference format'
  it.each([
    ['Bad//Name', `${invalid}: repository name (/Name) must be lowercase`],
    ['me/App', `${invalid}: repository name (me/App) must be lowercase`],
    ['me//app', invalid],
    ['app:', invalid],
    ['app:a b', invalid],
    ['bad_host:5000/app', invalid],
    ['app@sha256:short', invalid],
    [`app@${digest}@${digest}`, invalid],
    ['a'.repeat(64), `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`],
  ])('explains %s as upstream does', (image, why) => {
    expect(() => parseImageName(image)).toThrow(
      `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`,
    )
  })
})

describe('canonicalName', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox:latest'],
    ['docker.io/library/busybox:latest', 'docker.io/library/busybox:latest'],
    [`localhost:5000/a:1@${digest}`, `localhost:5000/a@${digest}`],
  ])('writes %s out', (image, written) => {
    expect(canonicalName(image)).toBe(written)
  })
})
