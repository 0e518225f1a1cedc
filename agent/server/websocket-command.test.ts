import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { exitStatus } from './remote-command-status.ts'
import { webSocketCommandStreams } from './websocket-command.ts'

const request = { kind: 'exec', containerId: 'c', command: ['yes'], stdin: false, stdout: true, stderr: false, tty: false } as const

it.each([
  ['v5.channel.k8s.io', 0, '{"metadata":{},"status":"Success"}'],
  ['v4.channel.k8s.io', 0, '{"metadata":{},"status":"Success"}'],
  ['channel.k8s.io', 0, undefined],
  ['channel.k8s.io', 2, 'command terminated with non-zero exit code: exit status 2'],
  ['', 0, undefined],
])('says at the end of %j, after exit code %i: %s', async (protocol, exitCode, said) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const heard: Buffer[] = []
  client.on('message', (data: Buffer) => heard.push(data))
  const [socket] = (await once(server, 'connection')) as [WebSocket]
  const { finish } = webSocketCommandStreams(socket, request, protocol)
  await Promise.all([once(client, 'close'), finish(exitStatus(exitCode))])
  // Before it, an empty message on the first channel says that the streams are there.
  expect(heard.map(data => [data[0], data.subarray(1).toString()])).toEqual([[1, ''], ...(said === undefined ? [] : [[3, said]])])
  server.close()
})

it('survives a client that goes while its command is still writing', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown]
  const { stdout, closed } = webSocketCommandStreams(socket, request, 'v5.channel.k8s.io')
  client.terminate()
  await closed
  const ended = new Promise(resolve => stdout?.once('close', resolve))
  stdout?.write('more')
  await ended
  expect(stdout?.destroyed).toBe(true)
  server.close()
})
