import http from 'node:http'
import https from 'node:https'
import { inspect } from 'node:util'
import Docker from 'dockerode'

/** The newest Docker API this runtime was written against. */
const newest = '1.47'

const compareVersions = (a: string, b: string): number => {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number)
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number)
  return aMajor - bMajor || aMinor - bMinor
}

/** The API version both sides speak: ours, unless the engine is older or has given it up. */
export function negotiate(engine: { ApiVersion?: string; MinAPIVersion?: string }): string {
  const highest = engine.ApiVersion ?? newest
  const lowest = engine.MinAPIVersion ?? highest
  if (compareVersions(highest, newest) < 0) return highest
  return compareVersions(lowest, newest) > 0 ? lowest : newest
}

/** For those who only hand it on: nobody outside this folder calls its methods. */
export type DockerEngine = Docker

/** A burst of calls opens a connection for each; so many stay open for the next one. Each costs both sides some ten kilobytes. */
const maxFreeSockets = 8

/** A connection to the engine with the API version negotiated. Connections are kept open between calls. */
export async function connectDocker(options: Docker.DockerOptions): Promise<Docker> {
  const secure = options.protocol === 'https' || options.ca !== undefined
  const agent = secure ? new https.Agent({ keepAlive: true, maxFreeSockets }) : new http.Agent({ keepAlive: true, maxFreeSockets })
  // docker-modem prints the options of every request in full, debugging or not: with all sockets that takes seconds of CPU.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' })
  const settings = { ...options, agent }
  const engine = await new Docker(settings).version()
  return new Docker({ ...settings, version: `v${negotiate(engine)}` })
}

/** Lets the process end: idle connections are closed. */
export function disconnectDocker(docker: Docker): void {
  const modem = docker.modem as { agent?: http.Agent }
  modem.agent?.destroy()
}

export const apiVersionOf = (docker: Docker): string => {
  const modem = docker.modem as { version?: string }
  return (modem.version ?? `v${newest}`).slice(1)
}

/** Engines from version 25 on make read-only mounts recursively so. */
export const hasRecursiveReadOnly = (docker: Docker): boolean => compareVersions(apiVersionOf(docker), '1.44') >= 0
