import { describe, expect, it } from '@jest/globals'
import { decodeContinue, encodeContinue, expiredContinue } from './continue-token.ts'

const tokenOf = (json: unknown) => Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)).toString('base64url')
const v = 'meta.k8s.io/v1'

describe('continue tokens', () => {
  it('come back as they went', () => {
    const place = { revision: 7, after: 'default/web' }
    expect(decodeContinue(encodeContinue(place))).toEqual(place)
    expect(decodeContinue(tokenOf({ v, rv: -1, start: 'a\u0000' }))).toEqual({ revision: -1, after: 'a' })
  })

  it.each([
    ['a!b', 'illegal base64 data at input byte 1'],
    ['abcde', 'illegal base64 data at input byte 4'],
    ['zzz', "invalid character '\u00cf' looking for beginning of value"],
    [tokenOf(''), 'unexpected end of JSON input'],
    [tokenOf({}), 'server does not recognize this encoded version '],
    [tokenOf({ v: 'v2', rv: 1, start: 'a' }), 'server does not recognize this encoded version v2'],
    [tokenOf({ v, start: 'a' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
    [tokenOf({ v, rv: 0, start: 'a' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
    [tokenOf({ v, rv: 1 }), 'encoded start key empty (version meta.k8s.io/v1)'],
    [tokenOf({ v, rv: 1, start: '../secrets' }), '../secrets'],
    [tokenOf({ v, rv: 1, start: 'a//b' }), 'a//b'],
    [tokenOf({ v, rv: 1, start: 'a/' }), 'a/'],
  ])('that are %j are refused', (token, why) => {
    expect(() => decodeContinue(token)).toThrow(`invalid continue token: continue key is not valid: ${why}`)
  })

  it('that are too old come with one for the rest, in whatever state that is then', () => {
    const { status } = expiredContinue({ revision: 7, after: 'default/web' })
    expect(status).toMatchObject({ code: 410, reason: 'Expired' })
    const { continue: token = '' } = (status as unknown as { metadata: { continue?: string } }).metadata
    expect(decodeContinue(token)).toEqual({ revision: -1, after: 'default/web' })
  })
})
