import winston from 'winston'

/** Constant messages; everything variable goes into `fields`. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
  child(fields: Record<string, unknown>): Logger
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

const { combine, timestamp, errors, json, printf } = winston.format

const readable = printf(({ timestamp, level, message, component, ...fields }) => {
  const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''
  return `${String(timestamp)} ${level.padEnd(5)} ${component ? `[${String(component)}] ` : ''}${String(message)}${rest}`
})

/** Errors become their message (and stack at debug level), wherever they stand in the fields. */
const plainErrors = winston.format(info => {
  for (const [name, value] of Object.entries(info)) {
    if (value instanceof Error) info[name] = info.level === 'debug' ? (value.stack ?? value.message) : value.message
  }
  return info
})

/** Its level may be changed while it is in use, and with it that of what came from it by `child`. */
export type RootLogger = Logger & { level: string }

export const createLogger = (options: { level: LogLevel; format?: 'text' | 'json' }): RootLogger =>
  winston.createLogger({
    level: options.level === 'silent' ? 'error' : options.level,
    silent: options.level === 'silent',
    format: combine(timestamp(), errors({ stack: true }), plainErrors(), options.format === 'json' ? json() : readable),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  })

/** For tests and tools that do not want to hear anything. */
export const silentLogger: Logger = createLogger({ level: 'silent' })
