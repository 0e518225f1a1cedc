import { readFile } from 'node:fs/promises'
import { messageOf } from '../../../common/error-message.ts'
import type { Logger } from '../../../common/log.ts'
import { defaultConfiguration, type SchedulerConfiguration } from './configuration.ts'
import { readConfiguration } from './read-configuration.ts'

/** What the file says, the defaults without one. A file that says something wrong is an Error that names it; what nobody follows is logged. */
export async function configurationFromFile(path: string | undefined, log: Logger): Promise<SchedulerConfiguration> {
  if (path === undefined) return defaultConfiguration
  const text = await readFile(path, 'utf8')
  try {
    const { configuration, ignored } = readConfiguration(text)
    for (const field of ignored) log.warn('a field of the scheduler configuration has no effect here', { path, field })
    return configuration
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error })
  }
}
