import { createLogger } from '../common/log.ts'
import { readConfig } from './config.ts'
import { startControlPlane } from './control-plane.ts'

/** The program: runs until it is told to stop. */
export async function main(): Promise<void> {
  const config = readConfig()
  const log = createLogger({ level: config.logLevel, format: config.logFormat })

  try {
    const controlPlane = await startControlPlane(config, log)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info('stopping', { signal })
        controlPlane.stop().catch((error: unknown) => log.error('did not stop cleanly', { error }))
      })
    }
    await controlPlane.done
    process.exitCode = 0
  } catch (error) {
    log.error('the control plane failed', { error })
    process.exitCode = 1
  }
}
