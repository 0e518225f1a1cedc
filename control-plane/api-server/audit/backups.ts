import { basename, dirname, extname, join } from 'node:path'

/** Which backups are kept; 0: all. */
export interface Retention {
  readonly maxBackups: number
  /** Days. */
  readonly maxAge: number
}

const day = 24 * 60 * 60 * 1000

/** `audit-2026-01-02T15-04-05.000.log` beside `audit.log`. */
export function backupName(path: string, at: Date): string {
  const extension = extname(path)
  const time = at.toISOString().slice(0, -1).replaceAll(':', '-')
  return join(dirname(path), `${basename(path, extension)}-${time}${extension}`)
}

/** The names of those backups of `path` that are too old, or too many. */
export function expiredBackups(
  path: string,
  names: readonly string[],
  { maxBackups, maxAge, now }: Retention & { readonly now: Date },
): string[] {
  const backups = names.flatMap(name => {
    const at = timeOf(path, name)
    return at === undefined ? [] : [{ name, at }]
  })
  backups.sort((a, b) => b.at - a.at)
  const oldest = maxAge > 0 ? now.getTime() - maxAge * day : -Infinity
  return backups.filter(({ at }, index) => (maxBackups > 0 && index >= maxBackups) || at < oldest).map(({ name }) => name)
}

function timeOf(path: string, name: string): number | undefined {
  const extension = extname(path)
  const prefix = `${basename(path, extension)}-`
  if (!name.startsWith(prefix) || !name.endsWith(extension)) return undefined
  const [, date, hours, minutes, seconds] =
    /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})$/.exec(name.slice(prefix.length, name.length - extension.length)) ?? []
  return date ? Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`) : undefined
}
