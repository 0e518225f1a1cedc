import { readFile } from 'node:fs/promises'
import type { Client } from '../client/client.ts'
import { createClient } from '../client/http-client.ts'
import { systemClock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { AgentConfig } from './config.ts'
import { NodeIdentity } from './node/identity.ts'
import { persist } from './persist.ts'

const clock = systemClock

interface Joining {
  readonly nodeIp: string
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Gets the node its certificates, as often as it takes: the API server may not be there yet. */
export function joinCluster(config: AgentConfig, { nodeIp, log, signal }: Joining): Promise<{ identity: NodeIdentity; client: Client }> {
  const attempt = async () => {
    const ca = config.ca ?? (await readFile(config.caFile, 'utf8'))
    const base = { server: config.server, ca, userAgent: 'kubelet' }
    const client: Client = createClient({ ...base, certificate: () => identity.client })
    const identity: NodeIdentity = new NodeIdentity({
      nodeName: config.nodeName,
      nodeAddress: nodeIp,
      directory: config.dataDirectory,
      bootstrapClient: async () =>
        createClient({ ...base, token: config.bootstrapToken ?? (await readFile(config.tokenFile, 'utf8')).trim() }),
      client: () => client,
      clock,
      log: log.child({ component: 'identity' }),
    })
    await identity.ensureClient()
    return { identity, client }
  }
  const failed = (error: unknown) => log.warn('the node could not join the cluster; trying again', { server: config.server, error })
  return persist(attempt, { clock, signal, failed })
}
