import { expect, it } from '@jest/globals'
import { connectionOptions } from './connection-options.ts'

it.each([
  ['pods/attach', 'stdin=true&container=c&stdout=1&tty=false', '', { kind: 'PodAttachOptions', stdin: true, stdout: true, container: 'c' }],
  ['pods/exec', 'command=sh&command=-c&stdin', '', { kind: 'PodExecOptions', stdin: true, command: ['sh', '-c'] }],
  ['pods/portforward', 'ports=80&ports=81,82', '', { kind: 'PodPortForwardOptions', ports: [80, 81, 82] }],
  ['services/proxy', 'a=b', '/page', { kind: 'ServiceProxyOptions', path: '/page' }],
  ['nodes/proxy', '', '', { kind: 'NodeProxyOptions' }],
])('makes of %s?%s%s what upstream does', (resource, query, rest, expected) => {
  const [plural = '', subresource = ''] = resource.split('/')
  expect(connectionOptions({ plural, subresource, query: new URLSearchParams(query), rest })).toEqual({ apiVersion: 'v1', ...expected })
})

it('makes nothing of logs', () => {
  expect(connectionOptions({ plural: 'pods', subresource: 'log', query: new URLSearchParams(), rest: '' })).toBeUndefined()
})
