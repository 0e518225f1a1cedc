import { describe, expect, it } from '@jest/globals'
import { credentialsFor, type PullSecret } from './keyring.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const metadata = { uid: 'u', namespace: 'ns', name: 'login' }
const config = (auths: object): PullSecret => ({
  metadata,
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) },
})
const legacy = (auths: object): PullSecret => ({
  metadata,
  type: 'kubernetes.io/dockercfg',
  data: { '.dockercfg': base64(JSON.stringify(auths)) },
})
const named = (username: string) => ({ username, password: 'p' })
const users = (image: string, ...secrets: PullSecret[]) => credentialsFor(image, secrets).map(({ username }) => username)

describe('credentialsFor', () => {
  it.each([
    // location of the login, image, fits
    ['r.example.com', 'r.example.com/a:1', true],
    ['r.example.com', 'other.example.com/a', false],
    ['https://r.example.com/v2/', 'r.example.com/a', true],
    ['http://r.example.com', 'r.example.com/a', true],
    ['r.example.com:5000', 'r.example.com:5000/a', true],
    ['r.example.com:5000', 'r.example.com/a', false],
    ['r.example.com', 'r.example.com:5000/a', false],
    ['localhost:5000', 'localhost:5000/a', true],
    ['r.example.com/team', 'r.example.com/team/a', true],
    ['r.example.com/team', 'r.example.com/other/a', false],
    // Upstream compares the beginnings of paths as text.
    ['r.example.com/te', 'r.example.com/team/a', true],
    ['*.example.com', 'r.example.com/a', true],
    ['*.example.com', 'example.com/a', false],
    ['*.example.com', 'x.r.example.com/a', false],
    ['r-*.example.com', 'r-1.example.com/a', true],
    ['r?.example.com', 'r1.example.com/a', true],
    ['r[0-9].example.com', 'r1.example.com/a', true],
    ['r[0-9].example.com', 'rx.example.com/a', false],
    ['*.example.com/team', 'r.example.com/team/a', true],
    ['https://index.docker.io/v1/', 'busybox', true],
    ['https://index.docker.io/v1/', 'docker.io/me/app:1', true],
    ['docker.io', 'busybox', true],
    ['https://index.docker.io/v1/', 'r.example.com/a', false],
  ])('a login for %s, the image %s: %s', (location, image, fits) => {
    expect(users(image, config({ [location]: named('me') }))).toEqual(fits ? ['me'] : [])
  })

  it('tries the more specific location first, then the others', () => {
    const secret = config({ 'r.example.com': named('all'), 'r.example.com/team': named('team'), '*.example.com': named('any') })
    expect(users('r.example.com/team/a', secret)).toEqual(['team', 'all', 'any'])
  })

  it('reads both kinds of secrets, and no others', () => {
    const other: PullSecret = { ...config({ 'r.example.com': named('opaque') }), type: 'Opaque' }
    expect(users('r.example.com/a', other, config({ 'r.example.com': named('new') }), legacy({ 'r.example.com': named('old') }))).toEqual([
      'new',
      'old',
    ])
  })

  it('takes auth before username and password, and says where the login is from', () => {
    const [found] = credentialsFor('r.example.com/a', [config({ 'r.example.com': { ...named('x'), auth: base64('me:pass:word') } })])
    expect(found).toMatchObject({ username: 'me', password: 'pass:word', serverAddress: 'r.example.com', secret: metadata })
  })

  it('gives equal logins equal hashes', () => {
    const hash = (user: string) => credentialsFor('r.example.com/a', [config({ 'r.example.com': named(user) })])[0]?.hash
    expect(hash('me')).toBe(hash('me'))
    expect(hash('me')).not.toBe(hash('you'))
  })

  it('says that it cannot read a login', () => {
    expect(() => users('r.example.com/a', config({ 'r.example.com': { auth: base64('no colon') } }))).toThrow('unable to parse auth field')
  })
})
