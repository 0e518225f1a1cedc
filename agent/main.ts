import { createLogger } from '../common/log.ts'
import { createAgent } from './agent.ts'
import { readConfig } from './config.ts'

const config = readConfig()
const log = createLogger({ level: config.logLevel, format: config.logFormat })
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

try {
  await createAgent({ config, log }).run(stop.signal)
} catch (error) {
  if (!stop.signal.aborted) {
    log.error('the agent failed', { error })
    process.exitCode = 1
  }
}
