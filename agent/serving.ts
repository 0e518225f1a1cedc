import { readFile } from 'node:fs/promises'
import type { Client } from '../client/client.ts'
import { systemClock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import type { AgentConfig } from './config.ts'
import { configuration } from './configuration.ts'
import { delegatedAccess } from './delegated-access.ts'
import type { createKubelet } from './kubelet.ts'
import type { NodeIdentity } from './node/identity.ts'
import { persist } from './persist.ts'
import { createAgentServer } from './server/agent-server.ts'

const clock = systemClock

interface ServerParts {
  readonly config: AgentConfig
  readonly client: Client
  readonly identity: NodeIdentity
  readonly pods: ReturnType<typeof createKubelet>
  readonly log: Logger
}

/** Serves as soon as the node has a certificate for it, which takes a moment when its address is a new one. */
export const agentServer = ({ config, client, identity, pods, log }: ServerParts): Runnable => ({
  async run(signal) {
    const failed = (error: unknown) => log.warn('the node has no serving certificate yet; trying again', { error })
    try {
      await persist(() => identity.ensureServing(), { clock, signal, failed })
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    const ca = config.ca ?? (await readFile(config.caFile))
    const tls = () => {
      if (!identity.serving) throw new Error('the node has no serving certificate')
      return { ...identity.serving, ca }
    }
    const server = createAgentServer({
      runtime: pods.runtime,
      pods: pods.served,
      metrics: pods.metrics,
      tls,
      log: log.child({ component: 'server' }),
      port: config.port,
      nodeName: config.nodeName,
      dataDirectory: config.dataDirectory,
      configuration: configuration(config),
      ...delegatedAccess(client, config.nodeName),
    })
    await server.run(signal)
  },
})
