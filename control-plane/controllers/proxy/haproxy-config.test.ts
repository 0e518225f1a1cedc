import { describe, expect, it } from '@jest/globals'
import { backendSection } from './haproxy-backend.ts'
import { haproxyFiles } from './haproxy-config.ts'
import { conditionsOf } from './haproxy-match.ts'
import { word } from './haproxy-text.ts'
import { notFound, type Action, type Filter, type Match } from './proxy-model.ts'

const forward = (filters: Filter[], ...servers: { to: string | 500 | 503; weight: number }[]): Action => ({
  type: 'Forward',
  filters,
  servers,
})
const lines = (action: Action) =>
  backendSection(action, 'http')
    .slice(2)
    .map(line => line.trim())

describe('the configuration of HAProxy', () => {
  it.each<[string, Match, string[]]>([
    ['nothing', {}, ['']],
    ['a host', { host: { type: 'Exact', value: 'a.test' } }, ['{ var(txn.host) -m str -- a.test }']],
    ['one label', { host: { type: 'Label', value: 'a.test' } }, ["{ var(txn.host) -m reg -- '^[^.]+\\.a\\.test$' }"]],
    ['any labels', { host: { type: 'Suffix', value: 'a.test' } }, ['{ var(txn.host) -m end -- .a.test }']],
    ['an exact path', { path: { type: 'Exact', value: "/it's # one" } }, ["{ path -m str -- '/it'\\''s # one' }"]],
    ['a prefix by its elements', { path: { type: 'Prefix', value: '/a' } }, ['{ path -m str -- /a }', '{ path -m beg -- /a/ }']],
    ['every path', { path: { type: 'Prefix', value: '/' } }, ['']],
    ['a regular expression', { path: { type: 'Regex', value: '/a|/b' } }, ["{ path -m reg -- '^(?:/a|/b)' }"]],
    [
      'everything at once',
      {
        method: 'GET',
        headers: [{ type: 'Exact', name: 'x-y', value: '-1' }],
        query: [{ type: 'Regex', name: 'q', value: '^a+$' }],
        path: { type: 'Prefix', value: '/a' },
      },
      [
        "{ method -m str -- GET } { req.fhdr(x-y) -m str -- -1 } { url_param(q),url_dec -m reg -- '^a+$' } { path -m str -- /a }",
        "{ method -m str -- GET } { req.fhdr(x-y) -m str -- -1 } { url_param(q),url_dec -m reg -- '^a+$' } { path -m beg -- /a/ }",
      ],
    ],
  ])('matches %s', (_, match, conditions) => {
    expect(conditionsOf(match)).toEqual(conditions)
  })

  it.each<[string, Action, string[]]>([
    ['answers itself', notFound, ["http-request return status 404 content-type text/plain string 'default backend - 404'"]],
    ['answers 503 for nobody', forward([]), ['http-request return status 503 content-type text/plain string "Service Unavailable"']],
    ['forwards', forward([], { to: '10.0.0.1:80', weight: 1 }), ['server s0 10.0.0.1:80 weight 1']],
    [
      'shares by weight, within its range',
      forward(
        [],
        { to: '10.0.0.1:80', weight: 1_000_000 },
        { to: '10.0.0.2:80', weight: 1 },
        { to: 500, weight: 500_000 },
        { to: 'x.test:80', weight: 0 },
      ),
      [
        'server s0 10.0.0.1:80 weight 256',
        'server s1 10.0.0.2:80 weight 1',
        'server s2 abns@answer-500 weight 128',
        'server s3 x.test:80 weight 0 resolvers cluster init-addr none',
      ],
    ],
    [
      'redirects to TLS',
      { type: 'Redirect', code: 308, scheme: 'https' },
      ["http-request redirect location 'https://%[var(txn.host)]%[pathq]' code 308"],
    ],
    [
      'redirects elsewhere',
      { type: 'Redirect', code: 302, host: 'b.test', port: 8080, path: { type: 'ReplacePath', pattern: '', value: '/new' } },
      ['http-request set-path /new', "http-request redirect location '%[ssl_fc,iif(https,http)]://b.test:8080%[pathq]' code 302"],
    ],
    [
      'changes headers and host',
      forward(
        [
          { type: 'RequestHeaders', set: [{ name: 'a', value: '50%' }], add: [{ name: 'b', value: 'c d' }], remove: ['e'] },
          { type: 'ResponseHeaders', set: [], add: [{ name: 'f', value: 'g' }], remove: [] },
          { type: 'Host', value: 'h.test' },
        ],
        { to: '10.0.0.1:80', weight: 1 },
      ),
      [
        "http-request set-header a '50%%'",
        "http-request add-header b 'c d'",
        'http-request del-header e',
        'http-response add-header f g',
        'http-request set-header Host h.test',
        'server s0 10.0.0.1:80 weight 1',
      ],
    ],
    [
      'replaces a prefix',
      forward([{ type: 'ReplacePrefix', pattern: '/a/', value: '/b' }], { to: '10.0.0.1:80', weight: 1 }),
      [
        'http-request set-var(txn.rest) path,bytes(2) if !{ path -m str -- /a }',
        'http-request set-path /b if { path -m str -- /a }',
        "http-request set-path '/b%[var(txn.rest)]' if { var(txn.rest) -m found }",
        'server s0 10.0.0.1:80 weight 1',
      ],
    ],
  ])('%s', (_, action, expected) => {
    expect(lines(action)).toEqual(expected)
  })

  it('tries routes in their order, and gives equal actions one backend', () => {
    const action = forward([], { to: '10.0.0.1:80', weight: 1 })
    const routes = [
      { match: { path: { type: 'Exact', value: '/a' } as const }, action },
      { match: { path: { type: 'Exact', value: '/b' } as const }, action: notFound },
      { match: { path: { type: 'Exact', value: '/c' } as const }, action },
    ]
    const text =
      haproxyFiles({ listeners: [{ name: 'http', port: 80, protocol: 'HTTP', certificates: [], routes, otherwise: notFound }] })[
        'haproxy.cfg'
      ] ?? ''
    expect(text.match(/path -m str -- (\/\w)/g)).toEqual(['path -m str -- /a', 'path -m str -- /b', 'path -m str -- /c'])
    expect(text.match(/^backend /gm)).toHaveLength(2)
  })

  it('has certificates in files of their own, and a list of whom they are for', () => {
    const certificates = [
      { certificate: { pem: 'fallback' }, hosts: [] },
      { certificate: { pem: 'one' }, hosts: ['a.test', '*.b.test'] },
    ]
    const files = haproxyFiles({
      listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', certificates, routes: [], otherwise: notFound }],
    })
    const pems = Object.keys(files).filter(name => name.endsWith('.pem'))
    expect(pems.map(name => files[name])).toEqual(['fallback', 'one'])
    expect(files['https.crt-list']).toBe(`/config/${pems[0]}\n/config/${pems[1]} a.test *.b.test\n`)
    expect(files['haproxy.cfg']).toContain('bind :443 ssl crt-list /config/https.crt-list alpn h2,http/1.1')
  })

  it('refuses what it cannot write', () => {
    expect(() => word('a\nb')).toThrow('control characters')
  })
})
