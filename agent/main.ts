import { createLogger } from '../common/log.ts'
import { createAgent } from './agent.ts'
import { readConfig } from './config.ts'

/** The program: runs until it is told to stop. */
export async function main(): Promise<void> {
  const config = readConfig()
  const log = createLogger({ level: config.logLevel, format: config.logFormat })
  const stop = new AbortController()
  const shutdown = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  // The signal of a failing power supply: the machine is about to go. It is how containers are told, for want of an init system.
  process.once('SIGPWR', () => shutdown.abort())

  try {
    await createAgent({ config, log, shutdown: shutdown.signal }).run(stop.signal)
  } catch (error) {
    if (!stop.signal.aborted && !shutdown.signal.aborted) {
      log.error('the agent failed', { error })
      process.exitCode = 1
    }
  }
  // Whatever still keeps the process busy is nobody's any more.
  process.exit()
}
