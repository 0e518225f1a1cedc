import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { webSocketCommandStreams } from './websocket-command.ts'

it('survives a client that goes while its command is still writing', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown]
  const request = { kind: 'exec', containerId: 'c', command: ['yes'], stdin: false, stdout: true, stderr: false, tty: false } as const
  const { stdout, closed } = webSocketCommandStreams(socket, request, 'v5.channel.k8s.io')
  client.terminate()
  await closed
  const ended = new Promise(resolve => stdout?.once('close', resolve))
  stdout?.write('more')
  await ended
  expect(stdout?.destroyed).toBe(true)
  server.close()
})
